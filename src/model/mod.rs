//! The types of the API's answers: groups, users, applications, rules and errors, for Rust programs and the
//! local org. (The npm package returns bodies as the engine parsed them and does not use these types.) The
//! module decides only which fields have a name.
//!
//! Three rules hold for every type, so that a body that is read and written back loses nothing: a field that
//! Okta adds later is kept in `other`, `null` is kept apart from absent ([`Field`]), and an unknown value of
//! an enumeration is kept as text.
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

/// A JSON object with its keys in their original order.
pub type Object = serde_json::Map<String, serde_json::Value>;

#[cfg(test)]
mod tests;
