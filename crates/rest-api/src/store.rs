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

/// What the account has in one region.
#[derive(Debug, Default)]
pub(crate) struct Region {
    /// By id.
    pub(crate) apis: BTreeMap<String, Api>,
    /// By id.
    pub(crate) api_keys: BTreeMap<String, ApiKey>,
    /// By id.
    pub(crate) usage_plans: BTreeMap<String, UsagePlan>,
    /// By name.
    pub(crate) domain_names: BTreeMap<String, DomainName>,
    /// By id.
    pub(crate) vpc_links: BTreeMap<String, VpcLink>,
    pub(crate) account: Account,
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
