//! Integrations: what a method does with a request.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Strings;

/// `Integration`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Integration {
    #[serde(rename = "type")]
    pub(crate) kind: IntegrationType,
    /// The method of the call to the backend.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) http_method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) uri: Option<String>,
    /// `INTERNET` or `VPC_LINK`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) connection_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) connection_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) credentials: Option<String>,
    /// `integration.request.{path,querystring,header}.name`, to where the value comes from.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) request_parameters: Strings,
    /// Mapping templates by media type.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) request_templates: Strings,
    pub(crate) passthrough_behavior: PassthroughBehavior,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content_handling: Option<ContentHandling>,
    pub(crate) timeout_in_millis: u32,
    pub(crate) cache_namespace: String,
    pub(crate) cache_key_parameters: Vec<String>,
    /// By status code.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) integration_responses: BTreeMap<String, IntegrationResponse>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tls_config: Option<TlsConfig>,
    /// `BUFFERED` or `STREAM`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) response_transfer_mode: Option<String>,
}

/// `IntegrationType`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum IntegrationType {
    #[default]
    Mock,
    Http,
    HttpProxy,
    Aws,
    AwsProxy,
}

/// What happens to a body whose media type has no mapping template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum PassthroughBehavior {
    #[default]
    WhenNoMatch,
    WhenNoTemplates,
    Never,
}

/// `ContentHandlingStrategy`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ContentHandling {
    ConvertToBinary,
    ConvertToText,
}

/// `IntegrationResponse`: how an answer of the backend becomes one of the method.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct IntegrationResponse {
    pub(crate) status_code: String,
    /// A Java regular expression for the whole status or error message; none for the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) selection_pattern: Option<String>,
    /// `method.response.header.name`, to where the value comes from.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) response_parameters: Strings,
    /// Mapping templates by media type.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) response_templates: Strings,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content_handling: Option<ContentHandling>,
}

/// `TlsConfig`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct TlsConfig {
    pub(crate) insecure_skip_verification: bool,
}
