//! Documentation parts and versions. Importing them is in `import`.

use serde::Deserialize;

use super::call::{Answer, Call, Reply, show};
use super::error::Error;
use super::page::page;
use super::patch::{Kind, REPLACE, Table, Wording, patched, rule};
use super::{now, stages};
use crate::id;
use crate::model::{DocumentationPart, DocumentationPartLocation, DocumentationVersion};
use crate::store::{Api, Region};

const EMPTY: &str = "Documentation part properties must be non-empty";

/// In the order in which AWS's errors list them.
const TYPES: [&str; 12] = [
    "RESPONSE_BODY",
    "RESPONSE",
    "METHOD",
    "MODEL",
    "AUTHORIZER",
    "RESPONSE_HEADER",
    "RESOURCE",
    "PATH_PARAMETER",
    "REQUEST_BODY",
    "QUERY_PARAMETER",
    "API",
    "REQUEST_HEADER",
];

const PART_PATCH: Table = Table {
    input: "updateDocumentationPartInput",
    wording: Wording::Listed,
    rules: &[rule("/properties", REPLACE, Kind::Required(EMPTY))],
};

const VERSION_PATCH: Table = Table {
    input: "updateDocumentationVersionInput",
    wording: Wording::Listed,
    rules: &[rule("/description", REPLACE, Kind::Text)],
};

/// `CreateDocumentationPart`
pub(super) fn create_part(call: &Call<'_>, region: &mut Region) -> Answer {
    let given: DocumentationPart = call.input()?;
    if !TYPES.contains(&given.location.kind.as_str()) {
        let member = "createDocumentationPartInput.location.type";
        return Err(Error::not_one_of(&given.location.kind, member, &TYPES));
    }
    let api = call.api(region)?;
    check_properties(&given)?;
    let part = DocumentationPart {
        id: id::new(id::SHORT),
        location: located(given.location),
        properties: given.properties,
    };
    if api.documentation_parts.values().any(|other| other.location == part.location) {
        return Err(Error::conflict(
            "Documentation part already exists for the specified location",
        ));
    }
    let shown = show(&part);
    api.documentation_parts.insert(part.id.clone(), part);
    shown
}

/// A location with what AWS fills in: any path and any method where a type has them.
pub(super) fn located(mut location: DocumentationPartLocation) -> DocumentationPartLocation {
    let rooted = !matches!(location.kind.as_str(), "API" | "AUTHORIZER" | "MODEL");
    if rooted {
        location.path.get_or_insert_with(|| "/".to_owned());
        if location.kind != "RESOURCE" {
            location.method.get_or_insert_with(|| "*".to_owned());
        }
        if location.kind.starts_with("RESPONSE") {
            location.status_code.get_or_insert_with(|| "*".to_owned());
        }
    }
    location
}

/// `GetDocumentationPart`
pub(super) fn get_part(call: &Call<'_>, region: &mut Region) -> Answer {
    show(find_part(call, region)?)
}

/// `GetDocumentationParts`
pub(super) fn list_parts(call: &Call<'_>, region: &mut Region) -> Answer {
    let parts = &call.api(region)?.documentation_parts;
    let is = |wanted: Option<&str>, value: Option<&str>| {
        wanted.is_none_or(|wanted| value == Some(wanted))
    };
    let wanted = parts.iter().filter(|(_, part)| {
        is(call.query("type"), Some(&part.location.kind))
            && is(call.query("name"), part.location.name.as_deref())
            && is(call.query("path"), part.location.path.as_deref())
    });
    page(call, wanted.map(|(id, part)| (id.as_str(), part)))
}

/// `UpdateDocumentationPart`
pub(super) fn update_part(call: &Call<'_>, region: &mut Region) -> Answer {
    let part = find_part(call, region)?;
    let changed = patched(call, &PART_PATCH, part)?;
    check_properties(&changed)?;
    *part = changed;
    show(part)
}

/// `DeleteDocumentationPart`
pub(super) fn delete_part(call: &Call<'_>, region: &mut Region) -> Answer {
    let parts = &mut call.api(region)?.documentation_parts;
    match parts.remove(call.path("part")) {
        Some(_) => Ok(Reply::Nothing),
        None => Err(Error::not_found("Invalid Documentation part identifier specified")),
    }
}

