//! Decides whether a request is retried, after which delay, and with which page size.
//! The gate decides when it may be sent.

use super::{Budget, BudgetOptions, Limit, MAX_TIMER, Outcome, PageSize, Resized, doubled, jitter};
use crate::request::Method;
use crate::time::Duration;

/// What a second run of a request may do to the org: the columns of the retry matrix
/// (docs/okta-facts.md#retries).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// GET of a page of a list.
    List,
    /// Any other GET.
    Get,
    /// PUT: a second run changes nothing.
    Put,
    /// DELETE: a second run changes nothing, but answers 404.
    Delete,
    /// POST and PATCH: a second run may, for example, create a second group.
    Post,
}

impl Class {
    /// The class of a request that is not for a page of a list.
    #[must_use]
    pub fn of(method: Method) -> Self {
        match method {
            Method::Get => Self::Get,
            Method::Put => Self::Put,
            Method::Delete => Self::Delete,
            Method::Post | Method::Patch => Self::Post,
        }
    }
}

/// When the client retries. The defaults are explained in docs/okta-facts.md#retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryOptions {
    /// The most attempts of one request, the first included. Default 4. With 1 the client never retries, not
    /// even after a 429.
    ///
    /// Not counted: waits for a rate limit (bounded by `max_rate_limit_wait`), the one token renewal, and
    /// smaller pages, which are other requests.
    pub max_attempts: u32,
    /// The ceiling of the first delay; it doubles with each retry. Default 500 ms.
    pub base_delay: Duration,
    /// The ceiling of every delay. Default 20 s.
    pub max_delay: Duration,
    /// The longest that a call waits for rate limits after its first 429. Default 90 s.
    pub max_rate_limit_wait: Duration,
    /// The client's retry budget. `None` is unlimited.
    pub budget: Option<BudgetOptions>,
}

impl Default for RetryOptions {
    fn default() -> Self {
        Self {
            max_attempts: 4,
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(20),
            max_rate_limit_wait: Duration::from_secs(90),
            budget: Some(BudgetOptions::default()),
        }
    }
}

impl RetryOptions {
    /// No retries: JavaScript's `retry: false`.
    #[must_use]
    pub fn none() -> Self {
        Self { max_attempts: 1, ..Self::default() }
    }
}

/// What follows an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Return the answer to the caller.
    Deliver,
    /// A 404 to a DELETE whose earlier attempt may have run: that attempt deleted the resource. Success.
    AlreadyGone,
    /// Go back to the gate at this time, with a smaller page if there is one.
    Retry {
        /// When, on the clock of `now`.
        at: Duration,
        /// The new `limit`, for the page-shrink event.
        page: Option<Resized>,
    },
    /// Go back to the gate at once: the gate knows how long to wait.
    Requeue,
    /// Renew the token, then go back to the gate.
    RefreshToken,
    /// Return the error to the caller.
    Fail(Why),
}

/// Why the request is not retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A retry would not help, or might run the request twice.
    Final,
    /// `max_attempts` attempts were made.
    Attempts,
    /// The client's retry budget is used up.
    Budget,
    /// The wait would exceed `totalTimeout`.
    TotalTimeout,
    /// The wait would exceed `max_rate_limit_wait`.
    RateLimitWait,
}

/// A cell of the retry matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    Deliver,
    Fail,
    Backoff,
    /// Retry after a delay, with a smaller page if there is one.
    Shrink,
    /// Retry once with the same page, then with a smaller page.
    ExcuseThenShrink,
    Requeue,
    RefreshOnce,
    RetryOnce,
    GoneIfTried,
}

/// The retry matrix (docs/okta-facts.md#retries).
fn rule(outcome: Outcome, class: Class) -> Rule {
    use Class::{Delete, Get, List, Post, Put};
    match (outcome, class) {
        (Outcome::Good, _) => Rule::Deliver,
        (Outcome::Unsent | Outcome::TryAgain | Outcome::ReadOnly, _) => Rule::Backoff,
        (Outcome::Limited(_), _) => Rule::Requeue,
        (Outcome::Unauthorized, _) => Rule::RefreshOnce,
        (Outcome::NotFound, Delete) => Rule::GoneIfTried,
        (Outcome::NotFound | Outcome::Rejected | Outcome::Unknown, _) => Rule::Fail,
        (Outcome::WrongContent, List | Get) => Rule::RetryOnce,
        // The caller has to read whether the write ran.
        (Outcome::WrongContent, Put | Delete) => Rule::Fail,
        // In all rows below the request may have run, and a POST must not run twice.
        (_, Post) => Rule::Fail,
        (Outcome::TimedOut | Outcome::ServerError | Outcome::GatewayTimeout, List) => Rule::Shrink,
        (Outcome::SearchFailed, List) => Rule::ExcuseThenShrink,
        (
            Outcome::Lost
            | Outcome::TimedOut
            | Outcome::NotTaken
            | Outcome::ServerError
            | Outcome::Unavailable
            | Outcome::SearchFailed
            | Outcome::GatewayTimeout,
            _,
        ) => Rule::Backoff,
    }
}

