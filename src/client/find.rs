//! Idempotent writes: create-or-get, and deletes that accept "already gone".

use std::ops::Range;
use std::time::Duration;

use super::step::{Failed, Succeeded, Success};
use crate::answer::Yield;
use crate::error::{Error, ErrorBody};
use crate::filter::quoted;
use crate::request::{ArgumentError, ListGroups, Operation, Request};

/// What a failed *Add a group* leaves to find out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CreateDoubt {
    /// Nothing: there is no new group, and the name is not the reason.
    None,
    /// The name is taken, as the org says.
    Taken,
    /// The org may have added it.
    MayHaveRun,
}

impl CreateDoubt {
    /// Goes by codes, and by the text of a cause where the code is that of any invalid value.
    fn of<Cause>(error: &Error<Cause>, may_have_run: bool) -> Self {
        match error {
            _ if may_have_run => CreateDoubt::MayHaveRun,
            Error::Api(fault) => match (fault.status, fault.body.code.as_deref()) {
                (400, Some("E0000001")) if says_taken(&fault.body) => CreateDoubt::Taken,
                (409, Some("E0000055")) => CreateDoubt::Taken,
                _ => CreateDoubt::None,
            },
            _ => CreateDoubt::None,
        }
    }

    /// How often to look.
    fn looks(self) -> usize {
        match self {
            CreateDoubt::None => 0,
            // It may be taken by a name in another case, which is never found.
            CreateDoubt::Taken => 4,
            CreateDoubt::MayHaveRun => 8,
        }
    }
}

/// The pauses before each two looks. A search lags behind ("an eventually consistent datasource", *List all groups*), and
/// a request whose answer was lost may still be running.
const PAUSES: [Duration; 4] =
    [Duration::ZERO, Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2)];

/// `name: An object with this field already exists in the current organization`; without a cause it may be that.
fn says_taken(body: &ErrorBody) -> bool {
    const WORDS: &[u8] = b"already exists";
    let says = |text: &String| text.as_bytes().windows(WORDS.len()).any(|it| it.eq_ignore_ascii_case(WORDS));
    body.causes.is_empty() || says(&body.summary) || body.causes.iter().any(says)
}

/// What a 404 to a delete says is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// What should go: it is gone.
    Target,
    /// The group that a user or an owner should be taken out of. They were not.
    Group,
    /// They or the group: whether the group is there has to be looked up.
    Either,
}

/// What the 404 with Okta's code says, by the id that it names (its words are of no language in particular); `None` of any
/// other failure.
pub(super) fn missing(request: &Request, error: &Error) -> Option<Missing> {
    let Error::Api(fault) = error else { return None };
    match request.operation {
        Operation::DeleteGroup | Operation::DeleteRule if fault.is_missing() => Some(Missing::Target),
        Operation::UnassignUser | Operation::DeleteOwner if fault.is_missing() => {
            let group = request.group_id().unwrap_or_default();
            let member = request.path.rsplit('/').next().unwrap_or_default();
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

/// The failure of a delete as the success that it amounts to.
pub(super) fn gone(mut failed: Failed) -> Result<Succeeded, Failed> {
    match failed.meta.take() {
        Some(meta) => Ok(Box::new(Success { meta, of: failed.of, body: Yield::Nothing, page: None })),
        None => Err(failed),
    }
}

/// Looks for a group by its name, once *Add a group* has failed for a reason that leaves it to find out.
pub(super) struct CreateLookup {
    name: String,
    deadline: Duration,
    /// That of *Add a group*.
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

    /// Takes what *Add a group*, or a look, came to. Gives the next look and the pause before it, or the result.
    pub(super) fn after(
        &mut self,
        result: Result<Succeeded, Failed>,
        now: Duration,
    ) -> Result<(Request, Duration), Result<Succeeded, Failed>> {
        let failed = match (result, self.failed.take()) {
            (Ok(success), None) => return Err(Ok(success)),
            (Err(failed), None) => {
                self.looks = 0..CreateDoubt::of(&failed.error, failed.may_have_run).looks();
                failed
            }
            (Ok(success), Some(_)) if success.body != Yield::Nothing => return Err(Ok(success)),
            (Ok(_), Some(failed)) => failed,
            // What cannot be looked for is not found.
            (Err(_), Some(failed)) => return Err(Err(failed)),
        };
        let Some(look) = self.looks.next() else { return Err(Err(failed)) };
        let pause = PAUSES.get(look / 2).filter(|_| look.is_multiple_of(2)).copied().unwrap_or_default();
        match look_for(&self.name, look) {
            Ok(request) if now.saturating_add(pause) < self.deadline => {
                self.failed = Some(failed);
                Ok((request, pause))
            }
            // A name that cannot be asked for was not added either.
            _ => Err(Err(failed)),
        }
    }
}

/// By `search`, which is exact, and by `q`, which lags less but gives the first 300 names that start so, in turns.
fn look_for(name: &str, look: usize) -> Result<Request, ArgumentError> {
    let mut list = ListGroups::default();
    if look.is_multiple_of(2) {
        list.search = Some(["profile.name eq ", &quoted(name)].concat());
    } else {
        list.q = Some(name.to_owned());
    }
    list.request()
}

/// The group of exactly this name that is Okta's own, by the types and names of a page's: imported ones may share it.
pub(super) fn named(groups: &[[Option<String>; 2]], name: &str) -> Yield {
    let is = |[kind, given]: &[Option<String>; 2]| {
        kind.as_deref() == Some("OKTA_GROUP") && given.as_deref() == Some(name)
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
                id: None,
            },
            request_id: None,
            missing_scope: None,
            warnings: Vec::new(),
            attempts: 1,
            opens_in: None,
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
        for (error, may_have_run, doubt) in [
            (api(400, "E0000001", &[taken]), false, CreateDoubt::Taken),
            (api(400, "E0000001", &["name: The field cannot be left blank"]), false, CreateDoubt::None),
            (api(400, "E0000001", &[]), false, CreateDoubt::Taken),
            (api(400, "E0000001", &["name: ALREADY EXISTS"]), false, CreateDoubt::Taken),
            (api(400, "E0000003", &[taken]), false, CreateDoubt::None),
            (api(409, "E0000055", &[]), false, CreateDoubt::Taken),
            (api(409, "E0000112", &[]), false, CreateDoubt::None),
            (api(403, "E0000006", &[]), false, CreateDoubt::None),
            (api(500, "E0000009", &[]), true, CreateDoubt::MayHaveRun),
            (lost(), true, CreateDoubt::MayHaveRun),
            (lost(), false, CreateDoubt::None),
            (Error::Timeout { phase: Phase::Attempt, limit: Duration::ZERO }, true, CreateDoubt::MayHaveRun),
        ] {
            assert_eq!(CreateDoubt::of(&error, may_have_run), doubt, "{error:?}");
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
