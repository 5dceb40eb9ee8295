//! What the control plane keeps: the APIs, keys, plans and names of one account, by region.
//!
//! All of it is in memory and ends with the process. What may be stored is decided in `control`.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{
    Account, ApiKey, Definition, Deployment, DocumentationPart, DocumentationVersion, DomainName,
    Stage, UsagePlan, VpcLink,
};
use crate::served::Served;
use crate::usage::{Meters, Subscription};

/// What the account has in one region.
#[derive(Debug, Default)]
pub(crate) struct Region {
    /// By id.
    pub(crate) apis: BTreeMap<String, Api>,
    /// By id.
    pub(crate) api_keys: BTreeMap<String, ApiKey>,
    /// By id.
    pub(crate) usage_plans: BTreeMap<String, UsagePlan>,
    /// What was used of the plans.
    pub(crate) meters: Meters,
    /// By name.
    pub(crate) domain_names: BTreeMap<String, DomainName>,
    /// By id.
    pub(crate) vpc_links: BTreeMap<String, VpcLink>,
    pub(crate) account: Account,
}

impl Region {
    /// The plan with which a key's value opens a stage.
    pub(crate) fn subscription(
        &mut self,
        api_id: &str,
        stage: &str,
        value: &str,
    ) -> Option<Subscription> {
        let Self { api_keys, usage_plans, meters, .. } = self;
        let key = api_keys.values().find(|key| key.value.as_deref() == Some(value))?;
        let (plan, covered) = usage_plans.values().find_map(|plan| {
            let mut covered = plan.api_stages.iter();
            let covered = covered.find(|one| one.api_id == api_id && one.stage == stage)?;
            plan.keys.contains(&key.id).then_some((plan, covered))
        })?;
        key.enabled.then(|| Subscription {
            key_id: key.id.clone(),
            plan_id: plan.id.clone(),
            throttle: plan.throttle,
            method_throttles: covered.throttle.clone(),
            quota: plan.quota.clone(),
            meter: meters.of(&plan.id, &key.id),
        })
    }
}

/// An API as it is being edited, with what was deployed of it.
#[derive(Debug, Default)]
pub(crate) struct Api {
    pub(crate) definition: Definition,
    /// By id.
    pub(crate) deployments: BTreeMap<String, Deployment>,
    /// By name. A changed stage is a new one, because the data plane keeps what it derives from it.
    pub(crate) stages: BTreeMap<String, Arc<Served>>,
    /// By id.
    pub(crate) documentation_parts: BTreeMap<String, DocumentationPart>,
    /// By version.
    pub(crate) documentation_versions: BTreeMap<String, DocumentationVersion>,
}

impl Api {
    /// Makes `stage` what its name serves. None if its deployment is not there.
    pub(crate) fn serve(&mut self, account_id: &str, region: &str, stage: Stage) -> Option<()> {
        let definition = Arc::clone(&self.deployments.get(&stage.deployment_id)?.definition);
        let served = Served {
            account_id: account_id.to_owned(),
            region: region.to_owned(),
            definition,
            stage,
        };
        self.stages.insert(served.stage.stage_name.clone(), Arc::new(served));
        Some(())
    }
}
