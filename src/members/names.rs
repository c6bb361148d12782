//! Resolves names (logins, emails or values of another attribute) to user ids. Decides which names are looked
//! up, in which requests, and which names are unresolved. The machine in `bulk` orders the requests.

use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::ids::sorted;
use crate::filter::{Attr, attr, folded, quoted};
use crate::request::{ArgumentError, encode};

/// The longest `search`, in percent-encoded bytes. With the org's URL and the other parameters the request
/// line stays below the 8 kB that servers and proxies accept.
const MAX_SEARCH: usize = 7_600;
/// The most ids that are kept for a value with several users.
const MAX_CANDIDATES: usize = 100;
/// How many single users are read in parallel.
const AT_ONCE: u32 = 8;

/// Which attribute names the desired members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// The user's id.
    #[default]
    Id,
    /// `profile.login`, compared without regard to case.
    Login,
    /// `profile.email`, compared without regard to case.
    Email,
    /// Another attribute of the profile such as `profile.employeeNumber`, compared exactly.
    Attribute(Attr),
}

impl By {
    /// Parses `id`, `login`, `email`, or the path of an attribute such as `profile.employeeNumber`.
    ///
    /// # Errors
    /// [`ArgumentError`] for any other text.
    pub fn parse(text: &str) -> Result<Self, ArgumentError> {
        let wrong =
            || ArgumentError::new("by", "must be id, login, email or an attribute as profile.employeeNumber");
        match text.strip_prefix("profile.").unwrap_or(text) {
            "id" if text == "id" => Ok(By::Id),
            "login" => Ok(By::Login),
            "email" => Ok(By::Email),
            name if name.len() < text.len() && !name.contains('.') => {
                attr(text).map(By::Attribute).map_err(|_| wrong())
            }
            _ => Err(wrong()),
        }
    }

    /// The attribute's name in the profile; empty for the id.
    pub fn attribute(&self) -> &str {
        match self {
            By::Id => "",
            By::Login => "login",
            By::Email => "email",
            By::Attribute(attr) => attr.as_str().trim_start_matches("profile."),
        }
    }

    /// The form in which two values of the same user are equal.
    fn key(&self, value: &str) -> String {
        match self {
            By::Login | By::Email => folded(value),
            _ => value.to_owned(),
        }
    }
}

/// What happens to a plan with values that do not match exactly one active user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IfUnresolved {
    /// The plan lists them and cannot be applied.
    #[default]
    Block,
    /// The plan lists them and only adds the other users. It removes nobody: a member with a renamed login
    /// would be removed.
    Skip,
}

/// How the desired members are named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Naming {
    /// The attribute. Default: the user's id.
    pub by: By,
    /// What happens to values that do not match exactly one active user. Default [`IfUnresolved::Block`].
    pub if_unresolved: IfUnresolved,
}

/// A desired value that does not match exactly one active user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unresolved {
    /// The desired value.
    pub value: String,
    /// Why it is unresolved.
    pub reason: UnresolvedReason,
    /// Ids of the users with this value, at most 100: the active ones, or the deactivated ones if no active
    /// user has it.
    pub candidates: Vec<String>,
}

/// Why a value is unresolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnresolvedReason {
    /// No user has the value.
    None,
    /// Several active users have the value.
    Ambiguous,
    /// Only deactivated users have the value.
    Deactivated,
}

impl UnresolvedReason {
    /// The name in JavaScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            UnresolvedReason::None => "none",
            UnresolvedReason::Ambiguous => "ambiguous",
            UnresolvedReason::Deactivated => "deactivated",
        }
    }
}

/// The next lookup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Search for users by [`Names::search`].
    Search,
    /// Read the user whose login is the name at that place: [`Names::name`].
    One(usize),
    /// Wait for the lookups in flight.
    Wait,
    /// All names are looked up.
    End,
}

/// A name, and the ids of the users who have it.
#[derive(Debug)]
struct Name {
    key: String,
    value: String,
    active: Vec<String>,
    deactivated: Vec<String>,
}

/// The desired names, and which users are known to have them.
#[derive(Debug)]
pub(super) struct Names {
    by: By,
    /// Sorted by their keys.
    names: Vec<Name>,
    /// The place in `names` of each desired value.
    desired: Vec<usize>,
    /// The range of `names` that the current search covers, and its expression. Names before `from` were
    /// searched for.
    from: usize,
    to: usize,
    search: String,
    /// How many names the search has, and how many it may have.
    terms: usize,
    most: usize,
    /// The next place to read alone, and how many such reads are in flight.
    alone: usize,
    in_flight: u32,
}