/// Decides the retries of one request.
#[derive(Clone, Debug)]
pub struct Retry {
    options: RetryOptions,
    class: Class,
    deadline: Duration,
    attempts: u32,
    failures: u32,
    /// Since when the call waits because of a 429.
    limited_since: Option<Duration>,
    limited_for: Duration,
    refreshed: bool,
    reread: bool,
    may_have_run: bool,
    paid: u32,
}

impl Retry {
    /// A request that starts now and may take `total_timeout` with all its retries.
    #[must_use]
    pub fn new(options: RetryOptions, class: Class, total_timeout: Option<Duration>, now: Duration) -> Self {
        Self {
            options,
            class,
            deadline: total_timeout.map_or(Duration::MAX, |timeout| now.saturating_add(timeout)),
            attempts: 0,
            failures: 0,
            limited_since: None,
            limited_for: Duration::ZERO,
            refreshed: false,
            reread: false,
            may_have_run: false,
            paid: 0,
        }
    }

    /// The latest moment at which the next attempt may start, and the limit that sets it.
    ///
    /// If [`Admit::At`](super::Admit::At) is later, the call fails at once instead of sleeping.
    #[must_use]
    pub fn latest_send(&self) -> (Duration, Why) {
        let left = self.options.max_rate_limit_wait.saturating_sub(self.limited_for);
        match self.limited_since.map(|since| since.saturating_add(left)) {
            Some(limit) if limit < self.deadline => (limit, Why::RateLimitWait),
            _ => (self.deadline, Why::TotalTimeout),
        }
    }

    /// Whether the org may have carried out the request although no attempt confirmed it.
    #[must_use]
    pub fn may_have_run(&self) -> bool {
        self.may_have_run
    }

    /// Takes the start of an attempt.
    pub fn sending(&mut self, now: Duration) {
        if let Some(since) = self.limited_since.take() {
            self.limited_for = self.limited_for.saturating_add(now.saturating_sub(since));
        }
    }

    /// Takes an attempt that was given up in flight, with no other to follow.
    pub fn gave_up(&mut self) {
        self.may_have_run = true;
    }

    /// Takes the outcome of an attempt. `page` is the list's page size, `retry_after` the reply's
    /// `Retry-After`.
    pub fn after(
        &mut self,
        outcome: Outcome,
        page: Option<&mut PageSize>,
        retry_after: Option<Duration>,
        budget: &mut Budget,
        now: Duration,
        random: f64,
    ) -> Decision {
        let ran_before = self.may_have_run;
        self.may_have_run |= outcome.may_have_run();
        let rule = rule(outcome, self.class);
        match rule {
            Rule::Deliver => {
                budget.succeeded(core::mem::take(&mut self.paid));
                Decision::Deliver
            }
            Rule::Fail => Decision::Fail(Why::Final),
            Rule::GoneIfTried if ran_before => Decision::AlreadyGone,
            Rule::GoneIfTried => Decision::Fail(Why::Final),
            _ if self.options.max_attempts <= 1 => Decision::Fail(Why::Attempts),
            Rule::RefreshOnce if core::mem::replace(&mut self.refreshed, true) => Decision::Fail(Why::Final),
            Rule::RefreshOnce => Decision::RefreshToken,
            Rule::Requeue => {
                self.limited_since = Some(now);
                // A limit with a known end, or one that is most likely the window, costs time but no attempt.
                if outcome == Outcome::Limited(Limit::Unknown) {
                    self.attempt(Decision::Requeue)
                } else {
                    Decision::Requeue
                }
            }
            Rule::RetryOnce if core::mem::replace(&mut self.reread, true) => Decision::Fail(Why::Final),
            Rule::Backoff | Rule::RetryOnce => self.backoff(outcome, None, retry_after, budget, now, random),
            Rule::Shrink | Rule::ExcuseThenShrink => {
                let excused = |page: &mut PageSize| rule == Rule::ExcuseThenShrink && page.excuse();
                let page = page.and_then(|page| if excused(page) { None } else { page.shrink() });
                self.backoff(outcome, page, retry_after, budget, now, random)
            }
        }
    }

