//! Apps that are assigned to groups.

use serde::{Deserialize, Serialize};

use super::open_enum::open_enum;
use super::{Field, Object};

open_enum! {
    /// An app's status.
    AppStatus {
        /// The app can be used.
        Active = "ACTIVE",
        /// The app is switched off.
        Inactive = "INACTIVE",
        /// The app was deleted.
        Deleted = "DELETED",
    }
}

open_enum! {
    /// How an app signs users on. It decides the shape of `credentials` and `settings`.
    SignOnMode {
        /// Secure Web Authentication.
        AutoLogin = "AUTO_LOGIN",
        /// HTTP Basic with the browser plugin.
        BasicAuth = "BASIC_AUTH",
        /// Just a link.
        Bookmark = "BOOKMARK",
        /// Secure Web Authentication with the browser plugin.
        BrowserPlugin = "BROWSER_PLUGIN",
        /// OpenID Connect.
        OpenidConnect = "OPENID_CONNECT",
        /// SAML 1.1.
        Saml11 = "SAML_1_1",
        /// SAML 2.0.
        Saml20 = "SAML_2_0",
        /// Secure Web Authentication by POST.
        SecurePasswordStore = "SECURE_PASSWORD_STORE",
        /// WS-Federation.
        WsFederation = "WS_FEDERATION",
    }
}

/// An app assigned to a group: an item of *List all assigned applications*.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Application {
    /// The id, `0oa...`.
    pub id: String,
    /// The key name of the app's definition, such as `template_swa`.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub name: Field<String>,
    /// Display name in this org.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub label: Field<String>,
    /// The app's status.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub status: Field<AppStatus>,
    /// When the app last changed.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub last_updated: Field<String>,
    /// When the app was created.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub created: Field<String>,
    /// The app's resource name.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub orn: Field<String>,
    /// Self service and redirects.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub accessibility: Field<ApplicationAccessibility>,
    /// Where the app is shown.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub visibility: Field<ApplicationVisibility>,
    /// Enabled features, such as `GROUP_PUSH`.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub features: Field<Vec<String>>,
    /// How the app signs users on.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub sign_on_mode: Field<SignOnMode>,
    /// The shape depends on [`SignOnMode`].
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub credentials: Field<Object>,
    /// The shape depends on [`SignOnMode`].
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub settings: Field<Object>,
    /// The licenses that the org bought.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub licensing: Field<Object>,
    /// Free JSON of OAuth clients.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub profile: Field<Object>,
    /// Universal logout state.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub universal_logout: Field<Object>,
    /// Express configuration state.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub express_configuration: Field<Object>,
    /// Present if it was requested by `expand`.
    #[serde(rename = "_embedded", default, skip_serializing_if = "Field::is_absent")]
    pub embedded: Field<Object>,
    /// Related resources.
    #[serde(rename = "_links", default, skip_serializing_if = "Field::is_absent")]
    pub links: Field<Object>,
    /// Fields this library does not know, in their order.
    #[serde(flatten)]
    pub other: Object,
}

/// Self service and redirects of an app.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ApplicationAccessibility {
    /// Whether users may ask for the app.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub self_service: Field<bool>,
    /// The app's own error page; `null` in every recording.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub error_redirect_url: Field<String>,
    /// The app's own sign-in page; `null` in every recording.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub login_redirect_url: Field<String>,
    /// Fields this library does not know, in their order.
    #[serde(flatten)]
    pub other: Object,
}

/// Where an app is shown.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ApplicationVisibility {
    /// Whether the app opens when the user opens the dashboard.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub auto_launch: Field<bool>,
    /// Whether the app signs in on the sign-in page.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub auto_submit_toolbar: Field<bool>,
    /// Where the app is hidden.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub hide: Field<ApplicationVisibilityHide>,
    /// Which of the app's links the dashboard shows.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub app_links: Field<Object>,
    /// Fields this library does not know, in their order.
    #[serde(flatten)]
    pub other: Object,
}

/// Where an app is hidden.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ApplicationVisibilityHide {
    /// Whether it is hidden on mobile.
    #[serde(rename = "iOS", default, skip_serializing_if = "Field::is_absent")]
    pub ios: Field<bool>,
    /// Whether it is hidden on the web.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub web: Field<bool>,
    /// Fields this library does not know, in their order.
    #[serde(flatten)]
    pub other: Object,
}
