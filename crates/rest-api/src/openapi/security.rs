//! Security schemes and requirements: authorizers, and what a method asks of its caller.
//!
//! A scheme is an authorizer if it has `x-amazon-apigateway-authorizer`, IAM if its authtype is
//! `awsSigv4`, an API key if it is one in the header `x-api-key`. Others exist only on paper: a
//! REST API cannot enforce them, so a method that asks for one gets a warning. AWS knows schemes of
//! the type `apiKey` only.

use std::collections::BTreeMap;

use super::dialect::Reader;
use super::ids::Ids;
use super::node::{Node, Object};
use super::reference;
use crate::model::Authorizer;

const AUTHORIZER_FIELDS: &[&str] = &[
    "type",
    "authorizerUri",
    "authorizerCredentials",
    "identitySource",
    "identityValidationExpression",
    "authorizerResultTtlInSeconds",
    "providerARNs",
];

#[derive(Debug)]
enum Scheme {
    Authorizer(Box<Authorizer>),
    Iam,
    ApiKey,
    OnPaper,
}

/// The security schemes of a document.
#[derive(Debug)]
pub(super) struct Security<'d> {
    schemes: BTreeMap<String, Scheme>,
    /// What an operation asks for that says nothing itself.
    default: Option<Node<'d>>,
}

/// What a method asks of its caller.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Authorization {
    /// None for `NONE`.
    pub(super) kind: Option<&'static str>,
    pub(super) authorizer_id: Option<String>,
    pub(super) scopes: Vec<String>,
    pub(super) api_key_required: bool,
}

impl<'d> Security<'d> {
    pub(super) fn read(reader: &Reader<'d>, ids: &Ids) -> Self {
        let mut schemes = BTreeMap::new();
        for (name, node) in reader.security_schemes().iter().flat_map(|all| all.entries()) {
            if let Some(object) = reference::object(&reader.root, node) {
                schemes.insert(name.to_owned(), scheme(name, &object, ids));
            }
        }
        Self { schemes, default: reader.root.get("security") }
    }

    /// All authorizers, whether or not a method asks for them.
    pub(super) fn authorizers(&self) -> BTreeMap<String, Authorizer> {
        let authorizers = self.schemes.values().filter_map(|scheme| match scheme {
            Scheme::Authorizer(authorizer) => Some(authorizer.as_ref().clone()),
            _ => None,
        });
        authorizers.map(|authorizer| (authorizer.id.clone(), authorizer)).collect()
    }

    /// What `operation` asks for. A method has one authorizer and perhaps an API key, so
    /// alternatives are not kept apart.
    pub(super) fn authorization(&self, operation: &Object<'d>) -> Authorization {
        let mut authorization = Authorization::default();
        let requirements = operation.get("security").or_else(|| self.default.clone());
        for requirement in requirements.iter().flat_map(|node| node.items()) {
            let Some(requirement) = requirement.object() else { continue };
            // A scheme without scopes, not even an empty list of them, is asked for all the same.
            for name in requirement.map.keys() {
                self.require(&mut authorization, operation, &requirement, name);
            }
        }
        explicit(&mut authorization, operation);
        authorization
    }

    fn require(
        &self,
        authorization: &mut Authorization,
        operation: &Object<'d>,
        requirement: &Object<'d>,
        name: &str,
    ) {
        let (kind, authorizer_id) = match self.schemes.get(name) {
            None => {
                return requirement
                    .error(&format!("asks for '{name}', which is no security scheme"));
            }
            Some(Scheme::OnPaper) => {
                return operation.warn(&format!(
                    "asks for the security scheme '{name}', which has no authorizer; it was ignored"
                ));
            }
            Some(Scheme::ApiKey) => return authorization.api_key_required = true,
            Some(Scheme::Iam) => ("AWS_IAM", None),
            Some(Scheme::Authorizer(authorizer)) => {
                (authorization_type(&authorizer.kind), Some(authorizer.id.clone()))
            }
        };
        let is_same =
            authorization.kind == Some(kind) && authorization.authorizer_id == authorizer_id;
        if authorization.kind.is_some() && !is_same {
            return operation.warn(&format!(
                "asks for more than one authorizer, and a method has one; '{name}' was ignored"
            ));
        }
        authorization.kind = Some(kind);
        authorization.authorizer_id = authorizer_id;
        if kind == "COGNITO_USER_POOLS" {
            authorization.scopes = requirement.strings(name);
        }
    }
}

