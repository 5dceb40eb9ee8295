//! The request to a backend: a template's text or the client's body, mapped parameters, the
//! template's overrides, and the headers that the gateway sets itself.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use mapping_template::{FindError, JsonObject, Overrides};
use serde_json::Value as Json;

use crate::data::compiled::CompiledIntegration;
use crate::data::context::scalar;
use crate::data::exchange::Exchange;
use crate::data::gateway_response::{Failure, ResponseType};
use crate::data::headers;
use crate::data::media_type::{self, Payload};
use crate::data::parameters::Place;
use crate::data::request::TRACE_ID;
use crate::model::IntegrationType;

/// A request to a backend.
pub(super) struct Outgoing {
    pub(super) verb: String,
    /// What placeholders of the path stand for.
    pub(super) path: Vec<(String, String)>,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    overrides: Overrides,
}

impl Outgoing {
    /// What a template and mappings make of a request.
    ///
    /// # Errors
    /// 400, 415 or 500.
    pub(super) fn transformed(
        exchange: &Exchange<'_>,
        integration: &CompiledIntegration,
    ) -> Result<Self, Failure> {
        let media_type = exchange.media_type();
        let template = media_type::request_template(
            &integration.templates,
            integration.passthrough,
            media_type,
        )?;
        let payload = media_type::convert_request(
            exchange.request.body.clone(),
            exchange.is_binary(media_type),
            integration.content_handling,
        )?;
        let mut outgoing = Self::mapped(exchange, integration)?;
        let payload = match template {
            None => payload,
            Some(template) => {
                let rendered = template.render_request(payload, exchange)?;
                outgoing.override_by(rendered.overrides)?;
                Payload::Text(rendered.text)
            }
        };
        outgoing.body = payload.into_bytes();
        outgoing.set_defaults(exchange, integration)?;
        Ok(outgoing)
    }

    /// A request that goes on as it came, with what mappings add to it.
    ///
    /// # Errors
    /// 400 or 500.
    pub(super) fn proxied(
        exchange: &Exchange<'_>,
        integration: &CompiledIntegration,
    ) -> Result<Self, Failure> {
        let mut outgoing = Self::mapped(exchange, integration)?;
        let request = &exchange.request;
        let mapped = std::mem::take(&mut outgoing.query);
        let pair = |(name, value): &(Arc<str>, Arc<str>)| (name.to_string(), value.to_string());
        outgoing.query = request.query.iter().map(pair).chain(mapped).collect();
        let is_mapped: Vec<HeaderName> = outgoing.headers.keys().cloned().collect();
        for (name, value) in &request.headers {
            let (name, value) = headers::header(name, value)?;
            if !is_mapped.contains(&name) && !headers::is_kept_from_endpoints(&name) {
                outgoing.headers.append(name, value);
            }
        }
        outgoing.body = request.body.clone();
        outgoing.set_defaults(exchange, integration)?;
        Ok(outgoing)
    }

    /// Checks a proxy's mappings, which it does not apply.
    ///
    /// # Errors
    /// 400 or 500.
    pub(super) fn check_mappings(
        exchange: &Exchange<'_>,
        integration: &CompiledIntegration,
    ) -> Result<(), Failure> {
        Self::mapped(exchange, integration).map(drop)
    }

    fn mapped(exchange: &Exchange<'_>, integration: &CompiledIntegration) -> Result<Self, Failure> {
        let request = &exchange.request;
        let data = exchange.data();
        let mut outgoing = Self {
            verb: integration.verb.clone().unwrap_or_else(|| request.verb.clone()),
            path: Vec::new(),
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            overrides: Overrides::default(),
        };
        for mapping in &integration.parameters {
            let Some(values) = mapping.read(&data).map_err(|error| unreadable(&error))? else {
                continue;
            };
            let name = &mapping.name;
            match mapping.place {
                Place::Path => outgoing.path.push((name.clone(), values.join(","))),
                Place::Query => {
                    let pairs = values.into_iter().map(|value| (name.clone(), value));
                    outgoing.query.extend(pairs);
                }
                Place::Header => {
                    headers::check_mapped(name, integration.kind)?;
                    let (name, value) = headers::header(name, &values.join(","))?;
                    outgoing.headers.insert(name, value);
                }
            }
        }
        Ok(outgoing)
    }

