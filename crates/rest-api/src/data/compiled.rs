//! A stage made ready to serve: routes, mappings and patterns, found once for all its requests.
//!
//! What can be wrong in a definition is kept as it is found and shows only to the requests that use
//! it, as on AWS: one broken template does not take an API down.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use mapping_template::JsonObject;
use serde_json::Value as Json;
use vtl::JavaPattern;

use super::access::Authorizer;
use super::access_log::Format;
use super::integration::{Endpoint, substitute};
use super::parameters::{self, Mapping};
use super::policy::{Policy, PolicyError};
use super::route::{PathParameter, Routes};
use super::schema::Schema;
use super::template::{Template, templates};
use super::trace::Reporting;
use crate::model::{
    self, ContentHandling, Definition, Integration, IntegrationResponse, IntegrationType, Method,
    PassthroughBehavior, RequestValidator, Resource, Stage, Strings,
};
use crate::served::Served;

/// The method that takes every verb which a resource does not name.
const ANY: &str = "ANY";

/// How long an integration may take that sets no time of its own.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(29);

/// A stage, ready to serve.
#[derive(Debug)]
pub(super) struct Compiled {
    routes: Routes,
    resources: Vec<CompiledResource>,
    pub(super) stage_variables: JsonObject,
    /// By id.
    pub(super) authorizers: HashMap<String, Authorizer>,
    /// None if the API has none.
    pub(super) resource_policy: Option<Result<Policy, PolicyError>>,
    /// What the access log says of a request, if there is one.
    pub(super) access_log: Option<Format>,
}

/// A resource with its methods.
#[derive(Debug)]
pub(super) struct CompiledResource {
    pub(super) id: String,
    pub(super) path: String,
    methods: HashMap<String, CompiledMethod>,
}

/// A method.
#[derive(Debug)]
pub(super) struct CompiledMethod {
    pub(super) definition: Method,
    pub(super) reporting: Reporting,
    pub(super) validator: RequestValidator,
    /// Body schemas by media type.
    pub(super) schemas: Vec<(String, Schema)>,
    pub(super) integration: Option<CompiledIntegration>,
}

/// An integration.
#[derive(Debug)]
pub(super) struct CompiledIntegration {
    pub(super) kind: IntegrationType,
    /// As it is defined, its stage variables filled in.
    pub(super) uri: String,
    pub(super) endpoint: Endpoint,
    /// The verb of the call; none for the request's own.
    pub(super) verb: Option<String>,
    pub(super) parameters: Vec<Mapping>,
    pub(super) templates: Vec<(String, Template)>,
    pub(super) passthrough: PassthroughBehavior,
    pub(super) content_handling: Option<ContentHandling>,
    pub(super) timeout: Duration,
    pub(super) responses: Vec<CompiledResponse>,
}

/// An integration response.
#[derive(Debug)]
pub(super) struct CompiledResponse {
    pub(super) status: String,
    /// None for the default.
    pub(super) pattern: Option<JavaPattern>,
    pub(super) parameters: Vec<Mapping>,
    pub(super) templates: Vec<(String, Template)>,
    pub(super) content_handling: Option<ContentHandling>,
}

impl Compiled {
    pub(super) fn new(served: &Served) -> Self {
        let definition = &served.definition;
        let stage = &served.stage;
        let variables = &stage.variables;
        let mut routes = Routes::default();
        let mut resources = Vec::new();
        for resource in definition.resources.values() {
            if !resource.resource_methods.is_empty() {
                routes.add(&resource.path, resources.len());
                resources.push(CompiledResource::new(resource, definition, stage));
            }
        }
        let authorizer = |(id, authorizer): (&String, &model::Authorizer)| {
            Some((id.clone(), Authorizer::new(authorizer, variables)?))
        };
        let variable = |(name, value): (&String, &String)| (name.clone(), Json::from(&**value));
        let access_log = stage.access_log_settings.as_ref();
        Self {
            routes,
            resources,
            stage_variables: variables.iter().map(variable).collect(),
            authorizers: definition.authorizers.iter().filter_map(authorizer).collect(),
            resource_policy: resource_policy(served),
            access_log: access_log.and_then(|log| log.format.as_deref()).map(Format::parse),
        }
    }

