//! Bulk membership: which members to add and to remove, which changes are refused as a likely mistake, which
//! write goes next, and what its outcome means for the rest of the run.
//!
//! Okta has no bulk operation: a run sends one *Assign a user to a group* or *Unassign a user from a group*
//! for each change. This module sends nothing: [`BulkRun::step`] orders one read, write or wait after another
//! and takes its result. Two loops carry the orders out:
//! [`Groups::sync_members`](crate::client::Groups::sync_members) and the npm package's.

mod bulk;
mod fault;
mod ids;
mod many;
mod names;
mod plan;
mod run;
mod stored;

pub use bulk::{BulkOptions, BulkRun, End, GroupNow, IfStale, Input, Output, WRITE_TIME, date_text};
pub use fault::Fault;
pub use many::{GroupKey, MembershipsPlan, SkippedGroup, ends_all};
pub use names::{By, IfUnresolved, Naming, Unresolved, UnresolvedReason};
pub use plan::{Changes, MaxRemovals, Member, Mode, PlanOptions, RuleManaged, SkipReason, check_group, plan};
pub use run::{
    BucketState, MaxFailedAdds, NextAction, Order, Progress, Run, RunOptions, RunPace, Status, Stopped,
    WriteOp, WriteOutcome, check_plan, eta,
};
pub use stored::{AddsSoFar, BasedOn, MemberPlan, Skipped};
