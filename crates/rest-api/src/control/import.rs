//! Definitions in and out: imports of OpenAPI documents, and exports of stages.

use serde_json::json;

use super::call::{Answer, Call, Reply, show};
use super::error::Error;
use super::{documentation, now, rest_apis};
use crate::model::{DocumentationPart, RestApi};
use crate::openapi::{
    self, BasePath, ExportSettings, Extensions, Format, ImportError, ImportSettings, Imported,
    Mode, Version,
};
use crate::store::{Api, Region};

/// `ImportRestApi`
pub(super) fn create(call: &Call<'_>, region: &mut Region) -> Answer {
    let imported = read(call, None, Mode::Overwrite, refusal)?;
    let mut api = Api::default();
    let shown = keep(&mut api, imported, Mode::Overwrite);
    region.apis.insert(api.definition.rest_api.id.clone(), api);
    shown
}

/// `PutRestApi`: deployments and stages stay as they are.
pub(super) fn put(call: &Call<'_>, region: &mut Region) -> Answer {
    let mode = mode(call)?;
    let api = call.api(region)?;
    let imported = read(call, Some(api), mode, refusal)?;
    keep(api, imported, mode)
}

/// `ImportDocumentationParts`: of the document, the documentation only.
pub(super) fn documentation_parts(call: &Call<'_>, region: &mut Region) -> Answer {
    let mode = mode(call)?;
    let api = call.api(region)?;
    let imported = read(call, Some(api), mode, |error| match error {
        ImportError::Document(_) => {
            Error::bad_request("Unable to build importer with provided input.")
        }
        other => refusal(other),
    })?;
    let Imported { documentation_parts, warnings, .. } = imported;
    let ids = keep_parts(api, documentation_parts, mode);
    show(&json!({ "ids": ids, "warnings": warnings }))
}

fn mode(call: &Call<'_>) -> Result<Mode, Error> {
    match call.query("mode") {
        None | Some("merge") => Ok(Mode::Merge),
        Some("overwrite") => Ok(Mode::Overwrite),
        Some(_) => Err(Error::bad_request(
            "Enumeration value of OpenAPI import mode must be \"overwrite\" or \"merge\"",
        )),
    }
}

fn refusal(error: ImportError) -> Error {
    Error::bad_request(error.to_string())
}

fn read(
    call: &Call<'_>,
    into: Option<&Api>,
    mode: Mode,
    refusal: impl FnOnce(ImportError) -> Error,
) -> Result<Imported, Error> {
    let settings = ImportSettings {
        base_path: match call.query("basepath").unwrap_or("ignore") {
            "ignore" => BasePath::Ignore,
            "prepend" => BasePath::Prepend,
            "split" => BasePath::Split,
            other => {
                return Err(Error::bad_request(format!(
                    "Invalid basepath parameter specified: {other}. Must be one of: [ignore, \
                     prepend, split]"
                )));
            }
        },
        ignore_documentation: call.queries("ignore").any(|what| what == "documentation"),
        endpoint_types: call
            .queries("endpointConfigurationTypes")
            .flat_map(|types| types.split(','))
            .map(str::to_owned)
            .collect(),
        account_id: call.account_id.to_owned(),
        region: call.region.to_owned(),
        now: now(),
    };
    let into = into.map(|api| &api.definition);
    let mut imported = openapi::import(call.body, into, mode, &settings).map_err(refusal)?;
    if call.flag("failonwarnings") && !imported.warnings.is_empty() {
        return Err(Error::bad_request(format!(
            "Warnings found during import:\n\t{}",
            imported.warnings.join("\n\t")
        )));
    }
    let api = &mut imported.definition.rest_api;
    let mut configuration = std::mem::take(&mut api.endpoint_configuration);
    if configuration.types == ["PRIVATE"] {
        configuration.ip_address_type.clear();
    }
    api.endpoint_configuration = rest_apis::endpoint_configuration(configuration)?;
    rest_apis::check_policy(api)?;
    Ok(imported)
}

fn keep(api: &mut Api, imported: Imported, mode: Mode) -> Answer {
    api.definition = imported.definition;
    keep_parts(api, imported.documentation_parts, mode);
    let answer = RestApi { warnings: imported.warnings, ..api.definition.rest_api.clone() };
    Ok(Reply::Json(rest_apis::document(&answer)))
}

/// Keeps documentation parts, in the place of those that are for the same, and returns their ids.
fn keep_parts(api: &mut Api, parts: Vec<DocumentationPart>, mode: Mode) -> Vec<String> {
    if mode == Mode::Overwrite {
        api.documentation_parts.clear();
    }
    let mut ids = Vec::new();
    for mut part in parts {
        part.location = documentation::located(part.location);
        let same = api.documentation_parts.values().find(|other| other.location == part.location);
        if let Some(same) = same {
            part.id.clone_from(&same.id);
        }
        ids.push(part.id.clone());
        api.documentation_parts.insert(part.id.clone(), part);
    }
    ids
}

/// `GetExport`: what a stage serves, with the documentation of the version it names.
pub(super) fn export(call: &Call<'_>, region: &mut Region) -> Answer {
    let api = call.api(region)?;
    let served = api
        .stages
        .get(call.path("stage"))
        .ok_or_else(|| Error::not_found("Invalid stage identifier specified"))?;
    let kind = call.path("type");
    let version = match kind {
        "oas30" => Version::Oas30,
        "swagger" => Version::Swagger,
        other => {
            return Err(Error::bad_request(format!("No API exporter for type '{other}'")));
        }
    };
    let accept = call.headers.get(http::header::ACCEPT).map(|accept| accept.as_bytes());
    let (format, extension) = match accept {
        None | Some(b"application/json" | b"*/*") => (Format::Json, "json"),
        Some(b"application/yaml") => (Format::Yaml, "yaml"),
        Some(_) => {
            return Err(Error::bad_request(
                "Unsupported Accept header. Must be one of: [application/json, application/yaml]",
            ));
        }
    };
    let mut extensions = Extensions::default();
    for name in call.queries("extensions").flat_map(|names| names.split(',')) {
        match name.trim() {
            "integrations" => extensions.integrations = true,
            "authorizers" => extensions.authorizers = true,
            "apigateway" => extensions.apigateway = true,
            "documentation" => extensions.documentation = true,
            "postman" => return Err(Error::Unsupported("an export for Postman")),
            "" => {}
            other => {
                return Err(Error::bad_request(format!("Invalid extension specified: {other}")));
            }
        }
    }
    let documented = served.stage.documentation_version.as_ref();
    let documented = documented.and_then(|version| api.documentation_versions.get(version));
    let parts = documented.map(|version| version.parts.as_slice()).unwrap_or_default();
    let region = call.region.to_owned();
    let settings = ExportSettings { version, extensions, format, region };
    let document = openapi::export(&served.definition, &served.stage, parts, &settings)
        .map_err(|error| Error::bad_request(error.to_string()))?;
    let api = &served.definition.rest_api;
    let version = api.version.clone().unwrap_or_else(|| {
        let created = jiff::Timestamp::from_second(api.created_date);
        created.map(|created| created.to_string()).unwrap_or_default()
    });
    Ok(Reply::File { content: document, name: format!("{kind}_{version}.{extension}") })
}
