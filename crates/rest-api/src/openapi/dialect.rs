//! Where Swagger 2.0 and OpenAPI 3.0 keep the same thing in different places.
//!
//! Swagger has the body among the parameters and media types in `consumes` and `produces`; OpenAPI
//! has both in `requestBody` and `content`. Shared parts have other names. All other readers see
//! one document.

use super::ImportSettings;
use super::document::{Document, Version};
use super::node::{Node, Object};
use super::reference;
use super::report::Report;

/// A document that is being read.
#[derive(Debug)]
pub(super) struct Reader<'d> {
    pub(super) root: Object<'d>,
    pub(super) version: Version,
    pub(super) report: &'d Report,
    pub(super) settings: &'d ImportSettings,
}

impl<'d> Reader<'d> {
    /// `None`, reported, if the document is no object.
    pub(super) fn new(
        document: &'d Document,
        report: &'d Report,
        settings: &'d ImportSettings,
    ) -> Option<Self> {
        let root = Node { value: &document.root, place: "#".to_owned(), report }.object()?;
        Some(Self { root, version: document.version, report, settings })
    }

    pub(super) fn schemas(&self) -> Option<Object<'d>> {
        match self.version {
            Version::Swagger => self.root.object("definitions"),
            Version::Oas30 => self.root.object("components")?.object("schemas"),
        }
    }

    pub(super) fn security_schemes(&self) -> Option<Object<'d>> {
        match self.version {
            Version::Swagger => self.root.object("securityDefinitions"),
            Version::Oas30 => self.root.object("components")?.object("securitySchemes"),
        }
    }

    /// The name in a reference to a shared schema.
    pub(super) fn schema_name<'r>(&self, reference: &'r str) -> Option<&'r str> {
        let section = match self.version {
            Version::Swagger => "#/definitions/",
            Version::Oas30 => "#/components/schemas/",
        };
        reference.strip_prefix(section).filter(|name| !name.contains('/'))
    }

    /// Media types and schemas of what an operation takes.
    pub(super) fn request_bodies(
        &self,
        operation: &Object<'d>,
        parameters: &[Object<'d>],
    ) -> Vec<(String, Node<'d>)> {
        match self.version {
            Version::Oas30 => {
                let body = operation.get("requestBody");
                let body = body.and_then(|body| reference::object(&self.root, body));
                body.map(|body| self.contents(&body)).unwrap_or_default()
            }
            Version::Swagger => {
                let is_body = |parameter: &&Object<'d>| {
                    parameter.map.get("in").and_then(|place| place.as_str()) == Some("body")
                };
                let schema = parameters.iter().find(is_body).and_then(|body| body.get("schema"));
                self.for_each_type(operation, "consumes", schema)
            }
        }
    }

    /// Media types and schemas of a response.
    pub(super) fn response_bodies(
        &self,
        operation: &Object<'d>,
        response: &Object<'d>,
    ) -> Vec<(String, Node<'d>)> {
        match self.version {
            Version::Oas30 => self.contents(response),
            Version::Swagger => self.for_each_type(operation, "produces", response.get("schema")),
        }
    }

    /// The path that all paths are said to be below, with one slash before each segment and none
    /// at the end.
    pub(super) fn base_path(&self) -> String {
        let path = match self.version {
            Version::Swagger => self.root.string("basePath"),
            Version::Oas30 => self.server_path(),
        };
        let path = path.unwrap_or_default();
        let segments = path.split('/').filter(|segment| !segment.is_empty());
        segments.flat_map(|segment| ["/", segment]).collect()
    }

    /// AWS looks at one server only.
    pub(super) fn first_server(&self) -> Option<Object<'d>> {
        let servers = self.root.items("servers");
        if servers.len() > 1 {
            self.report.warn(
                "More than one server provided. Ignoring all but the first for defining endpoint \
                 configuration",
            );
        }
        servers.first()?.object()
    }

    /// The variable `basePath` of a server stands for the whole path, even if the URL has more.
    fn server_path(&self) -> Option<String> {
        let server = self.first_server()?;
        let mut url = server.string("url").unwrap_or_default();
        for (name, variable) in server.object("variables").iter().flat_map(|all| all.entries()) {
            let Some(default) = variable.object().and_then(|it| it.required("default")) else {
                continue;
            };
            if name == "basePath" {
                return Some(default);
            }
            url = url.replace(&format!("{{{name}}}"), &default);
        }
        let after_scheme = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        let path = after_scheme.find('/').map(|start| &after_scheme[start..]);
        path.map(|path| path.split(['?', '#']).next().unwrap_or_default().to_owned())
    }

    fn contents(&self, body: &Object<'d>) -> Vec<(String, Node<'d>)> {
        let Some(contents) = body.object("content") else { return Vec::new() };
        let schema = |(media_type, content): (&str, Node<'d>)| {
            Some((media_type.to_owned(), content.object()?.get("schema")?))
        };
        contents.entries().filter_map(schema).collect()
    }

    fn for_each_type(
        &self,
        operation: &Object<'d>,
        types: &str,
        schema: Option<Node<'d>>,
    ) -> Vec<(String, Node<'d>)> {
        let Some(schema) = schema else { return Vec::new() };
        let listed = operation.get(types).or_else(|| self.root.get(types));
        let mut media_types = listed.map(|types| types.strings()).unwrap_or_default();
        if media_types.is_empty() {
            media_types.push("application/json".to_owned());
        }
        media_types.into_iter().map(|media_type| (media_type, schema.clone())).collect()
    }
}