impl Names {
    pub(super) fn new(by: By, desired: &[String]) -> Self {
        let keys: Vec<String> = desired.iter().map(|value| by.key(value)).collect();
        let mut unique = sorted(keys.iter().map(String::as_str).collect());
        unique.dedup();
        let mut names: Vec<Name> = unique
            .iter()
            .map(|key| Name {
                key: (*key).to_owned(),
                value: String::new(),
                active: Vec::new(),
                deactivated: Vec::new(),
            })
            .collect();
        let mut places = Vec::with_capacity(keys.len());
        for (key, value) in keys.iter().zip(desired) {
            let place = unique.binary_search(&key.as_str()).unwrap_or_default();
            if let Some(name) = names.get_mut(place).filter(|name| name.value.is_empty()) {
                name.value.clone_from(value);
            }
            places.push(place);
        }
        Names {
            by,
            names,
            desired: places,
            from: 0,
            to: 0,
            search: String::new(),
            terms: 0,
            most: usize::MAX,
            alone: 0,
            in_flight: 0,
        }
    }

    /// Takes a member of the group. Only for logins, which are unique: such a member need not be looked up. A
    /// value of another attribute may belong to a second user outside of the group.
    pub(super) fn member(&mut self, id: &str, value: &str, is_active: bool) {
        if self.by == By::Login {
            self.found_user(id, value, is_active);
        }
    }

    /// Takes a user with its value. A search may return users that are not desired; they are dropped.
    pub(super) fn found_user(&mut self, id: &str, value: &str, is_active: bool) {
        let key = self.by.key(value);
        let place = self.names.binary_search_by(|name| name.key.as_str().cmp(&key));
        let name = place.ok().and_then(|place| self.names.get_mut(place));
        if let Some(name) = name {
            let ids = if is_active { &mut name.active } else { &mut name.deactivated };
            if ids.len() < MAX_CANDIDATES && !ids.iter().any(|known| known == id) {
                ids.push(id.to_owned());
            }
        }
    }

    pub(super) fn next(&mut self) -> Look {
        if self.to > self.from || self.in_flight >= AT_ONCE {
            return Look::Wait;
        }
        self.compose();
        if self.terms > 0 {
            return Look::Search;
        }
        // The search index may not have a new user yet, but Okta finds the login at once by *Retrieve a
        // user*.
        while matches!(self.by, By::Login | By::Email) && self.alone < self.names.len() {
            let place = self.alone;
            self.alone += 1;
            let is_known = |name: &Name| !name.active.is_empty() || !name.deactivated.is_empty();
            if !self.names.get(place).is_some_and(is_known) {
                self.in_flight += 1;
                return Look::One(place);
            }
        }
        if self.in_flight > 0 { Look::Wait } else { Look::End }
    }

    /// Builds the next search, of as many names as fit.
    fn compose(&mut self) {
        self.search.clear();
        (self.to, self.terms) = (self.from, 0);
        let mut length = 0;
        while let Some(name) = self.names.get(self.to) {
            // Members of the group are resolved already.
            if self.by == By::Login && !name.active.is_empty() {
                self.to += 1;
                continue;
            }
            let before = if self.terms == 0 { "" } else { " or " };
            let term = [before, "profile.", self.by.attribute(), " eq ", &quoted(&name.value)].concat();
            let mut encoded = String::new();
            encode(&term, &mut encoded);
            length += encoded.len();
            if self.terms > 0 && (length > MAX_SEARCH || self.terms >= self.most) {
                return;
            }
            self.search.push_str(&term);
            self.terms += 1;
            self.to += 1;
        }
        if self.terms == 0 {
            self.from = self.to;
        }
    }

    /// The expression of the current search.
    pub(super) fn search(&self) -> &str {
        &self.search
    }

    /// The login to read alone.
    pub(super) fn name(&self, place: usize) -> &str {
        self.names.get(place).map_or("", |name| &name.value)
    }

    /// The current search has returned all its users.
    pub(super) fn searched(&mut self) {
        self.from = self.to;
    }

    /// Takes a failed search. Returns whether to continue: with half as many names if the org or a proxy
    /// refuses so many.
    pub(super) fn refused(&mut self, fault: &Fault<'_>) -> bool {
        if !matches!(fault.status, 400 | 414 | 431) {
            return false;
        }
        if self.terms > 1 {
            self.most = self.terms / 2;
            self.to = self.from;
            return true;
        }
        // The org refuses this one name, which says nothing about the number of names.
        self.most = usize::MAX;
        self.searched();
        matches!(self.by, By::Login | By::Email)
    }

    /// Takes the result of a single read. Returns whether to continue.
    pub(super) fn asked(&mut self, fault: Option<&Fault<'_>>) -> bool {
        self.in_flight = self.in_flight.saturating_sub(1);
        // A login that cannot be sent in a path belongs to nobody.
        fault.is_none_or(|fault| fault.is_missing() || fault.is_refusal() || fault.kind == "argument")
    }

