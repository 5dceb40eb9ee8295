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

use super::integration::Endpoint;
use super::parameters::{self, Mapping};
use super::route::{PathParameter, Routes};
use super::schema::Schema;
use super::template::{Template, templates};
use crate::model::{
    ContentHandling, Definition, Integration, IntegrationResponse, IntegrationType, Method,
    PassthroughBehavior, RequestValidator, Resource, Strings,
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
    pub(super) validator: RequestValidator,
    /// Body schemas by media type.
    pub(super) schemas: Vec<(String, Schema)>,
    pub(super) integration: Option<CompiledIntegration>,
}

/// An integration.
#[derive(Debug)]
pub(super) struct CompiledIntegration {
    pub(super) kind: IntegrationType,
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
        let variables = &served.stage.variables;
        let mut routes = Routes::default();
        let mut resources = Vec::new();
        for resource in definition.resources.values() {
            if !resource.resource_methods.is_empty() {
                routes.add(&resource.path, resources.len());
                resources.push(CompiledResource::new(resource, definition, variables));
            }
        }
        let variable = |(name, value): (&String, &String)| (name.clone(), Json::from(&**value));
        Self { routes, resources, stage_variables: variables.iter().map(variable).collect() }
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

impl CompiledResource {
    fn new(resource: &Resource, definition: &Arc<Definition>, variables: &Strings) -> Self {
        let compile = |(verb, method): (&String, &Method)| {
            let place = format!("{verb} {}", resource.path);
            (verb.clone(), CompiledMethod::new(&place, method, definition, variables))
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
        place: &str,
        method: &Method,
        definition: &Arc<Definition>,
        variables: &Strings,
    ) -> Self {
        let validator = method.request_validator_id.as_ref();
        let validator = validator.and_then(|id| definition.request_validators.get(id));
        let schema = |(media_type, model): (&String, &String)| {
            (media_type.clone(), Schema::new(model, definition))
        };
        let integration = method.method_integration.as_ref();
        Self {
            definition: method.clone(),
            validator: validator.cloned().unwrap_or_default(),
            schemas: method.request_models.iter().map(schema).collect(),
            integration: integration
                .map(|integration| CompiledIntegration::new(place, integration, variables)),
        }
    }
}

impl CompiledIntegration {
    fn new(place: &str, integration: &Integration, variables: &Strings) -> Self {
        let timeout = u64::from(integration.timeout_in_millis);
        let verb = integration.http_method.clone().filter(|verb| verb != ANY);
        let responses = integration.integration_responses.values();
        Self {
            kind: integration.kind,
            endpoint: Endpoint::new(integration, variables),
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
