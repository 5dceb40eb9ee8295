//! Deployments and the stages that serve them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Definition, Seconds, Strings};

/// `Deployment`: an API as it was at one moment. Its `apiSummary` is made from the snapshot.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Deployment {
    pub(crate) id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    pub(crate) created_date: Seconds,
    #[serde(skip)]
    pub(crate) definition: Arc<Definition>,
}

/// `Stage`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Stage {
    pub(crate) deployment_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client_certificate_id: Option<String>,
    pub(crate) stage_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    pub(crate) cache_cluster_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cache_cluster_size: Option<String>,
    pub(crate) cache_cluster_status: String,
    /// By `resourcePath/METHOD`, the path's slashes as `~1`, or `*/*`.
    pub(crate) method_settings: BTreeMap<String, MethodSetting>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) variables: Strings,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) documentation_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) access_log_settings: Option<AccessLogSettings>,
    pub(crate) tracing_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) web_acl_arn: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) tags: Strings,
    pub(crate) created_date: Seconds,
    pub(crate) last_updated_date: Seconds,
}

impl Stage {
    /// The settings of a method: its own, else those of all methods. AWS names a method with `~1` for
    /// the slashes of its path, and Terraform with the slashes.
    pub(crate) fn setting(&self, path: &str, verb: &str) -> Option<&MethodSetting> {
        let is_own = |key: &str| {
            let key = key.replace("~1", "/");
            key.rsplit_once('/').is_some_and(|(of_path, of_verb)| {
                of_verb == verb && of_path.trim_matches('/') == path.trim_matches('/')
            })
        };
        let own = self.method_settings.iter().find(|(key, _)| is_own(key));
        own.map(|(_, setting)| setting).or_else(|| self.method_settings.get("*/*"))
    }
}

/// `AccessLogSettings`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct AccessLogSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) format: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) destination_arn: Option<String>,
}

/// `MethodSetting`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct MethodSetting {
    pub(crate) metrics_enabled: bool,
    /// `OFF`, `ERROR` or `INFO`.
    pub(crate) logging_level: String,
    pub(crate) data_trace_enabled: bool,
    /// -1 for none of its own, which is what Terraform sends when it is not told.
    pub(crate) throttling_burst_limit: i64,
    /// Requests a second; -1 for none of its own.
    pub(crate) throttling_rate_limit: f64,
    pub(crate) caching_enabled: bool,
    pub(crate) cache_ttl_in_seconds: u32,
    pub(crate) cache_data_encrypted: bool,
    pub(crate) require_authorization_for_cache_control: bool,
    pub(crate) unauthorized_cache_control_header_strategy: String,
}

impl Default for MethodSetting {
    /// What AWS shows of the settings that were not touched when another one was: the account's
    /// limits.
    fn default() -> Self {
        Self {
            metrics_enabled: false,
            logging_level: "OFF".to_owned(),
            data_trace_enabled: false,
            throttling_burst_limit: 5000,
            throttling_rate_limit: 10_000.0,
            caching_enabled: false,
            cache_ttl_in_seconds: 300,
            cache_data_encrypted: false,
            require_authorization_for_cache_control: true,
            unauthorized_cache_control_header_strategy: "SUCCEED_WITH_RESPONSE_HEADER".to_owned(),
        }
    }
}