    /// The ids of the desired users, and the unresolved values.
    pub(super) fn resolved(self) -> (Vec<String>, Vec<Unresolved>) {
        let (mut ids, mut unresolved) = (Vec::new(), Vec::new());
        let mut names: Vec<Option<Name>> = self.names.into_iter().map(Some).collect();
        let mut found: Vec<Option<String>> = vec![None; names.len()];
        for place in self.desired {
            if let Some(Name { value, mut active, deactivated, .. }) =
                names.get_mut(place).and_then(Option::take)
            {
                let (reason, candidates) = match (active.len(), deactivated.is_empty()) {
                    (1, _) => {
                        if let Some(found) = found.get_mut(place) {
                            *found = active.pop();
                        }
                        (UnresolvedReason::None, active)
                    }
                    (0, true) => (UnresolvedReason::None, active),
                    (0, false) => (UnresolvedReason::Deactivated, deactivated),
                    _ => (UnresolvedReason::Ambiguous, active),
                };
                if found.get(place).is_none_or(Option::is_none) {
                    unresolved.push(Unresolved { value, reason, candidates });
                }
            }
            ids.extend(found.get(place).cloned().flatten());
        }
        (ids, unresolved)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn refusal(status: u16) -> Fault<'static> {
        Fault { kind: "bad-request", code: Some("E0000031"), status }
    }

    /// Runs all searches. The org accepts a search if `takes` is true for its number of names. Returns the
    /// accepted searches.
    fn searched(names: &mut Names, takes: impl Fn(usize) -> bool) -> Vec<String> {
        let mut taken = Vec::new();
        while names.next() == Look::Search {
            assert_eq!(names.next(), Look::Wait);
            let search = names.search().to_owned();
            if takes(search.matches(" eq ").count()) {
                names.searched();
                taken.push(search);
            } else if !names.refused(&refusal(400)) {
                break;
            }
        }
        taken
    }

    #[test]
    fn an_attribute_is_read_by_its_name() {
        let other = |name| By::Attribute(attr(name).unwrap());
        for (text, by) in [
            ("id", Some(By::Id)),
            ("login", Some(By::Login)),
            ("profile.login", Some(By::Login)),
            ("email", Some(By::Email)),
            ("profile.email", Some(By::Email)),
            ("profile.employeeNumber", Some(other("profile.employeeNumber"))),
            ("profile.id", Some(other("profile.id"))),
            ("employeeNumber", None),
            ("profile.", None),
            ("profile.a.b", None),
            ("profile.a b", None),
            ("profile.profile.a", None),
            ("", None),
        ] {
            assert_eq!(By::parse(text).ok(), by, "{text}");
        }
        assert_eq!(By::parse("profile.employeeNumber").unwrap().attribute(), "employeeNumber");
        assert_eq!(By::Id.attribute(), "");
    }

    #[test]
    fn a_search_is_as_long_as_a_url_may_be() {
        let logins: Vec<String> = (1000..2000).map(|n| format!("person.{n}@example.com")).collect();
        let mut names = Names::new(By::Login, &logins);
        let searches = searched(&mut names, |_| true);
        assert_eq!(searches.len(), 8);
        let (last, full) = searches.split_last().unwrap();
        let encoded = |search: &str| {
            let mut out = String::new();
            encode(search, &mut out);
            out.len()
        };
        assert!(full.iter().all(|search| (7_500..=MAX_SEARCH).contains(&encoded(search))), "{searches:?}");
        assert!(encoded(last) <= MAX_SEARCH);
        // A name that alone exceeds the limit is searched for alone.
        let long = "x".repeat(2 * MAX_SEARCH);
        let mut names = Names::new(By::Email, &["a".to_owned(), long, "b".to_owned()]);
        assert_eq!(searched(&mut names, |_| true).len(), 2);
    }

    #[test]
    fn a_search_that_is_refused_otherwise_fails() {
        for (status, goes_on) in
            [(400, true), (414, true), (431, true), (403, false), (500, false), (0, false)]
        {
            let mut names = Names::new(By::Email, &["a".to_owned(), "b".to_owned()]);
            assert_eq!(names.next(), Look::Search);
            assert_eq!(names.refused(&refusal(status)), goes_on, "{status}");
        }
        let mut names = Names::new(By::parse("profile.badge").unwrap(), &["a".to_owned()]);
        assert_eq!(names.next(), Look::Search);
        assert!(!names.refused(&refusal(400)), "an attribute that the org does not know");
    }

