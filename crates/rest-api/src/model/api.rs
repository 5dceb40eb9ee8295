//! An API and what belongs to it: everything that a deployment takes a snapshot of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Authorizer, Resource, Seconds, Strings};

/// All that serving an API needs, which is what a deployment takes a snapshot of.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Definition {
    pub(crate) rest_api: RestApi,
    /// By id. The root, whose path is `/`, is always there.
    pub(crate) resources: BTreeMap<String, Resource>,
    /// By name.
    pub(crate) models: BTreeMap<String, Model>,
    /// By id.
    pub(crate) request_validators: BTreeMap<String, RequestValidator>,
    /// By id.
    pub(crate) authorizers: BTreeMap<String, Authorizer>,
    /// By response type, such as `DEFAULT_4XX`; only those that differ from AWS's own.
    pub(crate) gateway_responses: BTreeMap<String, GatewayResponse>,
}

/// `RestApi`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RestApi {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    pub(crate) created_date: Seconds,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<String>,
    /// Only in the answer to an import.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) warnings: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) binary_media_types: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) minimum_compression_size: Option<u32>,
    /// `HEADER` or `AUTHORIZER`.
    pub(crate) api_key_source: String,
    pub(crate) endpoint_configuration: EndpointConfiguration,
    /// The resource policy, JSON as it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) policy: Option<String>,
    pub(crate) tags: Strings,
    pub(crate) disable_execute_api_endpoint: bool,
    pub(crate) root_resource_id: String,
}

/// `EndpointConfiguration`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct EndpointConfiguration {
    /// One of `EDGE`, `REGIONAL`, `PRIVATE`.
    pub(crate) types: Vec<String>,
    pub(crate) ip_address_type: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) vpc_endpoint_ids: Vec<String>,
}

/// `Model`: a JSON schema by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Model {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    /// JSON schema, draft 4, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) schema: Option<String>,
    pub(crate) content_type: String,
}

/// `RequestValidator`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RequestValidator {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) validate_request_body: bool,
    pub(crate) validate_request_parameters: bool,
}

/// `GatewayResponse`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct GatewayResponse {
    pub(crate) response_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status_code: Option<String>,
    /// `gatewayresponse.header.X` and the like, to where the value comes from.
    pub(crate) response_parameters: Strings,
    /// By media type.
    pub(crate) response_templates: Strings,
    /// Whether it is AWS's own.
    pub(crate) default_response: bool,
}

/// `DocumentationPart`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct DocumentationPart {
    pub(crate) id: String,
    pub(crate) location: DocumentationPartLocation,
    /// JSON as text.
    pub(crate) properties: String,
}

/// `DocumentationPartLocation`
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct DocumentationPartLocation {
    /// `API`, `RESOURCE`, `METHOD` and so on.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
}

/// `DocumentationVersion`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct DocumentationVersion {
    pub(crate) version: String,
    pub(crate) created_date: Seconds,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    /// The parts as they were.
    #[serde(skip)]
    pub(crate) parts: Vec<DocumentationPart>,
}
