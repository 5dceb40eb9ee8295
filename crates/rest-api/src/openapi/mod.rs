//! OpenAPI in and out: definitions with the `x-amazon-apigateway-*` extensions, as AWS reads and
//! writes them.
//!
//! [`import()`] reads OpenAPI 3.0 and Swagger 2.0, JSON or YAML, into a [`Definition`]. Both versions
//! go through the same readers; `dialect` is where they differ. What a document says and a REST API
//! cannot do becomes a warning that names the place, and what is wrong becomes an error: an import
//! reads on after the first, answers with all of them, and changes nothing. [`export()`] writes a
//! definition back; importing that gives the same definition, apart from ids.
//!
//! What an API may be made of is in `rules`, which the control plane asks as well.
//!
//! Left out: OpenAPI 3.1 (AWS refuses it), references to other documents, and everything that only
//! HTTP APIs have. `failonwarnings` is the caller's: it has the warnings. Messages are sentences, as
//! they are AWS's answer to its client.

mod dialect;
mod document;
mod documentation;
mod export;
mod extensions;
mod gateway_responses;
mod ids;
mod import;
mod integration;
mod node;
mod parameters;
mod paths;
mod place;
mod reference;
mod report;
mod resources;
mod schema_check;
mod schemas;
mod security;
#[cfg(test)]
mod tests;

pub(crate) use document::{DocumentError, Version};
pub(crate) use export::{ExportSettings, Extensions, Format, export};
pub(crate) use import::import;

use crate::model::{Definition, DocumentationPart, Seconds};

/// What becomes of what the API has and the document does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It stays.
    Merge,
    /// It goes. Ids, tags, the creation date and the endpoint configuration stay all the same.
    Overwrite,
}

/// What becomes of the path of `servers` or of `basePath`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum BasePath {
    #[default]
    Ignore,
    /// Every path of the document is below it.
    Prepend,
    /// Every path is below it without its first segment, which is for the stage or a base path mapping.
    Split,
}

/// What an import needs besides the document.
#[derive(Clone, Debug, Default)]
pub(crate) struct ImportSettings {
    pub(crate) base_path: BasePath,
    /// Whether `x-amazon-apigateway-documentation` is left out.
    pub(crate) ignore_documentation: bool,
    /// `EDGE`, `REGIONAL` or `PRIVATE`; none keeps what the API has, `EDGE` for a new one.
    pub(crate) endpoint_types: Vec<String>,
    /// The value of `${AWS::AccountId}`.
    pub(crate) account_id: String,
    /// The value of `${AWS::Region}`.
    pub(crate) region: String,
    /// The creation date of a new API.
    pub(crate) now: Seconds,
}

/// An API as a document describes it.
#[derive(Debug)]
pub(crate) struct Imported {
    pub(crate) definition: Definition,
    /// The parts that the document has, with new ids.
    pub(crate) documentation_parts: Vec<DocumentationPart>,
    /// What was read and could not be honoured.
    pub(crate) warnings: Vec<String>,
}

/// Why a document is refused: the message of AWS's `BadRequestException`.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImportError {
    #[error("Failed to parse the uploaded OpenAPI document due to: {0}")]
    Document(DocumentError),
    /// At least one error, and what was found besides.
    #[error("Errors found during import:\n\t{}{}", errors.join("\n\t"), additionally(warnings))]
    Definition { errors: Vec<String>, warnings: Vec<String> },
}

fn additionally(warnings: &[String]) -> String {
    if warnings.is_empty() {
        return String::new();
    }
    format!("\nAdditionally, these warnings were found:\n\t{}", warnings.join("\n\t"))
}