    /// The method that answers a request, with the parameters of its path.
    pub(super) fn find(
        &self,
        path: &str,
        verb: &str,
    ) -> Option<(&CompiledResource, &CompiledMethod, Vec<PathParameter>)> {
        let found = self.routes.find(path, |at| self.resources[at].method(verb).is_some())?;
        let resource = &self.resources[found.resource];
        Some((resource, resource.method(verb)?, found.parameters))
    }
}

/// The resource policy. An empty object is none.
fn resource_policy(served: &Served) -> Option<Result<Policy, PolicyError>> {
    let text = served.definition.rest_api.policy.as_deref()?.trim();
    if matches!(text, "" | "{}") {
        return None;
    }
    // What is no JSON is told as the text that it is.
    let document = serde_json::from_str(text).unwrap_or_else(|_| Json::from(text));
    Some(Policy::of_api(&document, &served.arn()))
}

impl CompiledResource {
    fn new(resource: &Resource, definition: &Arc<Definition>, stage: &Stage) -> Self {
        let compile = |(verb, method): (&String, &Method)| {
            let compiled = CompiledMethod::new(&resource.path, verb, method, definition, stage);
            (verb.clone(), compiled)
        };
        let methods = resource.resource_methods.iter().map(compile).collect();
        Self { id: resource.id.clone(), path: resource.path.clone(), methods }
    }

    fn method(&self, verb: &str) -> Option<&CompiledMethod> {
        self.methods.get(verb).or_else(|| self.methods.get(ANY))
    }
}

impl CompiledMethod {
    fn new(
        path: &str,
        verb: &str,
        method: &Method,
        definition: &Arc<Definition>,
        stage: &Stage,
    ) -> Self {
        let place = format!("{verb} {path}");
        let setting = stage.setting(path, verb);
        let validator = method.request_validator_id.as_ref();
        let validator = validator.and_then(|id| definition.request_validators.get(id));
        let schema = |(media_type, model): (&String, &String)| {
            (media_type.clone(), Schema::new(model, definition))
        };
        let integration = method.method_integration.as_ref();
        Self {
            definition: method.clone(),
            reporting: setting.map(Reporting::from).unwrap_or_default(),
            validator: validator.cloned().unwrap_or_default(),
            schemas: method.request_models.iter().map(schema).collect(),
            integration: integration
                .map(|integration| CompiledIntegration::new(&place, integration, &stage.variables)),
        }
    }
}

impl CompiledIntegration {
    fn new(place: &str, integration: &Integration, variables: &Strings) -> Self {
        let timeout = u64::from(integration.timeout_in_millis);
        let verb = integration.http_method.clone().filter(|verb| verb != ANY);
        let uri = substitute(integration.uri.as_deref().unwrap_or_default(), variables);
        let responses = integration.integration_responses.values();
        Self {
            kind: integration.kind,
            endpoint: Endpoint::new(integration, &uri, variables),
            uri,
            verb,
            parameters: parameters::mappings(&integration.request_parameters),
            templates: templates(&format!("{place} request"), &integration.request_templates),
            passthrough: integration.passthrough_behavior,
            content_handling: integration.content_handling,
            timeout: if timeout == 0 { DEFAULT_TIMEOUT } else { Duration::from_millis(timeout) },
            responses: responses.map(|response| CompiledResponse::new(place, response)).collect(),
        }
    }
}

impl CompiledResponse {
    fn new(place: &str, response: &IntegrationResponse) -> Self {
        let place = format!("{place} response {}", response.status_code);
        let pattern = response.selection_pattern.as_ref().filter(|pattern| !pattern.is_empty());
        Self {
            status: response.status_code.clone(),
            pattern: pattern.map(|pattern| JavaPattern::new(pattern.as_str())),
            parameters: parameters::mappings(&response.response_parameters),
            templates: templates(&place, &response.response_templates),
            content_handling: response.content_handling,
        }
    }
}
