use serde::{Deserialize, Serialize};

use super::open_enum::open_enum;
use super::{Field, Object};

open_enum! {
    /// Where a user is in their life cycle.
    UserStatus {
        /// Can sign in.
        Active = "ACTIVE",
        /// Deactivated.
        Deprovisioned = "DEPROVISIONED",
        /// Locked out after failed sign-ins.
        LockedOut = "LOCKED_OUT",
        /// Must change an expired password.
        PasswordExpired = "PASSWORD_EXPIRED",
        /// Activated, without a password yet.
        Provisioned = "PROVISIONED",
        /// Resetting a password.
        Recovery = "RECOVERY",
        /// Created, not yet activated.
        Staged = "STAGED",
        /// Suspended by an admin.
        Suspended = "SUSPENDED",
    }
}

/// A member of a group, as *List all member users* answers it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct User {
    /// Unique id, `00u...`.
    pub id: String,
    /// Life cycle status.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub status: Field<UserStatus>,
    /// When the user was created.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub created: Field<String>,
    /// When the user was activated; mostly `null` until then.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub activated: Field<String>,
    /// When the status last changed.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub status_changed: Field<String>,
    /// When the user last signed in; `null` if never.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub last_login: Field<String>,
    /// When the user last changed.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub last_updated: Field<String>,
    /// When the password last changed.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub password_changed: Field<String>,
    /// The status the user is on the way to.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub transitioning_to_status: Field<UserStatus>,
    /// The realm the user lives in. Not in every org.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub realm_id: Field<String>,
    /// The user type; missing in the oldest recordings.
    #[serde(rename = "type", default, skip_serializing_if = "Field::is_absent")]
    pub user_type: Field<UserType>,
    /// Standard and custom attributes.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub profile: Field<UserProfile>,
    /// How the user proves who they are.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub credentials: Field<UserCredentials>,
    /// Present when asked for by `expand`.
    #[serde(rename = "_embedded", default, skip_serializing_if = "Field::is_absent")]
    pub embedded: Field<Object>,
    /// Related resources; only `self` in lists.
    #[serde(rename = "_links", default, skip_serializing_if = "Field::is_absent")]
    pub links: Field<Object>,
    /// Fields this library does not know, in their order.
    #[serde(flatten)]
    pub other: Object,
}

/// The type of a user.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserType {
    /// The type's id, `oty...`.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub id: Field<String>,
    /// Fields this library does not know, in their order.
    #[serde(flatten)]
    pub other: Object,
}

/// A user's profile.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserProfile {
    /// Given name.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub first_name: Field<String>,
    /// Family name.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub last_name: Field<String>,
    /// Mobile phone; `null` in every recording.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub mobile_phone: Field<String>,
    /// Address for account recovery; `null` in every recording.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub second_email: Field<String>,
    /// Unique user name, usually an email address.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub login: Field<String>,
    /// Primary email address.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub email: Field<String>,
    /// City of the address.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub city: Field<String>,
    /// Cost center assigned to the user.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub cost_center: Field<String>,
    /// ISO 3166-1 alpha-2 country code.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub country_code: Field<String>,
    /// Department.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub department: Field<String>,
    /// Name suitable for display.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub display_name: Field<String>,
    /// Division.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub division: Field<String>,
    /// Identifier the company assigned.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub employee_number: Field<String>,
    /// Title before the name.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub honorific_prefix: Field<String>,
    /// Title after the name.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub honorific_suffix: Field<String>,
    /// Locale, `en_US` by default.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub locale: Field<String>,
    /// Display name of the manager.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub manager: Field<String>,
    /// Id of the manager.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub manager_id: Field<String>,
    /// Middle name.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub middle_name: Field<String>,
    /// Casual name.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub nick_name: Field<String>,
    /// Organization.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub organization: Field<String>,
    /// Mailing address.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub postal_address: Field<String>,
    /// Preferred language.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub preferred_language: Field<String>,
    /// Primary phone.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub primary_phone: Field<String>,
    /// Page of the user.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub profile_url: Field<String>,
    /// State or region of the address.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub state: Field<String>,
    /// Street address.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub street_address: Field<String>,
    /// Time zone.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub timezone: Field<String>,
    /// Job title.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub title: Field<String>,
    /// Free label such as `Employee`; not [`User::user_type`].
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub user_type: Field<String>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub zip_code: Field<String>,
    /// Custom attributes of the org's schema.
    #[serde(flatten)]
    pub custom: Object,
}

/// A user's credentials, without their secrets.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserCredentials {
    /// Empty object when there is a password.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub password: Field<Object>,
    /// Email addresses and whether they are verified. Not in the reference; recorded.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub emails: Field<Vec<Object>>,
    /// Who checks the password.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub provider: Field<UserProvider>,
    /// Fields this library does not know, in their order.
    #[serde(flatten)]
    pub other: Object,
}

/// Who checks a user's password.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserProvider {
    /// Such as `OKTA`, `ACTIVE_DIRECTORY`, `FEDERATION`.
    #[serde(rename = "type", default, skip_serializing_if = "Field::is_absent")]
    pub provider_type: Field<String>,
    /// The provider's name.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub name: Field<String>,
    /// Fields this library does not know, in their order.
    #[serde(flatten)]
    pub other: Object,
}
