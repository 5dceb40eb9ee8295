//! Custom domain names and what else stands around APIs: VPC links.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{EndpointConfiguration, Seconds, Strings};

/// `DomainName`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct DomainName {
    pub(crate) domain_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) domain_name_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) certificate_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) certificate_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) certificate_upload_date: Option<Seconds>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) regional_domain_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) regional_hosted_zone_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) regional_certificate_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) regional_certificate_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) distribution_domain_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) distribution_hosted_zone_id: Option<String>,
    pub(crate) endpoint_configuration: EndpointConfiguration,
    pub(crate) domain_name_status: String,
    pub(crate) security_policy: String,
    pub(crate) tags: Strings,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mutual_tls_authentication: Option<MutualTlsAuthentication>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ownership_verification_certificate_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) policy: Option<String>,
    /// By base path, `(none)` for the empty one.
    #[serde(skip)]
    pub(crate) base_path_mappings: BTreeMap<String, BasePathMapping>,
}

/// `MutualTlsAuthentication`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct MutualTlsAuthentication {
    pub(crate) truststore_uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) truststore_version: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) truststore_warnings: Vec<String>,
}

/// `BasePathMapping`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct BasePathMapping {
    pub(crate) base_path: String,
    pub(crate) rest_api_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stage: Option<String>,
}

/// `VpcLink`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct VpcLink {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    pub(crate) target_arns: Vec<String>,
    pub(crate) status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status_message: Option<String>,
    pub(crate) tags: Strings,
}