    fn backoff(
        &mut self,
        outcome: Outcome,
        page: Option<Resized>,
        retry_after: Option<Duration>,
        budget: &mut Budget,
        now: Duration,
        random: f64,
    ) -> Decision {
        let ceiling = doubled(self.options.base_delay, self.failures, self.options.max_delay);
        self.failures += 1;
        let delay = jitter(ceiling, random).max(retry_after.unwrap_or_default()).min(MAX_TIMER);
        let next = self.at(now.saturating_add(delay), page);
        let next = if page.is_some() { next } else { self.attempt(next) };
        if matches!(next, Decision::Fail(_)) || matches!(outcome, Outcome::TryAgain | Outcome::NotTaken) {
            return next;
        }
        match budget.charge() {
            Some(price) => self.paid += price,
            None => return Decision::Fail(Why::Budget),
        }
        next
    }

    fn attempt(&mut self, next: Decision) -> Decision {
        self.attempts += 1;
        if self.attempts < self.options.max_attempts { next } else { Decision::Fail(Why::Attempts) }
    }

    fn at(&self, at: Duration, page: Option<Resized>) -> Decision {
        match self.latest_send() {
            (latest, why) if at > latest => Decision::Fail(why),
            _ => Decision::Retry { at, page },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_matrix() {
        use Rule::{
            Backoff, Deliver, ExcuseThenShrink, Fail, GoneIfTried, RefreshOnce, Requeue, RetryOnce, Shrink,
        };
        let classes = [Class::List, Class::Get, Class::Put, Class::Delete, Class::Post];
        for (outcome, rules) in [
            (Outcome::Good, [Deliver; 5]),
            (Outcome::Unsent, [Backoff; 5]),
            (Outcome::Lost, [Backoff, Backoff, Backoff, Backoff, Fail]),
            (Outcome::TimedOut, [Shrink, Backoff, Backoff, Backoff, Fail]),
            (Outcome::NotTaken, [Backoff, Backoff, Backoff, Backoff, Fail]),
            (Outcome::TryAgain, [Backoff; 5]),
            (Outcome::Limited(Limit::Window), [Requeue; 5]),
            (Outcome::Limited(Limit::Concurrency), [Requeue; 5]),
            (Outcome::Limited(Limit::Hidden), [Requeue; 5]),
            (Outcome::Limited(Limit::Unknown), [Requeue; 5]),
            (Outcome::ServerError, [Shrink, Backoff, Backoff, Backoff, Fail]),
            (Outcome::Unavailable, [Backoff, Backoff, Backoff, Backoff, Fail]),
            (Outcome::ReadOnly, [Backoff; 5]),
            (Outcome::SearchFailed, [ExcuseThenShrink, Backoff, Backoff, Backoff, Fail]),
            (Outcome::GatewayTimeout, [Shrink, Backoff, Backoff, Backoff, Fail]),
            (Outcome::Unauthorized, [RefreshOnce; 5]),
            (Outcome::NotFound, [Fail, Fail, Fail, GoneIfTried, Fail]),
            (Outcome::WrongContent, [RetryOnce, RetryOnce, Fail, Fail, Fail]),
            (Outcome::Unknown, [Fail; 5]),
            (Outcome::Rejected, [Fail; 5]),
        ] {
            assert_eq!(classes.map(|class| rule(outcome, class)), rules, "{outcome:?}");
        }
    }

    #[test]
    fn what_may_have_run_is_never_posted_again() {
        for outcome in
            [Outcome::Lost, Outcome::TimedOut, Outcome::NotTaken, Outcome::ServerError, Outcome::Unavailable]
                .into_iter()
                .chain([Outcome::SearchFailed, Outcome::GatewayTimeout, Outcome::WrongContent])
        {
            assert!(outcome.may_have_run());
            let mut call = Call::new(Class::Post);
            assert_eq!(call.after(outcome), Decision::Fail(Why::Final), "{outcome:?}");
        }
    }

    struct Call {
        retry: Retry,
        budget: Budget,
        page: PageSize,
        now: Duration,
        random: f64,
    }

    impl Call {
        fn new(class: Class) -> Self {
            Self::with(RetryOptions::default(), class, Duration::from_secs(300))
        }

        fn with(options: RetryOptions, class: Class, total_timeout: Duration) -> Self {
            Self {
                retry: Retry::new(options, class, Some(total_timeout), Duration::ZERO),
                budget: Budget::new(options.budget),
                page: PageSize::new(None),
                now: Duration::ZERO,
                random: 1.0,
            }
        }

        fn after(&mut self, outcome: Outcome) -> Decision {
            self.retry.sending(self.now);
            self.retry.after(outcome, Some(&mut self.page), None, &mut self.budget, self.now, self.random)
        }
    }

    fn at(millis: u64) -> Decision {
        Decision::Retry { at: Duration::from_millis(millis), page: None }
    }

    #[test]
    fn backs_off_longer_each_time_and_gives_up_after_four_attempts() {
        let mut call = Call::new(Class::Get);
        let seen = [(); 4].map(|()| call.after(Outcome::Unavailable));
        assert_eq!(seen, [at(500), at(1000), at(2000), Decision::Fail(Why::Attempts)]);
    }

    #[test]
    fn jitter_is_full_and_capped() {
        let options = RetryOptions { max_attempts: 20, ..RetryOptions::default() };
        let mut call = Call::with(options, Class::Get, Duration::from_secs(300));
        call.random = 0.5;
        let seen = [(); 8].map(|()| call.after(Outcome::Lost));
        assert_eq!(seen, [250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000].map(at));
        call.random = 0.0;
        assert_eq!(call.after(Outcome::Lost), at(0));
    }

    #[test]
    fn a_proxys_retry_after_is_a_lower_bound() {
        let mut call = Call::new(Class::Get);
        let mut after =
            |hint| call.retry.after(Outcome::Unavailable, None, hint, &mut call.budget, Duration::ZERO, 1.0);
        assert_eq!(after(Some(7 * SECOND)), at(7000));
        assert_eq!(after(Some(Duration::ZERO)), at(1000));
    }

    #[test]
    fn no_retry_is_no_retry_not_even_after_a_429() {
        for outcome in
            [Outcome::Limited(Limit::Window), Outcome::ServerError, Outcome::Unsent, Outcome::Unauthorized]
        {
            let mut call = Call::with(RetryOptions::none(), Class::List, Duration::from_secs(300));
            assert_eq!(call.after(outcome), Decision::Fail(Why::Attempts), "{outcome:?}");
        }
    }

    #[test]
    fn a_list_page_that_is_too_much_is_asked_smaller_without_counting_as_an_attempt() {
        let mut call = Call::new(Class::List);
        call.random = 0.0;
        let mut limits = Vec::new();
        while let Decision::Retry { .. } = call.after(Outcome::ServerError) {
            limits.push(call.page.limit());
        }
        assert_eq!(limits, [100, 50, 25, 10, 10, 10, 10], "then three more attempts at the floor");
    }

    #[test]
    fn a_failed_search_is_first_asked_as_it_was() {
        let mut call = Call::new(Class::List);
        call.random = 0.0;
        let limits = [(); 3].map(|()| {
            call.after(Outcome::SearchFailed);
            call.page.limit()
        });
        assert_eq!(limits, [200, 100, 50]);
    }

    #[test]
    fn a_404_to_a_delete_is_success_only_if_an_earlier_attempt_may_have_run() {
        for (before, then) in [
            (None, Decision::Fail(Why::Final)),
            (Some(Outcome::Limited(Limit::Window)), Decision::Fail(Why::Final)),
            (Some(Outcome::Unsent), Decision::Fail(Why::Final)),
            (Some(Outcome::Lost), Decision::AlreadyGone),
            (Some(Outcome::TimedOut), Decision::AlreadyGone),
            (Some(Outcome::GatewayTimeout), Decision::AlreadyGone),
        ] {
            let mut call = Call::new(Class::Delete);
            before.map(|outcome| call.after(outcome));
            assert_eq!(call.after(Outcome::NotFound), then, "{before:?}");
        }
    }

    #[test]
    fn a_token_is_refreshed_once() {
        let mut call = Call::new(Class::Post);
        assert_eq!(call.after(Outcome::Unauthorized), Decision::RefreshToken);
        assert_eq!(call.after(Outcome::Unauthorized), Decision::Fail(Why::Final));
    }

    #[test]
    fn wrong_content_is_read_once_more() {
        let mut call = Call::new(Class::Get);
        assert_eq!(call.after(Outcome::WrongContent), at(500));
        assert_eq!(call.after(Outcome::WrongContent), Decision::Fail(Why::Final));
    }

    #[test]
    fn waiting_for_a_window_costs_no_attempt_and_at_most_90_seconds() {
        let mut call = Call::new(Class::Post);
        assert_eq!(call.retry.latest_send(), (300 * SECOND, Why::TotalTimeout));
        assert_eq!(call.after(Outcome::Limited(Limit::Window)), Decision::Requeue);
        assert_eq!(call.retry.latest_send(), (90 * SECOND, Why::RateLimitWait));
        call.now = 60 * SECOND;
        assert_eq!(call.after(Outcome::Limited(Limit::Window)), Decision::Requeue);
        assert_eq!(
            call.retry.latest_send(),
            (90 * SECOND, Why::RateLimitWait),
            "60 of the 90 seconds are used up"
        );
        call.now = 85 * SECOND;
        assert_eq!(call.after(Outcome::Limited(Limit::Hidden)), Decision::Requeue);
        assert_eq!(
            call.after(Outcome::Unsent),
            Decision::Retry { at: Duration::from_millis(85_500), page: None }
        );
    }

    #[test]
    fn a_429_that_does_not_say_how_long_counts_as_an_attempt() {
        let mut call = Call::new(Class::Get);
        let seen = [(); 4].map(|()| call.after(Outcome::Limited(Limit::Unknown)));
        let again = Decision::Requeue;
        assert_eq!(seen, [again, again, again, Decision::Fail(Why::Attempts)]);
    }

    #[test]
    fn a_concurrency_429_costs_time_and_no_attempt() {
        let mut call = Call::new(Class::Put);
        for _ in 0..20 {
            assert_eq!(call.after(Outcome::Limited(Limit::Concurrency)), Decision::Requeue);
            call.now += Duration::from_millis(500);
        }
        assert_eq!(call.retry.latest_send().1, Why::RateLimitWait);
        call.now += Duration::from_secs(90);
        assert!(call.retry.latest_send().0 < call.now);
    }

    #[test]
    fn a_wait_that_would_pass_the_deadline_fails_at_once() {
        let mut call = Call::with(RetryOptions::default(), Class::Get, SECOND);
        call.now = Duration::from_millis(600);
        assert_eq!(call.after(Outcome::Lost), Decision::Fail(Why::TotalTimeout));
    }

    #[test]
    fn a_spent_budget_stops_retries_of_failures_but_not_of_limits() {
        let mut call = Call::new(Class::Get);
        while call.budget.charge().is_some() {}
        assert_eq!(call.after(Outcome::Unavailable), Decision::Fail(Why::Budget));
        assert_eq!(call.after(Outcome::TryAgain), at(1000));
        assert_eq!(call.after(Outcome::Limited(Limit::Window)), Decision::Requeue);
    }

    #[test]
    fn the_limit_that_comes_first_ends_a_wait_and_the_deadline_if_both_do() {
        for (total, latest) in [
            (60, (60 * SECOND, Why::TotalTimeout)),
            (90, (90 * SECOND, Why::TotalTimeout)),
            (91, (90 * SECOND, Why::RateLimitWait)),
        ] {
            let mut call = Call::with(RetryOptions::default(), Class::Get, total * SECOND);
            assert_eq!(call.after(Outcome::Limited(Limit::Window)), Decision::Requeue);
            assert_eq!(call.retry.latest_send(), latest, "{total}");
        }
    }

    #[test]
    fn an_attempt_may_start_until_the_deadline_and_not_after_it() {
        for (now, then) in [(500, at(1000)), (501, Decision::Fail(Why::TotalTimeout))] {
            let mut call = Call::with(RetryOptions::default(), Class::Get, SECOND);
            call.now = Duration::from_millis(now);
            assert_eq!(call.after(Outcome::Lost), then, "{now}");
        }
    }

    #[test]
    fn a_call_knows_whether_an_attempt_may_have_run() {
        let mut call = Call::new(Class::Put);
        for (outcome, may_have_run) in [
            (Outcome::Unsent, false),
            (Outcome::Limited(Limit::Window), false),
            (Outcome::Lost, true),
            // An earlier attempt may have run all the same.
            (Outcome::Unsent, true),
        ] {
            call.after(outcome);
            assert_eq!(call.retry.may_have_run(), may_have_run, "{outcome:?}");
        }
        let mut call = Call::new(Class::Put);
        assert!(!call.retry.may_have_run());
        call.retry.gave_up();
        assert!(call.retry.may_have_run());
    }

    #[test]
    fn a_success_gives_back_what_all_its_retries_cost() {
        let mut call = Call::new(Class::Get);
        let left = |call: &Call| {
            let mut budget = call.budget.clone();
            core::iter::from_fn(|| budget.charge()).count()
        };
        assert_eq!(left(&call), 35);
        call.after(Outcome::Unavailable);
        call.after(Outcome::Unavailable);
        assert_eq!(left(&call), 33);
        assert_eq!(call.after(Outcome::Good), Decision::Deliver);
        assert_eq!(left(&call), 35);
    }
}
