//! APIs that come ready made: from an OpenAPI document, or as another control plane serves them.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

use aws_call::{Aws, Call, Outbound};
use bytes::Bytes;
use http::{HeaderMap, Uri};
use serde_json::Value;

use crate::control::now;
use crate::gateway::Gateway;
use crate::model::{Definition, Method, RestApi, Stage};
use crate::openapi::{self, ImportSettings, Mode};

/// An API that was loaded and is served.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The id of the API.
    pub api: String,
    /// Its name.
    pub name: String,
    /// The stage that serves it.
    pub stage: String,
    /// Its methods, such as `GET /pets/{id}`, in the order of the paths.
    pub methods: Vec<String>,
    /// What the document asks for and will not happen.
    pub warnings: Vec<String>,
}

/// Why there is no API to serve.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The document has mistakes; the cause lists them all.
    #[error("the document cannot be imported")]
    Document(#[source] Box<dyn Error + Send + Sync>),
    /// The control plane cannot be asked.
    #[error("the control plane did not answer {path}")]
    Unreachable {
        /// What was asked for.
        path: String,
        /// Why there is no answer.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The control plane refused.
    #[error("the control plane answered {path} with {status}: {body}")]
    Refused {
        /// What was asked for.
        path: String,
        /// The HTTP status.
        status: u16,
        /// What it said.
        body: String,
    },
    /// One stage cannot be served; the others can.
    #[error("stage {stage} of API {api} is not served")]
    Stage {
        /// The id of the API.
        api: String,
        /// The name of the stage.
        stage: String,
        /// Why not.
        source: Box<LoadError>,
    },
    /// No API of the control plane has a stage.
    #[error("the control plane has no stage of {}", api.as_deref().unwrap_or("any API"))]
    NoStage {
        /// The API that was asked for.
        api: Option<String>,
    },
}

impl Gateway {
    /// Serves what an OpenAPI document describes under an id and a stage of the caller's choice.
    /// What was served there before is replaced.
    ///
    /// # Errors
    /// [`LoadError::Document`]; then what was served before is served still.
    pub fn load(
        &self,
        api: &str,
        stage: &str,
        variables: BTreeMap<String, String>,
        document: &[u8],
    ) -> Result<Loaded, LoadError> {
        let region = region();
        let into = self.control.definition(api).unwrap_or_else(|| named(api));
        let settings = ImportSettings {
            account_id: self.control.account_id().to_owned(),
            region: region.clone(),
            now: now(),
            ..ImportSettings::default()
        };
        let imported = openapi::import(document, Some(&into), Mode::Overwrite, &settings)
            .map_err(|refused| LoadError::Document(refused.into()))?;
        let mut warnings = imported.warnings;
        warnings.extend(without_integration(&imported.definition));
        let loaded = Loaded {
            api: api.to_owned(),
            name: imported.definition.rest_api.name.clone(),
            stage: stage.to_owned(),
            methods: methods(&imported.definition),
            warnings,
        };
        let stage = Stage { stage_name: stage.to_owned(), variables, ..Stage::default() };
        self.control.deploy(&region, imported.definition, stage);
        Ok(loaded)
    }

    /// Serves what another control plane serves, each stage of its APIs or of one of them, under the
    /// ids that they have there. The requests are signed with the credentials of the environment. A
    /// stage that cannot be served has [`LoadError::Stage`] in its place.
    ///
    /// # Errors
    /// If the control plane does not tell its APIs and stages, or there is no stage.
    pub async fn load_from(
        &self,
        control_plane: Uri,
        api: Option<&str>,
    ) -> Result<Vec<Result<Loaded, LoadError>>, LoadError> {
        let source = Source {
            aws: Aws::new(Arc::new(Outbound::new()), Some(control_plane)),
            region: region(),
        };
        let apis = match api {
            Some(api) => vec![api.to_owned()],
            None => strings(&source.json("/restapis?limit=500").await?["item"], "id"),
        };
        let mut loaded = Vec::new();
        for api in apis {
            let stages = source.json(&format!("/restapis/{api}/stages")).await?;
            for stage in stages["item"].as_array().into_iter().flatten() {
                let name = stage["stageName"].as_str().unwrap_or_default();
                let variables = serde_json::from_value(stage["variables"].clone());
                let variables = variables.unwrap_or_default();
                let document = source.export(&api, name).await;
                let served = document.and_then(|it| self.load(&api, name, variables, &it));
                loaded.push(served.map_err(|error| LoadError::Stage {
                    api: api.clone(),
                    stage: name.to_owned(),
                    source: Box::new(error),
                }));
            }
        }
        if loaded.is_empty() {
            return Err(LoadError::NoStage { api: api.map(str::to_owned) });
        }
        Ok(loaded)
    }
}

/// A control plane that is read.
struct Source {
    aws: Aws,
    region: String,
}

impl Source {
    /// What a stage serves.
    async fn export(&self, api: &str, stage: &str) -> Result<Bytes, LoadError> {
        self.read(&format!("/restapis/{api}/stages/{stage}/exports/oas30?extensions=apigateway"))
            .await
    }

    async fn json(&self, path: &str) -> Result<Value, LoadError> {
        let body = self.read(path).await?;
        let unreadable = |error: serde_json::Error| LoadError::Unreachable {
            path: path.to_owned(),
            source: error.into(),
        };
        serde_json::from_slice(&body).map_err(unreadable)
    }

    async fn read(&self, path: &str) -> Result<Bytes, LoadError> {
        let mut headers = HeaderMap::new();
        headers.insert("accept", "application/json".parse().expect("a valid value"));
        let call = Call {
            service: "apigateway",
            host: "apigateway",
            region: &self.region,
            method: http::Method::GET,
            path_and_query: path,
            headers,
            body: Bytes::new(),
            role: None,
        };
        let response = self.aws.call(call).await.map_err(|error| LoadError::Unreachable {
            path: path.to_owned(),
            source: error.into(),
        })?;
        if !response.status().is_success() {
            return Err(LoadError::Refused {
                path: path.to_owned(),
                status: response.status().as_u16(),
                body: String::from_utf8_lossy(response.body()).into_owned(),
            });
        }
        Ok(response.into_body())
    }
}

/// The region that every SDK takes from the environment.
fn region() -> String {
    let variables = ["AWS_REGION", "AWS_DEFAULT_REGION"].into_iter();
    let mut regions = variables.filter_map(|name| std::env::var(name).ok());
    regions.find(|region| !region.is_empty()).unwrap_or_else(|| "us-east-1".to_owned())
}

/// An API that has only an id, for an import to fill.
fn named(api: &str) -> Definition {
    let rest_api = RestApi {
        id: api.to_owned(),
        created_date: now(),
        api_key_source: "HEADER".to_owned(),
        ..RestApi::default()
    };
    Definition { rest_api, ..Definition::default() }
}

fn methods(definition: &Definition) -> Vec<String> {
    sorted(definition).map(|(name, _)| name).collect()
}

/// AWS would not deploy such an API; here its other methods are served.
fn without_integration(definition: &Definition) -> Vec<String> {
    let lacking = sorted(definition).filter(|(_, method)| method.method_integration.is_none());
    lacking.map(|(name, _)| format!("{name} has no integration, so it answers 500")).collect()
}

/// Methods such as `GET /pets/{id}`, in the order of the paths.
fn sorted(definition: &Definition) -> impl Iterator<Item = (String, &Method)> {
    let mut resources: Vec<_> = definition.resources.values().collect();
    resources.sort_by(|one, other| one.path.cmp(&other.path));
    resources.into_iter().flat_map(|resource| {
        let name = move |verb: &String| format!("{verb} {}", resource.path);
        resource.resource_methods.iter().map(move |(verb, method)| (name(verb), method))
    })
}

fn strings(items: &Value, field: &str) -> Vec<String> {
    let items = items.as_array().into_iter().flatten();
    items.filter_map(|item| item[field].as_str().map(str::to_owned)).collect()
}
