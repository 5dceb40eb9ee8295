//! From a document to a definition: reads every part in the order in which they refer to each other,
//! and puts them in the place of, or beside, what the API has.

use std::collections::{BTreeMap, BTreeSet};

use super::dialect::Reader;
use super::ids::Ids;
use super::paths::{self, Context};
use super::report::Report;
use super::resources::Tree;
use super::schemas::Models;
use super::security::Security;
use super::{ImportError, ImportSettings, Imported, Mode};
use super::{document, documentation, extensions, gateway_responses};
use crate::id;
use crate::model::{Definition, DocumentationPart, EndpointConfiguration, RestApi};

/// The models that every API has that was not imported. Overwriting leaves them.
const DEFAULT_MODELS: [&str; 2] = ["Empty", "Error"];

/// Reads `document` over or into an API, or as a new one.
///
/// Nothing of `into` changes if the document has an error. All errors are reported at once.
pub(crate) fn import(
    document: &[u8],
    into: Option<&Definition>,
    mode: Mode,
    settings: &ImportSettings,
) -> Result<Imported, ImportError> {
    let document = document::read(document, settings).map_err(ImportError::Document)?;
    let report = Report::default();
    let parts = Reader::new(&document, &report, settings).map(|reader| read(&reader, into, mode));
    let warnings = report.finish()?;
    let (definition, documentation_parts) = parts.unwrap_or_default();
    Ok(Imported { definition, documentation_parts, warnings })
}

fn read(
    reader: &Reader<'_>,
    into: Option<&Definition>,
    mode: Mode,
) -> (Definition, Vec<DocumentationPart>) {
    extensions::warn_of_unread(&reader.root);
    let ids = Ids::of(into);
    let kept = kept(into, mode);
    let mut rest_api = rest_api(reader, into, mode);

    let named = extensions::validators(&reader.root, &ids);
    let mut request_validators = kept.request_validators;
    request_validators
        .extend(named.into_values().map(|validator| (validator.id.clone(), validator)));
    let validator_ids: BTreeMap<_, _> = request_validators
        .iter()
        .map(|(id, validator)| (validator.name.clone(), id.clone()))
        .collect();

    let security = Security::read(reader, &ids);
    let mut authorizers = kept.authorizers;
    authorizers.extend(security.authorizers());

    let kept_models: BTreeSet<_> = kept.models.keys().cloned().collect();
    let mut read_models = Models::read(reader, &ids, &rest_api.id, kept_models);
    let context = Context { reader, security: &security, validators: &validator_ids };
    let mut tree = Tree::new(kept.resources.into_values(), &ids, reader.report);
    for (path, methods) in paths::read(&context, &mut read_models) {
        tree.add(&path, methods);
    }
    let mut models = kept.models;
    models.extend(read_models.finish());

    let mut gateway_responses = kept.gateway_responses;
    gateway_responses.extend(gateway_responses::read(&reader.root));

    rest_api.root_resource_id = tree.root_id();
    let resources = tree.finish();
    let definition = Definition {
        rest_api,
        resources,
        models,
        request_validators,
        authorizers,
        gateway_responses,
    };
    (definition, documentation::read(reader))
}

/// What the API keeps whatever the document says. Of the root, overwriting keeps the id, which is
/// [`Ids`]'s business.
fn kept(into: Option<&Definition>, mode: Mode) -> Definition {
    let Some(into) = into else { return Definition::default() };
    match mode {
        Mode::Merge => into.clone(),
        Mode::Overwrite => {
            let is_default = |name: &&String| DEFAULT_MODELS.contains(&name.as_str());
            let defaults = into.models.iter().filter(|(name, _)| is_default(name));
            let models = defaults.map(|(name, model)| (name.clone(), model.clone())).collect();
            Definition { models, ..Definition::default() }
        }
    }
}

fn rest_api(reader: &Reader<'_>, into: Option<&Definition>, mode: Mode) -> RestApi {
    let settings = reader.settings;
    let mut api = match (into, mode) {
        (Some(into), Mode::Merge) => into.rest_api.clone(),
        (Some(into), Mode::Overwrite) => emptied(&into.rest_api),
        (None, _) => RestApi {
            id: id::new(id::LONG),
            created_date: settings.now,
            api_key_source: "HEADER".to_owned(),
            endpoint_configuration: EndpointConfiguration {
                types: vec!["EDGE".to_owned()],
                ip_address_type: "ipv4".to_owned(),
                vpc_endpoint_ids: Vec::new(),
            },
            ..RestApi::default()
        },
    };
    api.warnings = Vec::new();
    let info = reader.root.object("info");
    let text = |member| info.as_ref().and_then(|info| info.scalar(member));
    match text("title") {
        Some(title) => api.name = title,
        None if into.is_none() => reader.root.error("lacks 'info/title', the name of the API"),
        None => {}
    }
    api.version = text("version").or(api.version);
    api.description = text("description").or(api.description);
    if !settings.endpoint_types.is_empty() {
        api.endpoint_configuration.types.clone_from(&settings.endpoint_types);
    }
    extensions::apply(reader, &mut api);
    api
}

/// An API as overwriting finds it: everything that a document can set is as if it had never been.
fn emptied(api: &RestApi) -> RestApi {
    RestApi {
        id: api.id.clone(),
        name: api.name.clone(),
        created_date: api.created_date,
        api_key_source: "HEADER".to_owned(),
        endpoint_configuration: api.endpoint_configuration.clone(),
        tags: api.tags.clone(),
        ..RestApi::default()
    }
}
