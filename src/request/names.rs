//! Translates names in the crate's messages from JavaScript's spelling to Rust's.

/// The names in the crate's messages that JavaScript and Rust spell differently. A list rather than a rule,
/// since the same messages quote attributes such as `profile.costCenter`.
const NAMES: [(&str, &str); 16] = [
    ("allowEmpty", "allow_empty"),
    ("groupId", "group_id"),
    ("ifExists", "if_exists"),
    ("idOrLogin", "id_or_login"),
    ("ifStale", "if_stale"),
    ("maxFailedAdds", "max_failed_adds"),
    ("maxRemovals", "max_removals"),
    ("maxRemovalsOverall", "max_removals_overall"),
    ("maxResponseBytes", "max_response_bytes"),
    ("orgUrl", "OrgUrl"),
    ("ownerId", "owner_id"),
    ("ruleId", "rule_id"),
    ("ruleManaged", "rule_managed"),
    ("sortBy", "sort_by"),
    ("sortOrder", "sort_order"),
    ("userId", "user_id"),
];

/// A message of the crate with Rust's names. The core writes JavaScript's, since bytes count there; each
/// `Display` calls this.
pub(crate) fn in_rust(message: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = String::with_capacity(message.len());
    let mut rest = message;
    while !rest.is_empty() {
        let word = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (name, tail) = rest.split_at(word);
        out.push_str(NAMES.iter().find(|(js, _)| *js == name).map_or(name, |(_, rust)| rust));
        let next = tail.find(is_part).unwrap_or(tail.len());
        let (between, tail) = tail.split_at(next);
        out.push_str(between);
        rest = tail;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::{ArgumentError, GroupId, Method, SortOrder, UserId};
    use super::*;

    #[test]
    fn ids_and_methods_are_shown_as_they_are_sent() {
        let (group, user) = (GroupId::new("00g1").unwrap(), UserId::new("00u1").unwrap());
        assert_eq!((group.to_string(), user.to_string()), ("00g1".to_owned(), "00u1".to_owned()));
        assert_eq!((group.as_str(), user.as_str()), ("00g1", "00u1"));
        assert_eq!((group.as_ref(), user.as_ref()), ("00g1", "00u1"));
        let methods = [Method::Get, Method::Post, Method::Put, Method::Delete];
        assert_eq!(methods.map(|method| method.to_string()), ["GET", "POST", "PUT", "DELETE"]);
        assert_eq!([SortOrder::Asc, SortOrder::Desc].map(SortOrder::as_str), ["asc", "desc"]);
    }

    #[test]
    fn arguments_are_named_as_rust_does() {
        for (argument, reason, expected) in [
            ("sortBy", "is for a search only", "sort_by is for a search only"),
            ("desired[3]", "is empty; allowEmpty: true", "desired[3] is empty; allow_empty: true"),
            (
                "filter",
                "cannot be used: profile.costCenter sortBys",
                "filter cannot be used: profile.costCenter sortBys",
            ),
            ("groupId", "", "group_id "),
            ("", "ああ orgUrl", " ああ OrgUrl"),
        ] {
            let error = ArgumentError::new(argument, reason);
            assert_eq!(error.to_string(), expected);
            assert_eq!([error.argument(), error.reason()].join(" "), expected);
            let debug =
                format!("ArgumentError {{ argument: {:?}, reason: {:?} }}", error.argument(), error.reason());
            assert_eq!(format!("{error:?}"), debug);
        }
    }

    #[test]
    fn every_argument_that_is_refused_has_a_name_in_rust() {
        fn sources(folder: &std::path::Path, found: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    // The edge checks options that exist in JavaScript only.
                    true if path.ends_with("npm") => {}
                    true => sources(&path, found),
                    false => found.push(std::fs::read_to_string(path).unwrap()),
                }
            }
        }
        let mut found = Vec::new();
        sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        let refusals = found.iter().flat_map(|text| text.split("ArgumentError::new(").skip(1));
        let names = refusals.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
        let names: Vec<&str> = names.filter(|name| name.contains(char::is_uppercase)).collect();
        assert!(names.len() > 3, "{names:?}");
        for name in names {
            assert!(NAMES.iter().any(|(js, _)| *js == name), "{name} is not in NAMES");
        }
        for (js, rust) in NAMES {
            let folded = |name: &str| name.replace('_', "").to_lowercase();
            assert_eq!(folded(js), folded(rust));
        }
    }
}