/// `x-amazon-apigateway-auth` says of one operation what security schemes say of many.
fn explicit(authorization: &mut Authorization, operation: &Object<'_>) {
    let Some(auth) = operation.object("x-amazon-apigateway-auth") else { return };
    let Some(kind) = auth.required("type") else { return };
    match kind.to_ascii_uppercase().as_str() {
        "AWS_IAM" => authorization.kind = Some("AWS_IAM"),
        "NONE" => authorization.kind = None,
        _ => return auth.error(&format!("has the type '{kind}'; it must be NONE or AWS_IAM")),
    }
    authorization.authorizer_id = None;
    authorization.scopes.clear();
}

fn authorization_type(authorizer_type: &str) -> &'static str {
    if authorizer_type == "COGNITO_USER_POOLS" { "COGNITO_USER_POOLS" } else { "CUSTOM" }
}

/// AWS's words for what it does not know or cannot make.
fn scheme(name: &str, object: &Object<'_>, ids: &Ids) -> Scheme {
    if let Some(kind) = object.string("type").filter(|kind| kind != "apiKey") {
        object
            .report
            .warn(format!("Unsupported security definition type '{kind}' for '{name}'. Ignoring."));
        return Scheme::OnPaper;
    }
    let auth_type = object.string("x-amazon-apigateway-authtype");
    if let Some(extension) = object.object("x-amazon-apigateway-authorizer") {
        let authorizer = authorizer(name, object, &extension, auth_type, ids);
        return authorizer.map_or(Scheme::OnPaper, |it| Scheme::Authorizer(Box::new(it)));
    }
    match auth_type {
        Some(kind) if kind.eq_ignore_ascii_case("awsSigv4") => return Scheme::Iam,
        Some(_) => object.report.error(format!(
            "Unable to create authorizer from security definition: '{name}'. \
             Extension x-amazon-apigateway-authorizer is required."
        )),
        None => {}
    }
    let is = |member, value: &str| {
        object.string(member).is_some_and(|found| found.eq_ignore_ascii_case(value))
    };
    if is("in", "header") && is("name", "x-api-key") { Scheme::ApiKey } else { Scheme::OnPaper }
}

fn authorizer(
    name: &str,
    scheme: &Object<'_>,
    extension: &Object<'_>,
    auth_type: Option<String>,
    ids: &Ids,
) -> Option<Authorizer> {
    extension.warn_of_others(AUTHORIZER_FIELDS);
    let kind = extension.required("type")?.to_ascii_uppercase();
    if !matches!(kind.as_str(), "TOKEN" | "REQUEST" | "COGNITO_USER_POOLS") {
        extension.error(&format!(
            "has the type '{kind}'; it must be token, request or cognito_user_pools"
        ));
        return None;
    }
    let text = |name| extension.string(name).filter(|text| !text.is_empty());
    let provider_arns = extension.strings("providerARNs");
    let authorizer_uri = text("authorizerUri");
    if kind == "COGNITO_USER_POOLS" && provider_arns.is_empty() {
        extension.error("lacks 'providerARNs'");
    } else if kind != "COGNITO_USER_POOLS" && authorizer_uri.is_none() {
        extension.error("lacks 'authorizerUri'");
    }
    let ttl_seconds = extension.integer("authorizerResultTtlInSeconds");
    if ttl_seconds.is_some_and(|seconds| seconds > 3600) {
        extension.error("has an 'authorizerResultTtlInSeconds' above 3600");
    }
    let identity_source = text("identitySource")
        .or_else(|| if kind == "REQUEST" { None } else { credential_header(scheme) });
    Some(Authorizer {
        id: ids.authorizer(name),
        name: name.to_owned(),
        kind,
        provider_arns,
        auth_type,
        authorizer_uri,
        authorizer_credentials: text("authorizerCredentials"),
        identity_source,
        identity_validation_expression: text("identityValidationExpression"),
        authorizer_result_ttl_in_seconds: ttl_seconds,
    })
}

/// The header that the scheme itself names.
fn credential_header(scheme: &Object<'_>) -> Option<String> {
    Some(format!("method.request.header.{}", scheme.required("name")?))
}
