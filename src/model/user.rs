//! Users and their profiles.

use serde::{Deserialize, Serialize};

use super::open_enum::open_enum;
use super::{Field, Object};

open_enum! {
    /// A user's life-cycle status.
    UserStatus {
        /// The user can sign in.
        Active = "ACTIVE",
        /// The user was deactivated.
        Deprovisioned = "DEPROVISIONED",
        /// The user was locked out after failed sign-ins.
        LockedOut = "LOCKED_OUT",
        /// The user must change an expired password.
        PasswordExpired = "PASSWORD_EXPIRED",
        /// The user was activated and has no password yet.
        Provisioned = "PROVISIONED",
        /// The user is resetting a password.
        Recovery = "RECOVERY",
        /// The user was created and not activated yet.
        Staged = "STAGED",
        /// An admin suspended the user.
        Suspended = "SUSPENDED",
    }
}

/// A user, as *List all member users* returns it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct User {
    /// The id, `00u...`.
    pub id: String,
    /// The life-cycle status.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub status: Field<UserStatus>,
    /// When the user was created.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub created: Field<String>,
    /// When the user was activated; mostly `null` before.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub activated: Field<String>,
    /// When the status last changed.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub status_changed: Field<String>,
    /// When the user last signed in; `null` if the user never did.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub last_login: Field<String>,
    /// When the user last changed.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub last_updated: Field<String>,
    /// When the password last changed.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub password_changed: Field<String>,
    /// The status that the user changes to.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub transitioning_to_status: Field<UserStatus>,
    /// The user's realm. Not in every org.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub realm_id: Field<String>,
    /// The user's type; missing in the oldest recordings.
    #[serde(rename = "type", default, skip_serializing_if = "Field::is_absent")]
    pub user_type: Field<UserType>,
    /// Standard and custom attributes.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub profile: Field<UserProfile>,
    /// How the user authenticates.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub credentials: Field<UserCredentials>,
    /// Present if it was requested by `expand`.
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
    /// The URL of the user's page.
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
    /// A free label such as `Employee`; not [`User::user_type`].
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
    /// An empty object if the user has a password.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub password: Field<Object>,
    /// Email addresses, and whether they are verified. Not in Okta's reference; recorded.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub emails: Field<Vec<Object>>,
    /// Which provider checks the password.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub provider: Field<UserProvider>,
    /// Fields this library does not know, in their order.
    #[serde(flatten)]
    pub other: Object,
}

/// The provider that checks a user's password.
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
