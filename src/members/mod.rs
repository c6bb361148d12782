//! Who should be in a group, and how to get there: which members to add and to remove, what is refused as a likely
//! mistake, which write goes next, and what the outcome of one means for the rest.
//!
//! The API has no bulk operation: a run is as many *Assign a user to a group* and *Unassign a user from a group*.
//! Nothing here sends: [`BulkRun::step`] orders one read, write or wait after another, and is told what it came to. Two
//! loops carry the orders out, [`Groups::sync_members`](crate::client::Groups::sync_members) and the npm package's.

mod bulk;
mod fault;
mod ids;
mod names;
mod plan;
mod run;
mod stored;

pub use bulk::{BulkOptions, BulkRun, End, GroupNow, IfStale, Input, Output, WRITE_TIME, date_text};
pub use fault::Fault;
pub use names::{By, IfUnresolved, Naming, Unresolved, UnresolvedReason};
pub use plan::{Changes, MaxRemovals, Member, Mode, PlanOptions, RuleManaged, SkipReason, check_group, plan};
pub use run::{
    BucketState, MaxFailedAdds, NextAction, Order, Progress, Run, RunOptions, Status, Stopped, WriteOp,
    WriteOutcome, check_plan, eta,
};
pub use stored::{AddsSoFar, BasedOn, MemberPlan, Skipped};