fn find_part<'r>(
    call: &Call<'_>,
    region: &'r mut Region,
) -> Result<&'r mut DocumentationPart, Error> {
    region
        .apis
        .get_mut(call.path("api"))
        .and_then(|api| api.documentation_parts.get_mut(call.path("part")))
        .ok_or_else(|| Error::not_found("Invalid Documentation part identifier specified"))
}

fn check_properties(part: &DocumentationPart) -> Result<(), Error> {
    if part.properties.is_empty() {
        return Err(Error::bad_request(EMPTY));
    }
    let parsed: Result<serde_json::Map<String, serde_json::Value>, _> =
        serde_json::from_str(&part.properties);
    match parsed {
        Ok(_) => Ok(()),
        Err(error) => Err(Error::bad_request(format!(
            "Documentation part properties must be a valid JSON object: {error}"
        ))),
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CreateVersion {
    documentation_version: String,
    stage_name: Option<String>,
    description: Option<String>,
}

/// `CreateDocumentationVersion`: a snapshot of the parts.
pub(super) fn create_version(call: &Call<'_>, region: &mut Region) -> Answer {
    let input: CreateVersion = call.input()?;
    let api = call.api(region)?;
    let name = input.documentation_version;
    if name.is_empty() {
        return Err(Error::bad_request("Documentation version must be non-empty"));
    }
    if api.documentation_versions.contains_key(&name) {
        return Err(Error::conflict("Documentation version already exists"));
    }
    if api.documentation_parts.is_empty() {
        return Err(Error::bad_request("No documentation parts exist for this API"));
    }
    let stage = match input.stage_name {
        Some(stage) => Some(stage_with(api, &stage, &name)?),
        None => None,
    };
    let version = DocumentationVersion {
        version: name.clone(),
        created_date: now(),
        description: input.description,
        parts: api.documentation_parts.values().cloned().collect(),
    };
    let shown = show(&version);
    api.documentation_versions.insert(name, version);
    if let Some(stage) = stage {
        stages::serve(call, api, stage)?;
    }
    shown
}

fn stage_with(api: &Api, stage: &str, version: &str) -> Result<crate::model::Stage, Error> {
    let served = api
        .stages
        .get(stage)
        .ok_or_else(|| Error::not_found("Invalid stage identifier specified"))?;
    let mut stage = served.stage.clone();
    stage.documentation_version = Some(version.to_owned());
    stages::checked(stage)
}

/// `GetDocumentationVersion`
pub(super) fn get_version(call: &Call<'_>, region: &mut Region) -> Answer {
    show(find_version(call, region)?)
}

/// `GetDocumentationVersions`
pub(super) fn list_versions(call: &Call<'_>, region: &mut Region) -> Answer {
    let versions = &call.api(region)?.documentation_versions;
    page(call, versions.iter().map(|(name, version)| (name.as_str(), version)))
}

/// `UpdateDocumentationVersion`
pub(super) fn update_version(call: &Call<'_>, region: &mut Region) -> Answer {
    let version = find_version(call, region)?;
    let changed = patched(call, &VERSION_PATCH, version)?;
    version.description = changed.description;
    show(version)
}

/// `DeleteDocumentationVersion`
pub(super) fn delete_version(call: &Call<'_>, region: &mut Region) -> Answer {
    let name = find_version(call, region)?.version.clone();
    let api = call.api(region)?;
    let user = api
        .stages
        .values()
        .find(|served| served.stage.documentation_version.as_ref() == Some(&name));
    if let Some(served) = user {
        return Err(Error::bad_request(format!(
            "Documentation version {name} is used by stage {}",
            served.stage.stage_name
        )));
    }
    api.documentation_versions.remove(&name);
    Ok(Reply::Nothing)
}

fn find_version<'r>(
    call: &Call<'_>,
    region: &'r mut Region,
) -> Result<&'r mut DocumentationVersion, Error> {
    let versions = &mut call.api(region)?.documentation_versions;
    versions
        .get_mut(call.path("version"))
        .ok_or_else(|| Error::not_found("Invalid Documentation version identifier specified"))
}
