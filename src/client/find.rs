//! Idempotent writes: create-or-get, and deletes that accept "already gone". This module decides what a
//! failed create or delete leaves to look up, and reads nothing itself.

use std::ops::Range;

use super::step::{Failed, Succeeded, Success};
use crate::answer::Yield;
use crate::error::{Error, ErrorBody};
use crate::filter::quoted;
use crate::request::{ArgumentError, ListGroups, Operation, Request};
use crate::text::split_last;
use crate::time::Duration;

/// Whether a group may exist after a failed *Add a group*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CreateFailure {
    /// No: nothing was created, and the name is not the reason.
    NotCreated,
    /// The org says that the name is taken.
    NameTaken,
    /// The org may have created the group.
    MayHaveRun,
}

impl CreateFailure {
    /// Decides by error codes, and by the text of a cause where the code stands for any invalid value.
    fn of<Cause>(error: &Error<Cause>, may_have_run: bool) -> Self {
        match error {
            _ if may_have_run => CreateFailure::MayHaveRun,
            Error::Api(fault) => match (fault.status, fault.body.code.as_deref()) {
                (400, Some("E0000001")) if says_name_taken(&fault.body) => CreateFailure::NameTaken,
                (409, Some("E0000055")) => CreateFailure::NameTaken,
                _ => CreateFailure::NotCreated,
            },
            _ => CreateFailure::NotCreated,
        }
    }

    /// How many lookups to make.
    fn looks(self) -> usize {
        match self {
            CreateFailure::NotCreated => 0,
            // A group whose name differs by case may hold the name. It is never found, so fewer lookups do.
            CreateFailure::NameTaken => 4,
            CreateFailure::MayHaveRun => 8,
        }
    }
}

/// The pause before each two lookups. The search index lags behind ("an eventually consistent datasource",
/// *List all groups*), and a request whose answer was lost may still be running.
const PAUSES: [Duration; 4] =
    [Duration::ZERO, Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2)];

/// Whether a cause says `name: An object with this field already exists in the current organization`. Without
/// causes the name may be taken, too.
fn says_name_taken(body: &ErrorBody) -> bool {
    const WORDS: &[u8] = b"already exists";
    let says = |text: &String| text.as_bytes().windows(WORDS.len()).any(|it| it.eq_ignore_ascii_case(WORDS));
    body.causes.is_empty() || says(&body.summary) || body.causes.iter().any(says)
}

/// What a 404 to a delete says is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// The target: it is deleted already.
    Target,
    /// The group of the membership or ownership. The delete fails.
    Group,
    /// Either of the two: only a read of the group can tell.
    Either,
}

/// What a 404 with Okta's code says is missing. It goes by the id in the summary, since the text may be in
/// any language. `None` for any other failure.
pub(super) fn missing(request: &Request, error: &Error) -> Option<Missing> {
    let Error::Api(fault) = error else { return None };
    match request.operation {
        Operation::DeleteGroup | Operation::DeleteRule if fault.is_missing() => Some(Missing::Target),
        Operation::UnassignUser | Operation::DeleteOwner if fault.is_missing() => {
            let group = request.group_id().unwrap_or_default();
            let member = split_last(&request.path, b'/').unwrap_or_default().1;
            let is_part = |c: char| !c.is_ascii_alphanumeric();
            let names = |id: &str| !id.is_empty() && fault.body.summary.split(is_part).any(|word| word == id);
            Some(match (names(group), names(member)) {
                (false, true) => Missing::Target,
                (true, false) => Missing::Group,
                _ => Missing::Either,
            })
        }
        _ => None,
    }
}

/// Turns the 404 of a delete into a success.
pub(super) fn succeed_as_gone(mut failed: Failed) -> Result<Succeeded, Failed> {
    match failed.meta.take() {
        Some(meta) => Ok(Box::new(Success { meta, of: failed.of, body: Yield::Nothing, page: None })),
        None => Err(failed),
    }
}

