//! Where each service answers: its own endpoint in the region, or what the standard
//! `AWS_ENDPOINT_URL` variables say instead.

use crate::{Error, Settings};
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};
use std::collections::BTreeMap;

/// The variable for all services; `_<SERVICE>` behind it makes it one service's.
const ALL: &str = "AWS_ENDPOINT_URL";

/// A service, for [`Aws::warm`](crate::Aws::warm).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// Its id as in `AWS_ENDPOINT_URL_<SERVICE>`.
    id: &'static str,
    /// The prefix that the operation in question puts before the host.
    prefix: &'static str,
    /// Its name in `https://<host>.<region>.amazonaws.com`.
    host: &'static str,
}

impl Service {
    /// DynamoDB.
    pub const DYNAMODB: Self = Self::new("DYNAMODB", "", "dynamodb");
    /// Step Functions.
    pub const STEP_FUNCTIONS: Self = Self::new("SFN", "", "states");
    /// Step Functions, for `StartSyncExecution`, which answers at another host.
    pub const STEP_FUNCTIONS_SYNC: Self = Self::new("SFN", "sync-", "states");

    const fn new(id: &'static str, prefix: &'static str, host: &'static str) -> Self {
        Self { id, prefix, host }
    }
}

/// The endpoints of one function.
#[derive(Debug, Clone)]
pub(super) struct Endpoints {
    region: String,
    /// What the environment says instead, by the variable's name.
    overrides: BTreeMap<String, String>,
    pub(super) host_prefix_disabled: bool,
}

impl Endpoints {
    pub(super) fn from_settings(settings: &Settings, region: &str) -> Result<Self, Error> {
        let mut overrides = BTreeMap::new();
        if !settings.flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")? {
            for (name, url) in settings.with_prefix(ALL) {
                if !url.starts_with("http://") && !url.starts_with("https://") {
                    return Err(Error::InvalidSetting {
                        name: name.to_owned(),
                        rule: "an http or https URL",
                        value: url.to_owned(),
                    });
                }
                overrides.insert(name.to_owned(), url.to_owned());
            }
        }
        Ok(Self {
            region: region.to_owned(),
            overrides,
            host_prefix_disabled: settings.flag("AWS_DISABLE_HOST_PREFIX_INJECTION")?,
        })
    }

    /// Whether every HTTPS connection of the function goes to a host of AWS's own in a region
    /// whose certificates Amazon Trust Services issues.
    pub(super) fn all_under_amazon_roots(&self) -> bool {
        let elsewhere = self.region.starts_with("cn-") || self.region.contains("-iso");
        !elsewhere && !self.overrides.values().any(|url| url.starts_with("https://"))
    }

    /// The URL to which calls of this service go.
    pub(super) fn url(&self, service: &Service) -> String {
        let prefix = if self.host_prefix_disabled { "" } else { service.prefix };
        match self.overridden(service.id) {
            Some(url) => url.replacen("://", &format!("://{prefix}"), 1),
            None => {
                let china = if self.region.starts_with("cn-") { ".cn" } else { "" };
                format!("https://{prefix}{}.{}.amazonaws.com{china}", service.host, self.region)
            }
        }
    }

    fn overridden(&self, service_id: &str) -> Option<&str> {
        self.overrides
            .get(&format!("{ALL}_{service_id}"))
            .or_else(|| self.overrides.get(ALL))
            .map(String::as_str)
    }
}

/// The SDK asks by its service id ("DynamoDB", "Secrets Manager"); the variable has it in capitals
/// with underscores.
impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        if key.env() != ALL {
            return None;
        }
        let service_id = key.service_id().replace(' ', "_").to_uppercase();
        self.overridden(&service_id).map(str::to_owned)
    }
}
