//! API Gateway mapping templates, rendered as API Gateway renders them.
//!
//! The language is `vtl`'s; this crate adds what API Gateway puts on top: `$input` with JSONPath,
//! `$util`, `$context` with its overrides, `$stageVariables`, and the rule that whatever is missing
//! reads as an empty string. A template is parsed once and rendered for any number of requests:
//!
//! ```
//! use mapping_template::{MappingTemplate, Request};
//!
//! let template = MappingTemplate::parse("greet.vtl", "Hello $input.path('$.name')!")?;
//! let request = Request { body: r#"{"name": "Ada"}"#.into(), ..Request::default() };
//! assert_eq!(template.render(&request)?.text, "Hello Ada!");
//! # Ok::<(), mapping_template::Error>(())
//! ```
//!
//! It does no I/O and knows nothing of HTTP: which template applies to a request, and what happens
//! to the overrides, is the gateway's business. `COMPATIBILITY.md` at the root of the repository
//! lists where it differs from Velocity and from AWS.

mod case;
mod context;
mod find;
mod input;
mod json;
mod jsonpath;
mod lint;
mod mentions;
mod overrides;
mod request;
mod template;
mod text;
mod util;
mod value;
mod words;

pub use case::{Case, CaseError, answer_line};
pub use find::{FindError, find};
pub use lint::{Diagnostic, Rule, Severity, check};
pub use overrides::Overrides;
pub use request::{JsonObject, Parameters, Request};
pub use template::{Error, MAX_TEMPLATE_BYTES, MappingTemplate, Rendered};
