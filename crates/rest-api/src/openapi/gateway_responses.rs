//! `x-amazon-apigateway-gateway-responses`: what the gateway itself answers when it refuses a
//! request.

use std::collections::BTreeMap;

use super::node::Object;
use crate::model::GatewayResponse;
use crate::rules::gateway_responses::{check, is_type};

const FIELDS: &[&str] = &["statusCode", "responseParameters", "responseTemplates"];

pub(super) fn read(root: &Object<'_>) -> BTreeMap<String, GatewayResponse> {
    let Some(all) = root.object("x-amazon-apigateway-gateway-responses") else {
        return BTreeMap::new();
    };
    let mut responses = BTreeMap::new();
    for (response_type, node) in all.entries() {
        let Some(response) = node.object() else { continue };
        if !is_type(response_type) {
            node.error("is not a type of gateway response");
            continue;
        }
        response.warn_of_others(FIELDS);
        let response = GatewayResponse {
            response_type: response_type.to_owned(),
            status_code: response.scalar("statusCode"),
            response_parameters: response.string_map("responseParameters"),
            response_templates: response.string_map("responseTemplates"),
            default_response: false,
        };
        if let Err(reason) = check(&response) {
            node.report
                .error(format!("Unable to put gateway response '{response_type}': {reason}"));
            continue;
        }
        responses.insert(response_type.to_owned(), response);
    }
    responses
}