/// Looks for a group by its name after *Add a group* has failed.
pub(super) struct CreateLookup {
    name: String,
    deadline: Duration,
    /// The failure of *Add a group*.
    failed: Option<Failed>,
    looks: Range<usize>,
}

impl CreateLookup {
    pub(super) fn new(name: &str, deadline: Duration) -> Self {
        CreateLookup { name: name.to_owned(), deadline, failed: None, looks: 0..0 }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether *Add a group* has failed, so that the group is looked for.
    pub(super) fn is_looking(&self) -> bool {
        self.failed.is_some()
    }

    /// Takes the result of *Add a group* or of a lookup. `Ok` is the next lookup and the pause before it,
    /// `Err` the final result.
    pub(super) fn after(
        &mut self,
        result: Result<Succeeded, Failed>,
        now: Duration,
    ) -> Result<(Request, Duration), Result<Succeeded, Failed>> {
        let failed = match (result, self.failed.take()) {
            (Ok(success), None) => return Err(Ok(success)),
            (Err(failed), None) => {
                self.looks = 0..CreateFailure::of(&failed.error, failed.may_have_run).looks();
                failed
            }
            (Ok(success), Some(_)) if success.body != Yield::Nothing => return Err(Ok(success)),
            (Ok(_), Some(failed)) => failed,
            // A failed lookup ends the search.
            (Err(_), Some(failed)) => return Err(Err(failed)),
        };
        let Some(look) = self.looks.next() else { return Err(Err(failed)) };
        let pause = PAUSES.get(look / 2).filter(|_| look.is_multiple_of(2)).copied().unwrap_or_default();
        match look_for(&self.name, look) {
            Ok(request) if now.saturating_add(pause) < self.deadline => {
                self.failed = Some(failed);
                Ok((request, pause))
            }
            // A name that cannot be searched for was not added either.
            _ => Err(Err(failed)),
        }
    }
}

/// Alternates between `search`, which is exact, and `q`, which lags less but returns only the first 300 names
/// with that prefix.
fn look_for(name: &str, look: usize) -> Result<Request, ArgumentError> {
    let mut list = ListGroups::default();
    if look.is_multiple_of(2) {
        list.search = Some(["profile.name eq ", &quoted(name)].concat());
    } else {
        list.q = Some(name.to_owned());
    }
    list.request()
}

/// The index of the `OKTA_GROUP` with exactly this name, by the types and names in a page. Imported groups
/// may have the same name.
pub(super) fn named(groups: &[[Option<String>; 2]], name: &str) -> Yield {
    let is = |[kind, own]: &[Option<String>; 2]| {
        kind.as_deref() == Some("OKTA_GROUP") && own.as_deref() == Some(name)
    };
    groups.iter().position(is).map_or(Yield::Nothing, Yield::Item)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{ApiFault, Phase};
    use crate::request::{
        AssignUser, DeleteGroup, DeleteOwner, DeleteRule, GroupId, OwnerId, RuleId, UnassignUser, UserId,
    };

    fn fault(status: u16, code: &str, summary: &str, causes: &[&str]) -> ApiFault {
        ApiFault {
            operation: Operation::CreateGroup,
            path: Operation::CreateGroup.route().1.into(),
            status,
            body: ErrorBody {
                code: Some(code.to_owned()),
                summary: summary.to_owned(),
                causes: causes.iter().map(|cause| (*cause).to_owned()).collect(),
                error_id: None,
            },
            request_id: None,
            missing_scope: None,
            warnings: Vec::new(),
            attempts: 1,
            retry_after: None,
        }
    }

    #[test]
    fn what_a_failed_create_leaves_to_find_out() {
        let api = |status, code, causes: &[&str]| Error::Api(Box::new(fault(status, code, "", causes)));
        let lost = || Error::Connection {
            cause: (),
            code: None,
            origin: "https://acme.okta.com".to_owned(),
            maybe_cors: false,
        };
        let taken = "name: An object with this field already exists in the current organization";
        for (error, may_have_run, expected) in [
            (api(400, "E0000001", &[taken]), false, CreateFailure::NameTaken),
            (
                api(400, "E0000001", &["name: The field cannot be left blank"]),
                false,
                CreateFailure::NotCreated,
            ),
            (api(400, "E0000001", &[]), false, CreateFailure::NameTaken),
            (api(400, "E0000001", &["name: ALREADY EXISTS"]), false, CreateFailure::NameTaken),
            (api(400, "E0000003", &[taken]), false, CreateFailure::NotCreated),
            (api(409, "E0000055", &[]), false, CreateFailure::NameTaken),
            (api(409, "E0000112", &[]), false, CreateFailure::NotCreated),
            (api(403, "E0000006", &[]), false, CreateFailure::NotCreated),
            (api(500, "E0000009", &[]), true, CreateFailure::MayHaveRun),
            (lost(), true, CreateFailure::MayHaveRun),
            (lost(), false, CreateFailure::NotCreated),
            (
                Error::Timeout { phase: Phase::Attempt, limit: Duration::ZERO },
                true,
                CreateFailure::MayHaveRun,
            ),
        ] {
            assert_eq!(CreateFailure::of(&error, may_have_run), expected, "{error:?}");
        }
    }

    #[test]
    fn what_a_404_to_a_delete_says_is_missing() {
        let group = GroupId::new("00g1").unwrap();
        let user = || UserId::new("00u1").unwrap();
        let delete = DeleteGroup { group: group.clone() }.request();
        let unassign = UnassignUser { group: group.clone(), user: user() }.request();
        let assign = AssignUser { group: group.clone(), user: user() }.request();
        let owner = DeleteOwner { group, owner: OwnerId::new("00u1").unwrap() }.request();
        let rule = DeleteRule { rule: RuleId::new("0pr1").unwrap(), remove_users: Some(true) }.request();
        let (target, its_group, either) =
            (Some(Missing::Target), Some(Missing::Group), Some(Missing::Either));
        for (request, status, code, summary, expected) in [
            (&delete, 404, "E0000007", "Not found: Resource not found: 00g1 (UserGroup)", target),
            (&delete, 404, "E0000007", "", target),
            (&delete, 404, "E0000008", "Not found: 00g1", None),
            (&delete, 403, "E0000007", "Not found: 00g1", None),
            (&unassign, 404, "E0000007", "Not found: Resource not found: 00u1 (User)", target),
            (&unassign, 404, "E0000007", "Nicht gefunden: 00u1 (Benutzer)", target),
            (&unassign, 404, "E0000007", "Not found: Resource not found: 00g1 (UserGroup)", its_group),
            (&unassign, 404, "E0000007", "見つかりません: 00g1", its_group),
            (&unassign, 404, "E0000007", "Not found: Resource not found (User)", either),
            (&unassign, 404, "E0000007", "Not found: 00u12 (User)", either),
            (&unassign, 404, "E0000007", "00u1 is no member of 00g1", either),
            (&unassign, 404, "E0000007", "", either),
            (&unassign, 404, "E0000008", "Not found: 00u1 (User)", None),
            (&assign, 404, "E0000007", "Not found: 00u1 (User)", None),
            (&owner, 404, "E0000007", "Not found: Resource not found: 00u1 (LinkedObject)", target),
            (&owner, 404, "E0000007", "Not found: Resource not found: 00g1 (UserGroup)", its_group),
            (&owner, 404, "E0000007", "Not found: Resource not found: (LinkedObject)", either),
            (&owner, 403, "E0000006", "00u1", None),
            (&rule, 404, "E0000007", "Not found: Resource not found: 0pr1 (PolicyRule)", target),
            (&rule, 404, "E0000022", "", None),
        ] {
            let fault = fault(status, code, summary, &[]);
            assert_eq!(missing(request, &Error::Api(Box::new(fault))), expected, "{summary}");
        }
    }
}
