//! Importing over and into an API that is there.

use serde_json::json;

use super::*;
use crate::model::Model;

const SMALL: &str = "
    openapi: 3.0.1
    info: { title: small, version: '9' }
    x-amazon-apigateway-binary-media-types: [image/gif, image/png]
    paths: { '/files/{key}': { get: { responses: {} } }, /new: { post: { responses: {} } } }
    components: { schemas: { File: { type: string } } }";

#[track_caller]
fn update(document: &str, into: &Definition, mode: Mode) -> Definition {
    import(document.as_bytes(), Some(into), mode, &settings()).unwrap().definition
}

fn path_ids(definition: &Definition) -> std::collections::BTreeMap<&str, &str> {
    definition.resources.values().map(|it| (it.path.as_str(), it.id.as_str())).collect()
}

#[test]
fn importing_a_document_twice_changes_nothing() {
    for document in [PATTERNS, EVERYTHING] {
        let first = imported(document).definition;
        assert_eq!(update(document, &first, Mode::Overwrite), first);
        assert_eq!(update(document, &first, Mode::Merge), first);
    }
}

#[test]
fn a_new_api_has_a_root_an_id_and_no_default_models() {
    let definition = imported("{openapi: 3.0.1, info: {title: t}}").definition;
    assert_eq!(definition.rest_api.id.len(), 10);
    assert_eq!(definition.rest_api.created_date, 1_700_000_000);
    assert_eq!(definition.resources[&definition.rest_api.root_resource_id].path, "/");
    // Recorded: an import makes only the models that the document has.
    assert!(definition.models.is_empty());
}

#[test]
fn overwriting_keeps_the_api_and_replaces_what_it_consists_of() {
    let mut before = imported(EVERYTHING).definition;
    before.rest_api.tags.insert("team".to_owned(), "a".to_owned());
    before.rest_api.endpoint_configuration.types = vec!["PRIVATE".to_owned()];
    for name in ["Empty", "Mine"] {
        let model = Model { name: name.to_owned(), id: name.to_lowercase(), ..Model::default() };
        before.models.insert(name.to_owned(), model);
    }
    let after = update(SMALL, &before, Mode::Overwrite);

    let api = &after.rest_api;
    assert_eq!((&api.id, api.created_date), (&before.rest_api.id, before.rest_api.created_date));
    assert_eq!(api.tags, before.rest_api.tags);
    assert_eq!(api.endpoint_configuration, before.rest_api.endpoint_configuration);
    assert_eq!((api.name.as_str(), api.version.as_deref()), ("small", Some("9")));
    // Recorded: media types are replaced.
    assert_eq!(api.binary_media_types, ["image/gif", "image/png"]);
    assert_eq!((&api.policy, api.api_key_source.as_str()), (&None, "HEADER"));
    assert_eq!((api.minimum_compression_size, api.disable_execute_api_endpoint), (None, false));

    // Recorded: a resource whose path stays keeps its id.
    let (old, new) = (path_ids(&before), path_ids(&after));
    assert_eq!(new.keys().copied().collect::<Vec<_>>(), ["/", "/files", "/files/{key}", "/new"]);
    for path in ["/", "/files", "/files/{key}"] {
        assert_eq!(new[path], old[path], "{path}");
    }
    assert_eq!(api.root_resource_id, old["/"]);
    assert_eq!(methods(&after).keys().collect::<Vec<_>>(), ["GET /files/{key}", "POST /new"]);
    assert_eq!(after.models.keys().collect::<Vec<_>>(), ["Empty", "File"]);
    assert_eq!(after.models["File"].id, before.models["File"].id);
    assert!(after.authorizers.is_empty() && after.request_validators.is_empty());
    assert!(after.gateway_responses.is_empty());
}

#[test]
fn merging_adds_and_replaces_what_the_document_names() {
    let before = imported(EVERYTHING).definition;
    let after = update(SMALL, &before, Mode::Merge);

    // Recorded: media types are added.
    assert_eq!(
        after.rest_api.binary_media_types,
        ["image/png", "application/octet-stream", "image/gif"]
    );
    assert_eq!(after.rest_api.name, "small");
    assert_eq!(after.rest_api.policy, before.rest_api.policy);
    assert_eq!(after.authorizers, before.authorizers);
    assert_eq!(after.gateway_responses, before.gateway_responses);
    assert_eq!(after.models.len(), before.models.len());
    assert!(after.models["File"].schema.as_ref().unwrap().contains("string"));
    let (mut expected, merged) = (methods(&before), methods(&after));
    expected.insert("GET /files/{key}".to_owned(), merged["GET /files/{key}"].clone());
    expected.insert("POST /new".to_owned(), merged["POST /new"].clone());
    assert_eq!(merged, expected);
    assert_eq!(
        merged["GET /files/{key}"].get("methodIntegration"),
        None,
        "the method is replaced whole"
    );
}

#[test]
fn merging_may_refer_to_what_the_api_has() {
    let before = imported(EVERYTHING).definition;
    let document = get_x(
        "x-amazon-apigateway-request-validator: body, requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/File'}}}}",
    );
    let after = plain(&update(&document, &before, Mode::Merge));
    let method = &after["methods"]["GET /x"];
    assert_eq!(method["requestValidatorId"], "body");
    assert_eq!(method["requestModels"], json!({ "application/json": "File" }));
}

#[test]
fn merging_minds_the_variable_paths_that_are_there() {
    let before = imported(EVERYTHING).definition;
    let document = "{openapi: 3.0.1, info: {title: t}, paths: {'/files/{other}': {}}}";
    let refused = import(document.as_bytes(), Some(&before), Mode::Merge, &settings()).unwrap_err();
    assert!(refused.to_string().contains("A sibling ({key}) of this resource"), "{refused}");
    update(document, &before, Mode::Overwrite);
}

#[test]
fn an_api_keeps_its_name_if_the_document_has_none() {
    let before = imported(SMALL).definition;
    assert_eq!(update("{openapi: 3.0.1}", &before, Mode::Overwrite).rest_api.name, "small");
}

#[test]
fn the_caller_may_set_the_type_of_the_endpoint() {
    let settings = ImportSettings { endpoint_types: vec!["REGIONAL".to_owned()], ..settings() };
    let imported = import(SMALL.as_bytes(), None, Mode::Overwrite, &settings).unwrap();
    assert_eq!(imported.definition.rest_api.endpoint_configuration.types, ["REGIONAL"]);
}
