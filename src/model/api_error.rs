//! Okta's error object.

use serde::{Deserialize, Serialize};

use super::Object;

/// Okta's error object: the body of a refused request.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ApiError {
    /// The error's code, such as `E0000007`.
    pub error_code: String,
    /// A sentence about the error.
    #[serde(default)]
    pub error_summary: String,
    /// The code again; Okta sends no URL here.
    #[serde(default)]
    pub error_link: String,
    /// Identifies this answer, for Okta's support.
    #[serde(default)]
    pub error_id: String,
    /// Details; often empty.
    #[serde(default)]
    pub error_causes: Vec<ErrorCause>,
    /// Fields that this library does not know.
    #[serde(flatten)]
    pub other: Object,
}

/// One detail of an [`ApiError`].
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ErrorCause {
    /// A sentence, often `field: what is wrong`.
    #[serde(default)]
    pub error_summary: String,
    /// Fields that this library does not know.
    #[serde(flatten)]
    pub other: Object,
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.error_code, self.error_summary)?;
        for cause in &self.error_causes {
            write!(f, "; {}", cause.error_summary)?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}
