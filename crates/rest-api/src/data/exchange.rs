//! One request on its way through the pipeline, with what its route adds.

use std::sync::Arc;

use mapping_template::{JsonObject, Parameters};

use super::compiled::{Compiled, CompiledMethod};
use super::context;
use super::media_type;
use super::parameters::Data;
use super::request::{Pair, Request};
use super::route::PathParameter;
use crate::served::Served;

/// A request, the stage that it is for, and what templates see of both.
#[derive(Debug)]
pub(super) struct Exchange<'a> {
    pub(super) served: &'a Served,
    pub(super) compiled: &'a Compiled,
    pub(super) request: Request,
    pub(super) path_parameters: Vec<PathParameter>,
    /// `$context`, to which a request template's overrides are added for the response template.
    pub(super) context: Arc<JsonObject>,
    /// What `$input.params` gives.
    pub(super) parameters: Arc<Parameters>,
}

impl<'a> Exchange<'a> {
    /// A request without a route.
    pub(super) fn new(served: &'a Served, compiled: &'a Compiled, request: Request) -> Self {
        let context = Arc::new(context::build(served, &request));
        let (path_parameters, parameters) = (Vec::new(), Arc::default());
        Self { served, compiled, request, path_parameters, context, parameters }
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
        context::add_resource(Arc::make_mut(&mut self.context), &resource.id, &resource.path);
        Some(method)
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
