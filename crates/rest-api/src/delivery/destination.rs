//! Where lines go: a log group of CloudWatch, or a delivery stream of Firehose.

use crate::served::Served;

/// A place for lines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Destination {
    Group {
        region: String,
        name: String,
        /// Whether it is API Gateway's own, which makes it if it is missing.
        is_own: bool,
    },
    DeliveryStream {
        region: String,
        name: String,
    },
}

impl Destination {
    /// The destination of a stage's access log, by its ARN.
    pub(super) fn of_access_log(arn: &str) -> Option<Self> {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let [_, _, service, region, _, resource] = parts[..] else {
            return None;
        };
        let region = region.to_owned();
        match service {
            "logs" => {
                let name = resource.strip_prefix("log-group:")?.trim_end_matches(":*").to_owned();
                Some(Self::Group { region, name, is_own: false })
            }
            "firehose" => {
                let name = resource.strip_prefix("deliverystream/")?.to_owned();
                Some(Self::DeliveryStream { region, name })
            }
            _ => None,
        }
    }

    /// The group that API Gateway logs its own work on a stage to.
    pub(super) fn of_execution_log(served: &Served) -> Self {
        let (api, stage) = (&served.definition.rest_api.id, &served.stage.stage_name);
        let name = format!("API-Gateway-Execution-Logs_{api}/{stage}");
        Self::Group { region: served.region.clone(), name, is_own: true }
    }

    pub(super) fn region(&self) -> &str {
        match self {
            Self::Group { region, .. } | Self::DeliveryStream { region, .. } => region,
        }
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Self::Group { name, .. } | Self::DeliveryStream { name, .. } => name,
        }
    }
}
