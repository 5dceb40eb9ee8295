//! Mapping templates of an API, each parsed when a request first needs it. A mistake in one is a
//! fault only where it is used.

use std::sync::{Arc, OnceLock};

use mapping_template::{Error, MappingTemplate, Rendered, Request};

use super::exchange::Exchange;
use super::gateway_response::{Failure, ResponseType};
use super::media_type::Payload;
use crate::model::Strings;

/// A mapping template.
#[derive(Debug)]
pub(super) struct Template {
    name: String,
    text: String,
    parsed: OnceLock<Result<MappingTemplate, Error>>,
}

/// Templates by media type, under names that tell a log where each stands.
pub(super) fn templates(place: &str, texts: &Strings) -> Vec<(String, Template)> {
    let template = |media_type: &str, text: &str| Template {
        name: format!("{place} {media_type}"),
        text: text.to_owned(),
        parsed: OnceLock::new(),
    };
    texts.iter().map(|(key, text)| (key.clone(), template(key, text))).collect()
}

impl Template {
    /// Whether there is nothing to render, so that a body passes through.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Renders a request template.
    ///
    /// # Errors
    /// 400 for a body that is no JSON where the template needs some, otherwise 500.
    pub(super) fn render_request(
        &self,
        body: Payload,
        exchange: &Exchange<'_>,
    ) -> Result<Rendered, Failure> {
        self.render(body, exchange).map_err(|fault| match fault {
            Fault::Template(error @ Error::Body(_)) => Failure::new(ResponseType::Default4xx)
                .status(400)
                .message("Could not process payload")
                .because(format!("{error:#}")),
            fault => self.misconfigured(fault),
        })
    }

    /// Renders a response template.
    ///
    /// # Errors
    /// 500, whatever the reason.
    pub(super) fn render_response(
        &self,
        body: Payload,
        exchange: &Exchange<'_>,
    ) -> Result<Rendered, Failure> {
        self.render(body, exchange).map_err(|fault| self.misconfigured(fault))
    }

    fn misconfigured(&self, fault: Fault) -> Failure {
        match fault {
            Fault::Binary => self.refuse_binary(),
            Fault::Template(error) => Failure::configuration(format!("{error:#}")),
        }
    }

    fn render(&self, body: Payload, exchange: &Exchange<'_>) -> Result<Rendered, Fault> {
        let Payload::Text(body) = body else {
            return Err(Fault::Binary);
        };
        let parsed = self.parsed.get_or_init(|| MappingTemplate::parse(&self.name, &self.text));
        let template = parsed.as_ref().map_err(|error| Fault::Template(error.clone()))?;
        let request = Request {
            body: Arc::from(body),
            parameters: Arc::clone(&exchange.parameters),
            context: Arc::clone(&exchange.context),
            stage_variables: exchange.compiled.stage_variables.clone(),
            ..Request::default()
        };
        template.render(&request).map_err(Fault::Template)
    }

    fn refuse_binary(&self) -> Failure {
        Failure::configuration(format!("{}: a template cannot read a binary payload", self.name))
    }
}

enum Fault {
    Binary,
    Template(Error),
}
