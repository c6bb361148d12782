//! Decides the rate-limit bucket of a request by its path. The gate decides when the bucket is open.

use std::borrow::Cow;

use super::Method;
use crate::text::{before, split};

/// The rate-limit bucket of a request that is not one of the [operations](crate::request::Operation), whose
/// rows name their buckets. `path` is the API's path, such as `/api/v1/groups/00g1`.
///
/// Below `/api/v1/groups` Okta documents two buckets: one for a single group, one for everything else
/// (docs/okta-facts.md#buckets). The bucket of any other path is its literal segments, with `{id}` for each
/// id.
#[must_use]
pub fn bucket_of(method: Method, path: &str) -> Cow<'static, str> {
    let mut segments = segments_of(path);
    if let Some("groups") = segments.clone().next() {
        return match (segments.nth(1), segments.next()) {
            (Some(id), None) if id != "rules" && method != Method::Post => "groups/{id}".into(),
            _ => "groups".into(),
        };
    }
    template_of(path).into()
}

fn segments_of(path: &str) -> impl Iterator<Item = &str> + Clone {
    let path = before(path, b"?#");
    split(path.strip_prefix("/api/v1/").unwrap_or(path), b'/').filter(|part| !part.is_empty())
}

/// The literal segments of a path below `/api/v1/`, with `{id}` for each id: `users/{id}/groups`.
pub(crate) fn template_of(path: &str) -> String {
    let mut name = String::new();
    let mut before = "";
    for segment in segments_of(path) {
        if !name.is_empty() {
            name.push('/');
        }
        name.push_str(if is_id(segment, before) { "{id}" } else { segment });
        before = segment;
    }
    name
}

