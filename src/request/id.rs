//! Ids that are safe in a path. Encoding alone is not enough: URL parsers drop `..` even if it is written as
//! `%2e%2E`, and `DELETE /groups/{id}/users/..` would delete the group.

use std::borrow::Cow;
use std::fmt;

use super::ArgumentError;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $argument:literal)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Eq, Hash)]
            pub struct $name(String);

            impl $name {
                /// Checks `id`.
                ///
                /// [`ArgumentError`] if the id is empty, a dot segment, or holds one of `/ \ ? # %` or a
                /// control character. A [`UserKey`] may be a login, which may hold any character.
                pub fn new(id: impl Into<String>) -> Result<Self, ArgumentError> {
                    let id = id.into();
                    check_id($argument, &id).map(|()| $name(id))
                }

                /// The id.
                pub fn as_str(&self) -> &str {
                    &self.0
                }
            }

            impl AsRef<str> for $name {
                fn as_ref(&self) -> &str {
                    &self.0
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&self.0)
                }
            }
        )*
    };
}

ids! {
    /// The id of a group, safe as one segment of a path.
    GroupId "groupId"
    /// The id of a user, safe as one segment of a path.
    UserId "userId"
    /// The id of a group rule, safe as one segment of a path.
    RuleId "ruleId"
    /// The id of a group's owner (a user or a group), safe as one segment of a path.
    OwnerId "ownerId"
    /// A user's id, their login, or the part of the login before `@` if it is unique in the org.
    UserKey "idOrLogin"
}

/// The check of [`GroupId::new`] without a copy.
pub(crate) fn check_id(argument: &'static str, id: &str) -> Result<(), ArgumentError> {
    check_segment(argument, id)?;
    // Only a login may hold characters that are encoded in a path.
    let is_plain = |c: char| !matches!(c, '/' | '\\' | '?' | '#' | '%') && !c.is_control();
    let reason = match id.chars().find(|c| !is_plain(*c)).filter(|_| argument != "idOrLogin") {
        Some(c) if c.is_control() => "holds a control character",
        Some(_) => "holds one of / \\ ? # %, which would change the path",
        None => return Ok(()),
    };
    Err(ArgumentError::new(argument, reason))
}

/// Refuses a segment that is empty or that URL parsers drop because it consists of dots.
pub(crate) fn check_segment(
    argument: impl Into<Cow<'static, str>>,
    segment: &str,
) -> Result<(), ArgumentError> {
    let reason = match segment {
        "" => "is empty",
        "." | ".." => "is a dot segment, which would change the path",
        _ => return Ok(()),
    };
    Err(ArgumentError::new(argument, reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::GetGroup;
    use proptest::prelude::*;

    #[test]
    fn what_could_change_the_path_is_refused() {
        for id in [
            "", ".", "..", "%2e", "%2E%2e", ".%2e", "a/b", "/", "a\\b", "a?b", "a#b", "a%b", "a\nb", "a\0b",
            "\u{7f}", "\u{85}",
        ] {
            let error = GroupId::new(id).unwrap_err();
            assert_eq!(error.argument, "groupId", "{id:?}");
            let reason = match id {
                "" => "is empty",
                "." | ".." => "is a dot segment, which would change the path",
                id if id.contains(char::is_control) => "holds a control character",
                _ => "holds one of / \\ ? # %, which would change the path",
            };
            assert_eq!(error.reason, reason, "{id:?}");
            assert_eq!(UserId::new(id).unwrap_err().argument, "userId", "{id:?}");
        }
    }

    #[test]
    fn what_okta_gives_and_tests_make_up_is_taken() {
        for (id, path) in [
            ("00g1emaKYZTWRYYRRTSK", "/api/v1/groups/00g1emaKYZTWRYYRRTSK"),
            ("test_group_id", "/api/v1/groups/test_group_id"),
            ("...", "/api/v1/groups/..."),
            ("a b", "/api/v1/groups/a%20b"),
            ("ü", "/api/v1/groups/%C3%BC"),
        ] {
            assert_eq!(GetGroup { group: GroupId::new(id).unwrap() }.request().path, path);
        }
    }

    proptest! {
        #[test]
        fn an_id_is_one_segment_or_an_error(id in any::<String>()) {
            if let Ok(group) = GroupId::new(id) {
                let path = GetGroup { group }.request().path;
                let segments: Vec<&str> = path.split('/').collect();
                prop_assert_eq!(segments.len(), 5);
                prop_assert!(!matches!(segments[4], "" | "." | ".."));
                prop_assert!(!path.contains(['?', '#', '\\', ' ']));
            }
        }
    }
}
