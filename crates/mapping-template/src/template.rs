//! A mapping template: parsed once, rendered for every request.

use std::fmt;
use std::sync::{Arc, OnceLock};

use vtl::{Cleanup, Context, ErrorKind, Fault, Limits, Missing, Settings, Template, Tree, Value};

use crate::context;
use crate::input::{BODY_EXCEPTION, Input};
use crate::mentions::Mentions;
use crate::overrides::Overrides;
use crate::request::Request;
use crate::util::Util;
use crate::value;

/// The longest template that API Gateway accepts, in bytes (its quota "mapping template size").
pub const MAX_TEMPLATE_BYTES: usize = 300 * 1024;

/// Why a template could not be read or rendered.
///
/// `{error}` is one line that begins with the template's name and place; `{error:#}` adds the source
/// line and, for the common mistakes, what to write instead.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The template is longer than [`MAX_TEMPLATE_BYTES`].
    #[error(
        "{template}: {bytes} bytes are more than the {MAX_TEMPLATE_BYTES} of a mapping template"
    )]
    TooLong {
        /// Its name.
        template: String,
        /// Its length.
        bytes: usize,
    },
    /// The template read the body as JSON, but it is none even for a lenient reader. API Gateway
    /// answers 400.
    #[error(transparent)]
    Body(vtl::Error),
    /// The template has a mistake, or failed on this request. API Gateway answers 500.
    #[error(transparent)]
    Template(vtl::Error),
}

impl From<vtl::Error> for Error {
    fn from(error: vtl::Error) -> Self {
        match error.kind() {
            ErrorKind::Failed { fault: Fault::Thrown { class, .. }, .. }
                if *class == BODY_EXCEPTION =>
            {
                Error::Body(error)
            }
            _ => Error::Template(error),
        }
    }
}

/// What came out of a template.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rendered {
    /// The text, nothing trimmed.
    pub text: String,
    /// What the template wrote below `$context.requestOverride` and `$context.responseOverride`.
    pub overrides: Overrides,
}

/// A parsed mapping template. Any number of threads may render it at once.
pub struct MappingTemplate {
    template: Template,
    settings: Settings,
    /// What it can see of `$context`, once it is rendered.
    context: OnceLock<Mentions>,
}

impl MappingTemplate {
    /// Parses a template under the name that errors call it by, usually its file.
    ///
    /// # Errors
    /// [`Error::TooLong`], or [`Error::Template`] with the place of a mistake.
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        if text.len() > MAX_TEMPLATE_BYTES {
            return Err(Error::TooLong { template: name.to_owned(), bytes: text.len() });
        }
        let settings = Settings { missing: Missing::Empty, limits: Limits::default() };
        let template = Template::parse(name, text)?;
        Ok(MappingTemplate { template, settings, context: OnceLock::new() })
    }

    /// Renders the template for a request.
    ///
    /// # Errors
    /// [`Error::Body`] if it reads a body as JSON that is none, [`Error::Template`] if a method that
    /// it calls throws or if it exceeds a bound of [`vtl::Limits`].
    pub fn render(&self, request: &Request) -> Result<Rendered, Error> {
        let _cleanup = Cleanup::begin();
        let mut variables = Context::new();
        // Building a value costs allocations, so only what the template mentions is built.
        let mut gateway = None;
        for name in self.template.tree().variables() {
            let value = match name {
                "input" => {
                    let body = Arc::clone(&request.body);
                    Value::object(Input::new(body, Arc::clone(&request.parameters)))
                }
                "util" => Value::object(Util::default()),
                "context" => {
                    let context = context::value(&request.context, self.mentions());
                    gateway.insert(context).clone()
                }
                "stageVariables" => Value::Map(value::object(&request.stage_variables)),
                _ => Value::Null,
            };
            let given = request.variables.get(name).filter(|value| !value.is_null());
            let value = given.map_or(value, value::value);
            if !value.is_null() {
                variables.set(name, value);
            }
        }
        let text = self.template.render(&variables, &self.settings)?;
        let overrides = match gateway.as_ref().and_then(Value::as_map) {
            Some(map) => context::overrides(map, self.mentions(), &request.context),
            None => Overrides::given(&request.context),
        };
        Ok(Rendered { text, overrides })
    }

    fn mentions(&self) -> &Mentions {
        self.context.get_or_init(|| Mentions::of("context", self.template.tree()))
    }

    /// What it was parsed into, for tools that look into it.
    pub(crate) fn tree(&self) -> &Tree {
        self.template.tree()
    }
}

impl fmt::Debug for MappingTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MappingTemplate")
            .field("name", &self.template.name())
            .finish_non_exhaustive()
    }
}
