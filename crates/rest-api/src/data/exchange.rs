//! One request on its way through the pipeline, with what its route adds.

use std::sync::Arc;

use mapping_template::{JsonObject, Parameters};
use serde_json::Value as Json;

use super::compiled::{Compiled, CompiledMethod};
use super::context;
use super::detail::Detail;
use super::media_type;
use super::parameters::Data;
use super::request::{Pair, Request};
use super::route::PathParameter;
use super::trace::Trace;
use crate::served::Served;

/// A request, the stage that it is for, and what templates see of both.
#[derive(Debug)]
pub(super) struct Exchange<'a> {
    pub(super) served: &'a Served,
    pub(super) compiled: &'a Compiled,
    pub(super) request: Request,
    /// The path of the resource that answers, such as `/pets/{id}`; empty until there is a route.
    pub(super) resource_path: &'a str,
    /// Once there is a route.
    method: Option<&'a CompiledMethod>,
    pub(super) path_parameters: Vec<PathParameter>,
    /// `$context`, to which a request template's overrides are added for the response template.
    pub(super) context: Arc<JsonObject>,
    /// What `$input.params` gives.
    pub(super) parameters: Arc<Parameters>,
    pub(super) trace: Trace,
    /// The API key that an authorizer says the caller has.
    pub(super) usage_key: Option<String>,
    /// What passed between the gateway and the backend, once there is an integration.
    pub(super) detail: Option<Detail>,
}

impl<'a> Exchange<'a> {
    /// A request without a route.
    pub(super) fn new(served: &'a Served, compiled: &'a Compiled, request: Request) -> Self {
        let context = Arc::new(context::build(served, &request));
        Self {
            served,
            compiled,
            request,
            resource_path: "",
            method: None,
            path_parameters: Vec::new(),
            context,
            parameters: Arc::default(),
            trace: Trace::default(),
            usage_key: None,
            detail: None,
        }
    }

    /// Finds the method that answers, and completes what templates see.
    pub(super) fn route(&mut self) -> Option<&'a CompiledMethod> {
        let (resource, method, path_parameters) =
            self.compiled.find(&self.request.path, &self.request.verb)?;
        let decoded = |parameter: &PathParameter| -> Pair {
            (Arc::clone(&parameter.name), Arc::clone(&parameter.decoded))
        };
        self.parameters = Arc::new(Parameters {
            path: path_parameters.iter().map(decoded).collect(),
            querystring: self.request.query.clone(),
            header: self.request.headers.clone(),
        });
        self.path_parameters = path_parameters;
        self.resource_path = &resource.path;
        context::add_resource(Arc::make_mut(&mut self.context), &resource.id, &resource.path);
        self.method = Some(method);
        self.trace.open(method.reporting, &self.request.id, &self.request.extended_id);
        Some(method)
    }

    /// `$context`, to add to it.
    pub(super) fn context_mut(&mut self) -> &mut JsonObject {
        Arc::make_mut(&mut self.context)
    }

    /// The ARN of what is called, which policies are asked about.
    pub(super) fn method_arn(&self) -> String {
        let Served { stage, .. } = self.served;
        let Request { verb, .. } = &self.request;
        format!("{}/{}/{verb}{}", self.served.arn(), stage.stage_name, self.request.normal_path())
    }

    /// Adds what an authorizer knows of the caller.
    pub(super) fn add_authorizer(&mut self, known: JsonObject) {
        Arc::make_mut(&mut self.context).insert("authorizer".to_owned(), Json::Object(known));
    }

    /// The resource's path and the method, if the method has metrics of its own.
    pub(super) fn detailed_method(&self) -> Option<(String, String)> {
        let method = self.method.filter(|method| method.reporting.detailed_metrics)?;
        Some((self.resource_path.to_owned(), method.definition.http_method.clone()))
    }

    /// What mappings of the request read from.
    pub(super) fn data(&self) -> Data<'_> {
        Data {
            path: &self.path_parameters,
            query: &self.request.query,
            headers: &self.request.headers,
            body: &self.request.body,
            context: &self.context,
            stage_variables: &self.served.stage.variables,
        }
    }

    /// Whether the API takes a media type for binary.
    pub(super) fn is_binary(&self, wanted: &str) -> bool {
        let types = &self.served.definition.rest_api.binary_media_types;
        media_type::is_binary(types, wanted)
    }

    /// The media type of the request's body.
    pub(super) fn media_type(&self) -> &str {
        self.request.header("Content-Type").unwrap_or(media_type::JSON)
    }
}