    #[test]
    fn so_many_are_asked_for_at_the_same_time() {
        let logins: Vec<String> = (0..20).map(|n| n.to_string()).collect();
        let mut names = Names::new(By::Login, &logins);
        searched(&mut names, |_| true);
        // `searched` has read the first alone already.
        let mut asked = 1;
        for _ in 1..AT_ONCE {
            assert!(matches!(names.next(), Look::One(_)));
            asked += 1;
        }
        assert_eq!(names.next(), Look::Wait);
        while asked < 20 {
            assert!(names.asked(None));
            assert!(matches!(names.next(), Look::One(_)));
            asked += 1;
        }
        for _ in 0..AT_ONCE {
            assert_eq!(names.next(), Look::Wait);
            let missing = Fault { kind: "not-found", code: Some("E0000007"), status: 404 };
            assert!(names.asked(Some(&missing)));
        }
        assert_eq!(names.next(), Look::End);
        for (kind, code, goes_on) in [
            ("bad-request", Some("E0000001"), true),
            ("argument", None, true),
            ("not-found", None, false),
            ("forbidden", Some("E0000006"), false),
            ("connection", None, false),
        ] {
            assert_eq!(names.asked(Some(&Fault { kind, code, status: 0 })), goes_on, "{kind}");
        }
    }

    #[test]
    fn a_value_that_many_bear_keeps_a_hundred_of_them() {
        let mut names = Names::new(By::Email, &["a".to_owned()]);
        (0..1000).for_each(|number| names.found_user(&number.to_string(), "A", true));
        let (ids, unresolved) = names.resolved();
        assert!(ids.is_empty());
        assert_eq!(
            unresolved.iter().map(|it| (it.reason, it.candidates.len())).collect::<Vec<_>>(),
            [(UnresolvedReason::Ambiguous, 100)]
        );
    }

    proptest! {
        /// Whatever the org accepts, each name is either in exactly one accepted search, or was refused
        /// alone.
        #[test]
        fn each_name_is_searched_for_once(
            values in prop::collection::vec("[a-c\"\\\\ ]{1,3}", 1..60),
            most in 1_usize..70,
        ) {
            let mut names = Names::new(By::Email, &values);
            let searches = searched(&mut names, |terms| terms <= most);
            let mut terms: Vec<String> = Vec::new();
            for search in &searches {
                match crate::filter::parse(search).unwrap() {
                    crate::filter::Expr::Or(all) => terms.extend(all.iter().map(ToString::to_string)),
                    one => terms.push(one.to_string()),
                }
            }
            let unique: BTreeSet<String> = terms.iter().cloned().collect();
            prop_assert_eq!(unique.len(), terms.len());
            let expected: BTreeSet<&str> = values.iter().map(String::as_str).collect();
            prop_assert_eq!(unique.len(), expected.len());
        }

        /// Every value ends up as one user or as unresolved for the right reason.
        #[test]
        fn every_value_is_one_user_or_unresolved(
            values in prop::collection::vec("[a-dA-D]", 1..12),
            users in prop::collection::vec(("[a-dA-D]", any::<bool>()), 0..12),
        ) {
            let mut names = Names::new(By::Email, &values);
            for (number, (value, is_active)) in users.iter().enumerate() {
                // Fed twice, as two searches may do.
                names.found_user(&number.to_string(), value, *is_active);
                names.found_user(&number.to_string(), value, *is_active);
            }
            let (ids, unresolved) = names.resolved();
            let users = |value: &str, active: bool| {
                let all = users.iter().enumerate();
                let having = all.filter(move |(_, (its, is_active))| {
                    its.eq_ignore_ascii_case(value) && *is_active == active
                });
                having.map(|(number, _)| number.to_string()).collect::<Vec<_>>()
            };
            let mut expected = Vec::new();
            for value in &values {
                let (active, deactivated) = (users(value, true), users(value, false));
                let of = unresolved.iter().find(|it| it.value.eq_ignore_ascii_case(value));
                match (active.len(), deactivated.len()) {
                    (1, _) => {
                        expected.extend(active);
                        prop_assert!(of.is_none());
                    }
                    (0, 0) => prop_assert_eq!(of.map(|it| it.reason), Some(UnresolvedReason::None)),
                    (0, _) => {
                        prop_assert_eq!(of.map(|it| it.reason), Some(UnresolvedReason::Deactivated));
                        prop_assert_eq!(of.map(|it| &it.candidates), Some(&deactivated));
                    }
                    _ => {
                        prop_assert_eq!(of.map(|it| it.reason), Some(UnresolvedReason::Ambiguous));
                        prop_assert_eq!(of.map(|it| &it.candidates), Some(&active));
                    }
                }
            }
            prop_assert_eq!(ids, expected);
        }
    }
}
