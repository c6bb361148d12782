//! Whom names stand for: logins, emails or the values of another attribute. Decides which of them are looked up, in which
//! requests, and which user each of them is, if it is one.

use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::ids::sorted;
use crate::filter::{Attr, attr, folded, quoted};
use crate::request::{ArgumentError, encode};

/// The longest expression that is searched by, percent-encoded: with the org's URL and the other parameters no longer
/// than the 8 kB that servers and proxies take.
const MAX_SEARCH: usize = 7_600;
/// So many users are asked for at the same time, one by one.
const AT_ONCE: u32 = 8;

/// By what the desired members are named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// By the id of the user.
    #[default]
    Id,
    /// By `profile.login`, whatever the case of its letters.
    Login,
    /// By `profile.email`, whatever the case of its letters.
    Email,
    /// By another attribute of the profile, `profile.employeeNumber`, exactly.
    Attribute(Attr),
}

impl By {
    /// Reads `id`, `login`, `email` or the path of an attribute, `profile.employeeNumber`.
    ///
    /// # Errors
    /// If it is none of them.
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

    /// The name of the attribute in the profile; empty for the id.
    pub fn attribute(&self) -> &str {
        match self {
            By::Id => "",
            By::Login => "login",
            By::Email => "email",
            By::Attribute(attr) => attr.as_str().trim_start_matches("profile."),
        }
    }

    /// What two values have in common that stand for the same user.
    fn key(&self, value: &str) -> String {
        match self {
            By::Login | By::Email => folded(value),
            _ => value.to_owned(),
        }
    }
}

/// What becomes of desired values that do not stand for one active user each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IfUnresolved {
    /// The plan names them and cannot be applied.
    #[default]
    Block,
    /// The plan names them and only adds the others: a member under an old login would be removed.
    Skip,
}

/// How desired members are named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Naming {
    /// By what. Default: by their ids.
    pub by: By,
    /// What becomes of values that do not stand for one active user each.
    pub if_unresolved: IfUnresolved,
}

/// A desired value that does not stand for one active user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unresolved {
    /// The value, as it was given.
    pub value: String,
    /// Why.
    pub reason: Doubt,
    /// Ids of the users that bear it: the active ones, or the deactivated ones where no active user bears it.
    pub candidates: Vec<String>,
}

/// Why a value stands for no user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// No user bears it.
    None,
    /// Several active users bear it.
    Ambiguous,
    /// Only deactivated users bear it.
    Deactivated,
}

impl Doubt {
    /// The name in JavaScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            Doubt::None => "none",
            Doubt::Ambiguous => "ambiguous",
            Doubt::Deactivated => "deactivated",
        }
    }
}

/// What to look up next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Search for users: [`Names::search`].
    Search,
    /// Ask for the user of that place alone: [`Names::name`].
    One(usize),
    /// Wait for what is being looked up.
    Wait,
    /// Nothing more.
    End,
}

/// A value, and the users that bear it.
#[derive(Debug)]
struct Name {
    key: String,
    value: String,
    active: Vec<String>,
    deactivated: Vec<String>,
}

/// The desired values, and what is known of them.
#[derive(Debug)]
pub(super) struct Names {
    by: By,
    /// In the order of their keys.
    names: Vec<Name>,
    /// The place of each desired value.
    desired: Vec<usize>,
    /// From where on names are to be searched for, up to where they are being searched for, and the expression.
    from: usize,
    to: usize,
    search: String,
    /// How many names the search has, and the most that one may have.
    terms: usize,
    most: usize,
    /// From where on names are to be asked for one by one, and how many are being asked for.
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

    /// A member of the group: by login, whoever is there already need not be looked up. Another attribute may have a second
    /// bearer elsewhere.
    pub(super) fn member(&mut self, id: &str, value: &str, is_active: bool) {
        if self.by == By::Login {
            self.bearer(id, value, is_active);
        }
    }

    /// A user that was found. A search may find more than what is desired.
    pub(super) fn bearer(&mut self, id: &str, value: &str, is_active: bool) {
        let key = self.by.key(value);
        let place = self.names.binary_search_by(|name| name.key.as_str().cmp(&key));
        let name = place.ok().and_then(|place| self.names.get_mut(place));
        if let Some(name) = name {
            let bearers = if is_active { &mut name.active } else { &mut name.deactivated };
            if !bearers.iter().any(|known| known == id) {
                bearers.push(id.to_owned());
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
        // What a search does not have yet: a user is known by the login at once.
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

    /// Puts the next names into one search: as many as it takes.
    fn compose(&mut self) {
        self.search.clear();
        (self.to, self.terms) = (self.from, 0);
        let mut length = 0;
        while let Some(name) = self.names.get(self.to) {
            // A member of the group.
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

    /// The expression to search by.
    pub(super) fn search(&self) -> &str {
        &self.search
    }

    /// The name to ask for alone.
    pub(super) fn name(&self, place: usize) -> &str {
        self.names.get(place).map_or("", |name| &name.value)
    }

    /// All that the search found was told.
    pub(super) fn searched(&mut self) {
        self.from = self.to;
    }

    /// The search failed. Gives whether to go on: with half as many names where the org or a proxy does not take so many.
    pub(super) fn refused(&mut self, fault: &Fault<'_>) -> bool {
        if !matches!(fault.status, 400 | 414 | 431) {
            return false;
        }
        if self.terms > 1 {
            self.most = self.terms / 2;
            self.to = self.from;
            return true;
        }
        // The org takes no search for this very name, which says nothing of how many it takes.
        self.most = usize::MAX;
        self.searched();
        matches!(self.by, By::Login | By::Email)
    }

    /// The user of a name was told, or could not be read. Gives whether to go on.
    pub(super) fn asked(&mut self, fault: Option<&Fault<'_>>) -> bool {
        self.in_flight = self.in_flight.saturating_sub(1);
        // What no path can hold is nobody's login.
        fault.is_none_or(|fault| fault.is_missing() || fault.is_refusal() || fault.kind == "argument")
    }

    /// The ids of the desired users, and the values that stand for none.
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
                        (Doubt::None, active)
                    }
                    (0, true) => (Doubt::None, active),
                    (0, false) => (Doubt::Deactivated, deactivated),
                    _ => (Doubt::Ambiguous, active),
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
