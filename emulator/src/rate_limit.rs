//! Counts requests in rate limit buckets, and decides the three headers that report a bucket.

use serde::{Deserialize, Serialize};

/// The length of a window. Okta's window is a minute and does not start at a full minute.
const WINDOW_MS: i64 = 60_000;

/// A bucket: its requests share one limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bucket {
    /// Exactly `/api/v1/groups/{id}`.
    Group,
    /// The rest of `/api/v1/groups`.
    Groups,
    /// `/api/v1/users`.
    Users,
    /// `/api/v1/users/{id}`.
    User,
    /// `/api/v1/users/{id}/groups` (recorded: not the bucket of groups).
    UserGroups,
    /// `/api/v1/meta/schemas`.
    Schemas,
}

/// The limits of the buckets, in requests per minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RateLimit {
    /// `/api/v1/groups/{id}`. Default 1000, as of a workforce org.
    #[serde(default = "default_group")]
    pub group: u32,
    /// Everything else under `/api/v1/groups`. Default 500.
    #[serde(default = "default_groups")]
    pub groups: u32,
    /// `/api/v1/users`, `/api/v1/users/{id}` and `/api/v1/users/{id}/groups`, each a bucket of its own. Default 600.
    #[serde(default = "default_users")]
    pub users: u32,
    /// `/api/v1/meta/schemas`. Default 100, as recorded.
    #[serde(default = "default_schemas")]
    pub schemas: u32,
    /// Whether a request over the limit is refused. If not, `Remaining` never falls below `Limit - 1`, so that clients that
    /// throttle by it do not wait either.
    #[serde(default = "default_enforced")]
    pub enforced: bool,
}

fn default_group() -> u32 {
    1000
}

fn default_groups() -> u32 {
    500
}

fn default_users() -> u32 {
    600
}

fn default_schemas() -> u32 {
    100
}

fn default_enforced() -> bool {
    true
}

impl Default for RateLimit {
    fn default() -> Self {
        Self { enforced: default_enforced(), ..Self::OFF }
    }
}

impl RateLimit {
    /// Limits that are reported and not enforced.
    pub const OFF: Self = Self { group: 1000, groups: 500, users: 600, schemas: 100, enforced: false };

    /// The same limit for every bucket.
    pub fn each(limit: u32) -> Self {
        Self { group: limit, groups: limit, users: limit, schemas: limit, enforced: true }
    }

    fn of(&self, bucket: Bucket) -> u32 {
        match bucket {
            Bucket::Group => self.group,
            Bucket::Groups => self.groups,
            Bucket::Users | Bucket::User | Bucket::UserGroups => self.users,
            Bucket::Schemas => self.schemas,
        }
    }
}

/// The values of the three headers, and whether the request may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowance {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// Seconds since 1970.
    pub(crate) reset: i64,
    pub(crate) passes: bool,
}

impl Allowance {
    /// The headers of a concurrency limit: Okta reports a limit of 0, and the current time as the reset.
    pub(crate) fn concurrency(now_ms: i64) -> Self {
        Self { limit: 0, remaining: 0, reset: now_ms.div_euclid(1000), passes: false }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Window {
    ends_ms: i64,
    used: u32,
}

#[derive(Debug, Default)]
pub(crate) struct RateLimiter {
    /// The windows, by the bucket's place in its `enum`.
    windows: [Window; 6],
}

impl RateLimiter {
    /// Counts one request. A window starts with its first request.
    pub(crate) fn count(&mut self, rule: &RateLimit, bucket: Bucket, now_ms: i64) -> Allowance {
        let limit = rule.of(bucket);
        let window = self.window(bucket);
        if now_ms >= window.ends_ms {
            // Whole seconds, so that the header is exact.
            let ends_ms = (now_ms + WINDOW_MS).div_euclid(1000) * 1000;
            *window = Window { ends_ms, used: 0 };
        }
        let reset = window.ends_ms / 1000;
        if !rule.enforced {
            return Allowance { limit, remaining: limit.saturating_sub(1), reset, passes: true };
        }
        let passes = window.used < limit;
        window.used = window.used.saturating_add(1);
        Allowance { limit, remaining: limit.saturating_sub(window.used), reset, passes }
    }

    /// Uses up the bucket until its window ends, as other programs would, and refuses this request.
    pub(crate) fn exhaust(&mut self, rule: &RateLimit, bucket: Bucket, now_ms: i64) -> Allowance {
        let allowance = self.count(rule, bucket, now_ms);
        self.window(bucket).used = allowance.limit;
        Allowance { remaining: 0, passes: false, ..allowance }
    }

    #[allow(clippy::indexing_slicing, reason = "a window for each bucket")]
    fn window(&mut self, bucket: Bucket) -> &mut Window {
        &mut self.windows[bucket as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_starts_with_its_first_request_and_ends_a_minute_later() {
        let (mut limiter, rule) = (RateLimiter::default(), RateLimit::each(2));
        let mut ask = |ms| {
            let a = limiter.count(&rule, Bucket::Groups, ms);
            (a.passes, a.remaining, a.reset)
        };
        assert_eq!(ask(10_500), (true, 1, 70));
        assert_eq!(ask(69_999), (true, 0, 70));
        assert_eq!(ask(69_999), (false, 0, 70));
        assert_eq!(ask(70_000), (true, 1, 130));
    }

    #[test]
    fn the_buckets_count_apart() {
        let (mut limiter, rule) = (RateLimiter::default(), RateLimit::each(1));
        assert!(limiter.count(&rule, Bucket::Groups, 0).passes);
        for other in [Bucket::Group, Bucket::Users, Bucket::User, Bucket::UserGroups, Bucket::Schemas] {
            assert!(limiter.count(&rule, other, 0).passes, "{other:?}");
        }
        assert!(!limiter.count(&rule, Bucket::Groups, 0).passes);
    }

    #[test]
    fn a_limit_that_is_off_is_reported_and_never_used_up() {
        let mut limiter = RateLimiter::default();
        for _ in 0..2_000 {
            let allowance = limiter.count(&RateLimit::OFF, Bucket::Groups, 0);
            assert!(allowance.passes && allowance.remaining == 499);
        }
    }
}
