//! Which operation a request is for: every path of API Gateway's control plane on one page.

use http::Method;
use percent_encoding::percent_decode_str;

use super::call::{Answer, Call};
use super::{
    account, api_keys, authorizers, base_path_mappings, deployments, documentation, domain_names,
    gateway_responses, import, integration_responses, integrations, method_responses, methods,
    models, request_validators, resources, rest_apis, stages, tags, unsupported, usage_plans,
    vpc_links,
};
use crate::store::Region;

/// What an operation is: it reads a request, and may change what there is in its region.
pub(super) type Operation = fn(&Call<'_>, &mut Region) -> Answer;

/// Method, path, status code of success, operation. Placeholders are in braces; one that ends in
/// `+` takes the rest of the path. The first line that fits is taken.
type Route = (&'static str, &'static str, u16, Operation);

#[rustfmt::skip]
const ROUTES: &[Route] = &[
    ("GET",    "/account", 200, account::get),
    ("PATCH",  "/account", 200, account::update),

    ("POST",   "/apikeys?mode=import", 201, api_keys::import),
    ("POST",   "/apikeys", 201, api_keys::create),
    ("GET",    "/apikeys", 200, api_keys::list),
    ("GET",    "/apikeys/{key}", 200, api_keys::get),
    ("PATCH",  "/apikeys/{key}", 200, api_keys::update),
    ("DELETE", "/apikeys/{key}", 202, api_keys::delete),

    ("POST",   "/usageplans", 201, usage_plans::create),
    ("GET",    "/usageplans", 200, usage_plans::list),
    ("GET",    "/usageplans/{plan}", 200, usage_plans::get),
    ("PATCH",  "/usageplans/{plan}", 200, usage_plans::update),
    ("DELETE", "/usageplans/{plan}", 202, usage_plans::delete),
    ("GET",    "/usageplans/{plan}/usage", 200, usage_plans::usage),
    ("POST",   "/usageplans/{plan}/keys", 201, usage_plans::create_key),
    ("GET",    "/usageplans/{plan}/keys", 200, usage_plans::list_keys),
    ("GET",    "/usageplans/{plan}/keys/{key}", 200, usage_plans::get_key),
    ("DELETE", "/usageplans/{plan}/keys/{key}", 202, usage_plans::delete_key),
    ("PATCH",  "/usageplans/{plan}/keys/{key}/usage", 200, usage_plans::update_usage),

    ("POST",   "/domainnames", 201, domain_names::create),
    ("GET",    "/domainnames", 200, domain_names::list),
    ("GET",    "/domainnames/{domain}", 200, domain_names::get),
    ("PATCH",  "/domainnames/{domain}", 200, domain_names::update),
    ("DELETE", "/domainnames/{domain}", 202, domain_names::delete),
    ("POST",   "/domainnames/{domain}/basepathmappings", 201, base_path_mappings::create),
    ("GET",    "/domainnames/{domain}/basepathmappings", 200, base_path_mappings::list),
    ("GET",    "/domainnames/{domain}/basepathmappings/{base}", 200, base_path_mappings::get),
    ("PATCH",  "/domainnames/{domain}/basepathmappings/{base}", 200, base_path_mappings::update),
    ("DELETE", "/domainnames/{domain}/basepathmappings/{base}", 202, base_path_mappings::delete),

    ("POST",   "/domainnameaccessassociations", 201, unsupported::create_domain_name_access_association),
    ("GET",    "/domainnameaccessassociations", 200, unsupported::get_domain_name_access_associations),
    ("DELETE", "/domainnameaccessassociations/{arn+}", 202, unsupported::delete_domain_name_access_association),
    ("POST",   "/rejectdomainnameaccessassociations", 202, unsupported::reject_domain_name_access_association),

    ("POST",   "/vpclinks", 202, vpc_links::create),
    ("GET",    "/vpclinks", 200, vpc_links::list),
    ("GET",    "/vpclinks/{link}", 200, vpc_links::get),
    ("PATCH",  "/vpclinks/{link}", 200, vpc_links::update),
    ("DELETE", "/vpclinks/{link}", 202, vpc_links::delete),

    ("POST",   "/clientcertificates", 201, unsupported::generate_client_certificate),
    ("GET",    "/clientcertificates", 200, unsupported::client_certificates),
    ("GET",    "/clientcertificates/{certificate}", 200, unsupported::client_certificate),
    ("PATCH",  "/clientcertificates/{certificate}", 200, unsupported::client_certificate),
    ("DELETE", "/clientcertificates/{certificate}", 202, unsupported::client_certificate),

    ("GET",    "/tags/{arn+}", 200, tags::get),
    ("PUT",    "/tags/{arn+}", 204, tags::tag),
    ("DELETE", "/tags/{arn+}", 204, tags::untag),

    ("GET",    "/sdktypes", 200, unsupported::get_sdk_types),
    ("GET",    "/sdktypes/{sdk}", 200, unsupported::get_sdk_type),

    ("POST",   "/restapis?mode=import", 201, import::create),
    ("POST",   "/restapis", 201, rest_apis::create),
    ("GET",    "/restapis", 200, rest_apis::list),
    ("GET",    "/restapis/{api}", 200, rest_apis::get),
    ("PUT",    "/restapis/{api}", 200, import::put),
    ("PATCH",  "/restapis/{api}", 200, rest_apis::update),
    ("DELETE", "/restapis/{api}", 202, rest_apis::delete),

    ("GET",    "/restapis/{api}/resources", 200, resources::list),
    ("POST",   "/restapis/{api}/resources/{resource}", 201, resources::create),
    ("GET",    "/restapis/{api}/resources/{resource}", 200, resources::get),
    ("PATCH",  "/restapis/{api}/resources/{resource}", 200, resources::update),
    ("DELETE", "/restapis/{api}/resources/{resource}", 202, resources::delete),

    ("PUT",    "/restapis/{api}/resources/{resource}/methods/{method}", 201, methods::put),
    ("GET",    "/restapis/{api}/resources/{resource}/methods/{method}", 200, methods::get),
    ("PATCH",  "/restapis/{api}/resources/{resource}/methods/{method}", 200, methods::update),
    ("DELETE", "/restapis/{api}/resources/{resource}/methods/{method}", 204, methods::delete),
    ("POST",   "/restapis/{api}/resources/{resource}/methods/{method}", 200, unsupported::test_invoke_method),

    ("PUT",    "/restapis/{api}/resources/{resource}/methods/{method}/responses/{status}", 201, method_responses::put),
    ("GET",    "/restapis/{api}/resources/{resource}/methods/{method}/responses/{status}", 200, method_responses::get),
    ("PATCH",  "/restapis/{api}/resources/{resource}/methods/{method}/responses/{status}", 201, method_responses::update),
    ("DELETE", "/restapis/{api}/resources/{resource}/methods/{method}/responses/{status}", 204, method_responses::delete),

    ("PUT",    "/restapis/{api}/resources/{resource}/methods/{method}/integration", 201, integrations::put),
    ("GET",    "/restapis/{api}/resources/{resource}/methods/{method}/integration", 200, integrations::get),
    ("PATCH",  "/restapis/{api}/resources/{resource}/methods/{method}/integration", 200, integrations::update),
    ("DELETE", "/restapis/{api}/resources/{resource}/methods/{method}/integration", 204, integrations::delete),

    ("PUT",    "/restapis/{api}/resources/{resource}/methods/{method}/integration/responses/{status}", 201, integration_responses::put),
    ("GET",    "/restapis/{api}/resources/{resource}/methods/{method}/integration/responses/{status}", 200, integration_responses::get),
    ("PATCH",  "/restapis/{api}/resources/{resource}/methods/{method}/integration/responses/{status}", 200, integration_responses::update),
    ("DELETE", "/restapis/{api}/resources/{resource}/methods/{method}/integration/responses/{status}", 204, integration_responses::delete),

    ("POST",   "/restapis/{api}/models", 201, models::create),
    ("GET",    "/restapis/{api}/models", 200, models::list),
    ("GET",    "/restapis/{api}/models/{model}", 200, models::get),
    ("PATCH",  "/restapis/{api}/models/{model}", 200, models::update),
    ("DELETE", "/restapis/{api}/models/{model}", 202, models::delete),
    ("GET",    "/restapis/{api}/models/{model}/default_template", 200, models::default_template),

    ("POST",   "/restapis/{api}/requestvalidators", 201, request_validators::create),
    ("GET",    "/restapis/{api}/requestvalidators", 200, request_validators::list),
    ("GET",    "/restapis/{api}/requestvalidators/{validator}", 200, request_validators::get),
    ("PATCH",  "/restapis/{api}/requestvalidators/{validator}", 200, request_validators::update),
    ("DELETE", "/restapis/{api}/requestvalidators/{validator}", 202, request_validators::delete),

    ("POST",   "/restapis/{api}/authorizers", 201, authorizers::create),
    ("GET",    "/restapis/{api}/authorizers", 200, authorizers::list),
    ("GET",    "/restapis/{api}/authorizers/{authorizer}", 200, authorizers::get),
    ("PATCH",  "/restapis/{api}/authorizers/{authorizer}", 200, authorizers::update),
    ("DELETE", "/restapis/{api}/authorizers/{authorizer}", 202, authorizers::delete),
    ("POST",   "/restapis/{api}/authorizers/{authorizer}", 200, unsupported::test_invoke_authorizer),

    ("GET",    "/restapis/{api}/gatewayresponses", 200, gateway_responses::list),
    ("PUT",    "/restapis/{api}/gatewayresponses/{type}", 201, gateway_responses::put),
    ("GET",    "/restapis/{api}/gatewayresponses/{type}", 200, gateway_responses::get),
    ("PATCH",  "/restapis/{api}/gatewayresponses/{type}", 200, gateway_responses::update),
    ("DELETE", "/restapis/{api}/gatewayresponses/{type}", 202, gateway_responses::delete),

    ("POST",   "/restapis/{api}/documentation/parts", 201, documentation::create_part),
    ("GET",    "/restapis/{api}/documentation/parts", 200, documentation::list_parts),
    ("PUT",    "/restapis/{api}/documentation/parts", 200, import::documentation_parts),
    ("GET",    "/restapis/{api}/documentation/parts/{part}", 200, documentation::get_part),
    ("PATCH",  "/restapis/{api}/documentation/parts/{part}", 200, documentation::update_part),
    ("DELETE", "/restapis/{api}/documentation/parts/{part}", 202, documentation::delete_part),
    ("POST",   "/restapis/{api}/documentation/versions", 201, documentation::create_version),
    ("GET",    "/restapis/{api}/documentation/versions", 200, documentation::list_versions),
    ("GET",    "/restapis/{api}/documentation/versions/{version}", 200, documentation::get_version),
    ("PATCH",  "/restapis/{api}/documentation/versions/{version}", 200, documentation::update_version),
    ("DELETE", "/restapis/{api}/documentation/versions/{version}", 202, documentation::delete_version),

    ("POST",   "/restapis/{api}/deployments", 201, deployments::create),
    ("GET",    "/restapis/{api}/deployments", 200, deployments::list),
    ("GET",    "/restapis/{api}/deployments/{deployment}", 200, deployments::get),
    ("PATCH",  "/restapis/{api}/deployments/{deployment}", 200, deployments::update),
    ("DELETE", "/restapis/{api}/deployments/{deployment}", 202, deployments::delete),

    ("POST",   "/restapis/{api}/stages", 201, stages::create),
    ("GET",    "/restapis/{api}/stages", 200, stages::list),
    ("GET",    "/restapis/{api}/stages/{stage}", 200, stages::get),
    ("PATCH",  "/restapis/{api}/stages/{stage}", 200, stages::update),
    ("DELETE", "/restapis/{api}/stages/{stage}", 202, stages::delete),
    ("DELETE", "/restapis/{api}/stages/{stage}/cache/data", 202, stages::flush),
    ("DELETE", "/restapis/{api}/stages/{stage}/cache/authorizers", 202, stages::flush),
    ("GET",    "/restapis/{api}/stages/{stage}/exports/{type}", 200, import::export),
    ("GET",    "/restapis/{api}/stages/{stage}/sdks/{sdk}", 200, unsupported::get_sdk),
];

/// A route that fits a request, and what it found in the path.
pub(super) struct Found {
    pub(super) operation: Operation,
    pub(super) status: u16,
    pub(super) path: Vec<(&'static str, String)>,
}

/// The operation of a request, of which `query` is the whole query string.
pub(super) fn find(method: &Method, path: &str, query: &str) -> Option<Found> {
    let segments: Vec<_> = path.strip_prefix('/')?.trim_end_matches('/').split('/').collect();
    ROUTES.iter().find_map(|(verb, pattern, status, operation)| {
        let (pattern, condition) = pattern.split_once('?').unwrap_or((pattern, ""));
        let fits = method == verb
            && (condition.is_empty() || query.split('&').any(|pair| pair == condition));
        let path = if fits { captured(pattern, &segments)? } else { return None };
        Some(Found { operation: *operation, status: *status, path })
    })
}

fn captured(pattern: &'static str, segments: &[&str]) -> Option<Vec<(&'static str, String)>> {
    let mut found = Vec::new();
    let mut rest = segments;
    for part in pattern[1..].split('/') {
        let placeholder = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
        let (segment, after) = rest.split_first()?;
        match placeholder {
            None if part == *segment => rest = after,
            None => return None,
            Some(name) => match name.strip_suffix('+') {
                Some(name) => {
                    found.push((name, decoded(&rest.join("/"))));
                    return Some(found);
                }
                None if segment.is_empty() => return None,
                None => {
                    found.push((name, decoded(segment)));
                    rest = after;
                }
            },
        }
    }
    rest.is_empty().then_some(found)
}

fn decoded(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

/// Whether a path belongs to the control plane. `/restapis/{api}/{stage}/_user_request_/` does not:
/// it calls an API.
pub(super) fn owns(path: &str) -> bool {
    let mut segments = path.trim_start_matches('/').split('/');
    match segments.next().unwrap_or_default() {
        "restapis" => segments.nth(2) != Some("_user_request_"),
        "account"
        | "apikeys"
        | "clientcertificates"
        | "domainnameaccessassociations"
        | "domainnames"
        | "rejectdomainnameaccessassociations"
        | "sdktypes"
        | "usageplans"
        | "vpclinks" => true,
        // Other services have paths of tags too, and so has version 2 of API Gateway.
        "tags" => {
            let arn = decoded(&segments.collect::<Vec<_>>().join("/"));
            let mut parts = arn.splitn(6, ':');
            let owned = ["/restapis", "/apikeys", "/clientcertificates", "/domainnames"];
            let owned = owned.iter().chain(&["/usageplans", "/vpclinks"]);
            parts.nth(2) == Some("apigateway")
                && parts.nth(2).is_some_and(|name| owned.clone().any(|it| name.starts_with(it)))
        }
        _ => false,
    }
}