/// Whether a segment is an id rather than a literal word of the path.
///
/// The words of Okta's paths consist of letters, dashes and underscores (`authorizationServers`,
/// `email-domains`).
fn is_id(segment: &str, before: &str) -> bool {
    // A login may look like any word.
    if before == "users" {
        return segment != "me";
    }
    let is_version = segment.strip_prefix('v').is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    if is_version || matches!(segment, "oauth2" | ".well-known") {
        return false;
    }
    let is_word = segment.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-' || b == b'_');
    let (mut upper, mut lower) = (0, 0);
    for byte in segment.bytes() {
        upper += usize::from(byte.is_ascii_uppercase());
        lower += usize::from(byte.is_ascii_lowercase());
    }
    // Okta's ids have 20 characters. Those without a digit mix upper and lower case, unlike
    // `authorizationServers`.
    let is_mixed = segment.len() == 20 && upper > 1 && lower > 0;
    !is_word || is_mixed || segment.len() > 40
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Method::{Delete, Get, Post, Put};
    use crate::request::Operation;

    #[test]
    fn buckets_of_groups_are_those_of_the_operations_rows() {
        for operation in Operation::ALL {
            let row = operation.row();
            let path = row.path.replace("{groupId}", "00g1emaKYZTWRYYRRTSK").replace("{userId}", "00u1");
            if path.starts_with("/api/v1/groups") {
                assert_eq!(bucket_of(row.method, &path), row.bucket, "{path}");
            }
        }
        for (method, path, bucket) in [
            (Get, "/api/v1/groups/", "groups"),
            (Get, "/api/v1/groups?limit=1", "groups"),
            (Post, "/api/v1/groups", "groups"),
            (Get, "/api/v1/groups/00g1/", "groups/{id}"),
            (Put, "/api/v1/groups/00g1", "groups/{id}"),
            (Delete, "/api/v1/groups/00g1", "groups/{id}"),
            (Post, "/api/v1/groups/00g1", "groups"),
            (Put, "/api/v1/groups/00g1/users/00u1", "groups"),
            (Get, "/api/v1/groups/00g1?expand=app", "groups/{id}"),
            (Get, "/api/v1/groups/west", "groups/{id}"),
            (Get, "/api/v1/groups/00g1/owners", "groups"),
            (Get, "/api/v1/groups/00g1/owners/00u1", "groups"),
            (Get, "/api/v1/groups/00g1/roles", "groups"),
            (Get, "/api/v1/groups/rules", "groups"),
            (Get, "/api/v1/groups/rules/0pr1", "groups"),
            (Get, "/api/v1/groups/rules/0pr1/lifecycle/activate", "groups"),
        ] {
            assert_eq!(bucket_of(method, path), bucket, "{path}");
        }
    }

    #[test]
    fn other_paths_are_filed_by_their_literal_segments() {
        for (path, bucket) in [
            ("/api/v1/users", "users"),
            ("/api/v1/users/me", "users/me"),
            ("/api/v1/users/00ub0oNGTSWTBKOLGLNR", "users/{id}"),
            ("/api/v1/users/isaac.brock%40example.com", "users/{id}"),
            ("/api/v1/users/isaac@example.com/groups", "users/{id}/groups"),
            ("/api/v1/users/isaac", "users/{id}"),
            ("/api/v1/users/00u1/lifecycle/activate", "users/{id}/lifecycle/activate"),
            ("/api/v1/users/00u1/factors/opf3hkfocI4JTLAju0g4/verify", "users/{id}/factors/{id}/verify"),
            ("/api/v1/users/00u1/factors/uftmQHSGFQXHCUSDandX", "users/{id}/factors/{id}"),
            ("/api/v1/apps/0oa1/users/00u1", "apps/{id}/users/{id}"),
            ("/api/v1/apps/0oa1/groups/00g1", "apps/{id}/groups/{id}"),
            ("/api/v1/apps/0oa1/features/USER_PROVISIONING", "apps/{id}/features/USER_PROVISIONING"),
            // A name of 20 capitals is not an id, nor is a word of up to 40 letters.
            ("/api/v1/apps/0oa1/features/INBOUND_PROVISIONING", "apps/{id}/features/INBOUND_PROVISIONING"),
            (
                "/api/v1/abcdefghijklmnopqrstuvwxyzabcdefghijklmn/x",
                "abcdefghijklmnopqrstuvwxyzabcdefghijklmn/x",
            ),
            ("/api/v1/abcdefghijklmnopqrstuvwxyzabcdefghijklmno/x", "{id}/x"),
            ("/api/v1/authorizationServers/default/claims", "authorizationServers/default/claims"),
            ("/api/v1/authorizationServers/ausain6z9zIedDCxB0h7", "authorizationServers/{id}"),
            ("/api/v1/meta/types/user/otyfnjfba4ye7pgjB0g4", "meta/types/user/{id}"),
            ("/api/v1/logs", "logs"),
            ("/api/v1/first-party-app-settings/admin-console", "first-party-app-settings/admin-console"),
            ("/api/v1/devices/4f4d3c5a-1b9e-4c8f-9c39-2b1d6e1f7a11/users", "devices/{id}/users"),
            ("/api/v1/zones/12345", "zones/{id}"),
            ("/api/v1/brands/bnd-1/domains", "brands/{id}/domains"),
            ("/oauth2/v1/clients/0oa1/roles", "oauth2/v1/clients/{id}/roles"),
            (
                "/oauth2/default/.well-known/openid-configuration",
                "oauth2/default/.well-known/openid-configuration",
            ),
            ("/governance/api/v2/campaigns/icit1", "governance/api/v2/campaigns/{id}"),
            ("//api/v1//users/", "api/v1/users"),
            ("/api/v1/caf%C3%A9/x", "{id}/x"),
            ("/", ""),
            ("", ""),
        ] {
            assert_eq!(bucket_of(Get, path), bucket, "{path}");
        }
    }

    #[test]
    fn ids_of_any_form_make_one_bucket() {
        let letters = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let mut names = std::collections::BTreeSet::new();
        for prefix in ["00u", "00g", "0oa", "0pr", "00T", "aus", "opf"] {
            for seed in 0..500_u64 {
                let mut random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
                let mut id = prefix.to_owned();
                for _ in 0..17 {
                    random ^= random << 13;
                    random ^= random >> 7;
                    random ^= random << 17;
                    id.push(char::from(letters[(random >> 11) as usize % letters.len()]));
                }
                names.insert(bucket_of(Get, &format!("/api/v1/apps/{id}/credentials/{id}")));
            }
        }
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["apps/{id}/credentials/{id}"]);
    }
}