    /// What a template wrote below `requestOverride` goes before what is mapped.
    fn override_by(&mut self, overrides: Overrides) -> Result<(), Failure> {
        for (name, values) in members(&overrides.request, "path") {
            self.path.retain(|(candidate, _)| *candidate != name);
            self.path.push((name, values.join(",")));
        }
        for (name, values) in members(&overrides.request, "querystring") {
            self.query.retain(|(candidate, _)| *candidate != name);
            self.query.extend(values.into_iter().map(|value| (name.clone(), value)));
        }
        for (name, values) in members(&overrides.request, "header") {
            let (name, value) = headers::header(&name, &values.join(","))?;
            self.headers.insert(name, value);
        }
        self.overrides = overrides;
        Ok(())
    }

    /// Drops what never reaches a backend and adds what every one gets.
    fn set_defaults(
        &mut self,
        exchange: &Exchange<'_>,
        integration: &CompiledIntegration,
    ) -> Result<(), Failure> {
        let kind = integration.kind;
        let is_kept = |name: &&HeaderName| headers::is_kept_from_backends(name, kind);
        let dropped: Vec<HeaderName> = self.headers.keys().filter(is_kept).cloned().collect();
        for name in dropped {
            self.headers.remove(name);
        }
        let request = &exchange.request;
        let api_id = &exchange.served.definition.rest_api.id;
        let mut set_default = |name: &str, value: &str| {
            let (name, value) = headers::header(name, value)?;
            self.headers.entry(name).or_insert(value);
            Ok::<(), Failure>(())
        };
        set_default("accept", media_type::JSON)?;
        set_default("user-agent", &format!("AmazonAPIGateway_{api_id}"))?;
        let has_body = !matches!(request.verb.as_str(), "GET" | "HEAD" | "OPTIONS");
        let sent = request.header("Content-Type").filter(|_| has_body);
        if let Some(media_type) = integration.endpoint.media_type().or(sent) {
            set_default("content-type", media_type)?;
        }
        let own = |value: &str| {
            HeaderValue::from_str(value)
                .map_err(|_| Failure::configuration(format!("{value:?} is no header's value")))
        };
        self.headers.insert(TRACE_ID, own(&request.trace_id)?);
        if !matches!(kind, IntegrationType::Aws | IntegrationType::AwsProxy) {
            self.headers.insert("x-amzn-apigateway-api-id", own(api_id)?);
        }
        Ok(())
    }

    /// Shows the response template what the request template wrote.
    pub(super) fn add_overrides(&self, context: &mut Arc<JsonObject>) {
        let Overrides { request, response } = &self.overrides;
        let written = [("requestOverride", request), ("responseOverride", response)];
        for (name, members) in written.into_iter().filter(|(_, members)| !members.is_empty()) {
            let context = Arc::make_mut(context);
            context.insert(name.to_owned(), Json::Object(members.clone()));
        }
    }
}

/// The members of a group of overrides, each with its values.
fn members(overrides: &JsonObject, group: &str) -> Vec<(String, Vec<String>)> {
    let group = overrides.get(group).and_then(Json::as_object);
    let values = |value: &Json| match value {
        Json::Array(items) => items.iter().filter_map(scalar).collect(),
        one => scalar(one).into_iter().collect(),
    };
    let group = group.into_iter().flatten();
    group.map(|(name, value)| (name.clone(), values(value))).collect()
}

fn unreadable(error: &FindError) -> Failure {
    Failure::new(ResponseType::Default4xx)
        .status(400)
        .message("Invalid JSON in request body")
        .because(error.to_string())
}
