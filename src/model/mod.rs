//! What the Groups API answers with: groups, users, applications and errors, for Rust callers and the local
//! org. (The npm client hands bodies on as the engine parsed them and uses none of this.)
//!
//! Three rules hold for every type here, so that reading a body and writing it back loses nothing:
//! a field the vendor adds later is kept in `other`, a field that was `null` stays apart from one that was
//! absent ([`Field`]), and an enumeration value nobody knew is kept as text.
//! Structs are `#[non_exhaustive]`: build them with `Default` and set fields.

mod api_error;
mod application;
mod field;
mod group;
mod open_enum;
mod owner;
mod rule;
mod user;

pub use api_error::{ApiError, ErrorCause};
pub use application::{
    AppStatus, Application, ApplicationAccessibility, ApplicationVisibility, ApplicationVisibilityHide,
    SignOnMode,
};
pub use field::Field;
pub use group::{EmbeddedApp, Group, GroupEmbedded, GroupProfile, GroupSource, GroupStats, GroupType};
pub use owner::{GroupOwner, OwnerType, owner_date};
pub use rule::{
    GroupRule, RuleActions, RuleConditions, RuleExclusion, RuleExpression, RulePeople, RuleStatus,
    RuleTargets,
};
pub use user::{User, UserCredentials, UserProfile, UserProvider, UserStatus, UserType};

/// A JSON object with its keys in the order they came.
pub type Object = serde_json::Map<String, serde_json::Value>;

#[cfg(test)]
mod tests;
