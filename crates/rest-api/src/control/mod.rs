//! The control plane: the operations of API Gateway by which Terraform, the AWS CLI and SDKs make,
//! change and deploy APIs.
//!
//! `routes` tells which operation a request is for. There is a module for each kind of thing; its
//! operations read a `call`, change a region's `store`, and answer. An operation that refuses
//! changes nothing; what is refused in documents, too, is in `rules`. Nothing here waits, and nothing
//! is kept beyond the process.

mod account;
mod api_keys;
mod authorizers;
mod base_path_mappings;
mod call;
mod deployments;
mod documentation;
mod domain_names;
mod error;
mod gateway_responses;
mod import;
mod integration_responses;
mod integrations;
mod method_responses;
mod methods;
mod models;
mod page;
mod patch;
mod request_validators;
mod resources;
mod rest_apis;
mod routes;
mod stage_patch;
mod stages;
mod tags;
mod unsupported;
mod usage_plans;
mod vpc_links;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use uuid::Uuid;

use self::call::Call;
use self::error::Error;
use crate::id;
use crate::model::{Definition, Deployment, Method, Seconds, Stage};
use crate::path::first_segment;
use crate::served::Served;
use crate::store::Region;
use crate::usage::{Subscription, Subscriptions};

/// What a control plane must be told.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The account that owns everything.
    pub(crate) account_id: String,
}

/// API Gateway's control plane, for one account and any number of regions. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct ControlPlane {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    settings: Settings,
    /// By name.
    regions: Mutex<BTreeMap<String, Region>>,
}

impl ControlPlane {
    /// One that has nothing yet.
    pub(crate) fn new(settings: Settings) -> Self {
        Self { shared: Arc::new(Shared { settings, regions: Mutex::default() }) }
    }

    /// Whether a request with this path is for a control plane.
    pub(crate) fn owns(path: &str) -> bool {
        routes::owns(path)
    }

    /// Does what a request asks for in a region.
    pub(crate) fn answer(&self, region: &str, request: Request<Bytes>) -> Response<Bytes> {
        let mut response = self.perform(region, &request).unwrap_or_else(|error| error.response());
        let id = HeaderValue::from_str(&Uuid::new_v4().to_string());
        response
            .headers_mut()
            .extend(id.ok().map(|id| (header::HeaderName::from_static("x-amzn-requestid"), id)));
        response
    }

    fn perform(&self, region: &str, request: &Request<Bytes>) -> Result<Response<Bytes>, Error> {
        let uri = request.uri();
        let query = uri.query().unwrap_or_default();
        let found = routes::find(request.method(), uri.path(), query).ok_or(Error::UnknownPath)?;
        let call = Call {
            account_id: &self.shared.settings.account_id,
            region,
            path: found.path,
            query: form_urlencoded::parse(query.as_bytes()).collect(),
            headers: request.headers(),
            body: request.body(),
        };
        let mut regions = self.regions();
        let region = regions
            .entry(region.to_owned())
            .or_insert_with(|| Region { account: account::new(), ..Region::default() });
        let mut response = (found.operation)(&call, region)?.response();
        *response.status_mut() =
            StatusCode::from_u16(found.status).expect("the routes have valid status codes");
        Ok(response)
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        self.regions().clear();
    }

    /// Whether there is such an API, in any region.
    pub(crate) fn has_api(&self, api_id: &str) -> bool {
        self.regions().values().any(|region| region.apis.contains_key(api_id))
    }

    /// The account that owns everything.
    pub(crate) fn account_id(&self) -> &str {
        &self.shared.settings.account_id
    }

    /// An API as it is being edited, in whatever region.
    pub(crate) fn definition(&self, api_id: &str) -> Option<Definition> {
        let regions = self.regions();
        let api = regions.values().find_map(|region| region.apis.get(api_id))?;
        Some(api.definition.clone())
    }

    /// Puts an API in place, new or anew, and serves it as a stage.
    pub(crate) fn deploy(&self, region: &str, definition: Definition, stage: Stage) {
        let deployment = Deployment {
            id: id::new(id::SHORT),
            created_date: now(),
            definition: Arc::new(definition.clone()),
            ..Deployment::default()
        };
        let stage = Stage { deployment_id: deployment.id.clone(), created_date: now(), ..stage };
        let mut regions = self.regions();
        let apis = &mut regions.entry(region.to_owned()).or_default().apis;
        let api = apis.entry(definition.rest_api.id.clone()).or_default();
        api.definition = definition;
        api.deployments.insert(deployment.id.clone(), deployment);
        api.serve(self.account_id(), region, stage).expect("the deployment was just put there");
        // What is deployed anew with every change of a file must not pile up.
        let in_use: Vec<&str> =
            api.stages.values().map(|served| served.stage.deployment_id.as_str()).collect();
        api.deployments.retain(|id, _| in_use.contains(&id.as_str()));
    }

    /// What a stage serves. It is the same until the stage changes or serves another deployment.
    pub(crate) fn served(&self, api_id: &str, stage: &str) -> Option<Arc<Served>> {
        let regions = self.regions();
        let api = regions.values().find_map(|region| region.apis.get(api_id))?;
        api.stages.get(stage).map(Arc::clone)
    }

    /// What a custom domain name serves at a path, and what of the path is left for the API.
    pub(crate) fn mapped(&self, domain: &str, path: &str) -> Option<(Arc<Served>, String)> {
        let domain = domain.to_ascii_lowercase();
        let (mapping, rest) = {
            let regions = self.regions();
            let domain = regions.values().find_map(|region| region.domain_names.get(&domain))?;
            let (first, rest) = first_segment(path);
            match domain.base_path_mappings.get(first) {
                Some(mapping) if !first.is_empty() => (mapping.clone(), rest.to_owned()),
                _ => {
                    let mapping = domain.base_path_mappings.get(base_path_mappings::NONE)?;
                    (mapping.clone(), path.to_owned())
                }
            }
        };
        // A mapping without a stage leaves it to the path.
        let (stage, rest) = match mapping.stage {
            Some(stage) => (stage, rest),
            None => {
                let (stage, rest) = first_segment(&rest);
                (stage.to_owned(), rest.to_owned())
            }
        };
        let rest = if rest.is_empty() { "/".to_owned() } else { rest };
        Some((self.served(&mapping.rest_api_id, &stage)?, rest))
    }

    fn regions(&self) -> MutexGuard<'_, BTreeMap<String, Region>> {
        // A panic in one operation must not end all others: they would only fail to be answered.
        self.shared.regions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriptions for ControlPlane {
    fn find(&self, region: &str, api_id: &str, stage: &str, key: &str) -> Option<Subscription> {
        self.regions().get_mut(region)?.subscription(api_id, stage, key)
    }
}

pub(crate) fn now() -> Seconds {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Seconds::try_from(since.as_secs()).unwrap_or(Seconds::MAX)
}

/// The path and the name of a method that satisfies a condition, if there is one.
fn place_of_method(definition: &Definition, condition: impl Fn(&Method) -> bool) -> Option<String> {
    definition.resources.values().find_map(|resource| {
        let (name, _) = resource.resource_methods.iter().find(|(_, method)| condition(method))?;
        Some(format!("{}/{name}", resource.path))
    })
}
