//! One request to the control plane, taken apart: what its path, query and body say.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::error::Error;
use crate::model::{Integration, Method, Resource};
use crate::store::{Api, Region};

/// A request, with what its route found in the path.
pub(super) struct Call<'a> {
    pub(super) account_id: &'a str,
    pub(super) region: &'a str,
    /// Names of the route's placeholders and the decoded segments that stand for them.
    pub(super) path: Vec<(&'static str, String)>,
    pub(super) query: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a Bytes,
}

/// What an operation answers.
#[derive(Debug)]
pub(super) enum Reply {
    Nothing,
    Json(Value),
    /// To be saved under a name.
    File {
        content: String,
        name: String,
    },
}

impl Reply {
    /// As HTTP, but for the status.
    pub(super) fn response(self) -> Response<Bytes> {
        let (content, media_type, name) = match self {
            Self::Nothing => (String::new(), "application/json", None),
            Self::Json(document) => (document.to_string(), "application/json", None),
            Self::File { content, name } => (content, "application/octet-stream", Some(name)),
        };
        let mut response = Response::new(Bytes::from(content));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        let disposition = name.map(|name| format!("attachment; filename=\"{name}\""));
        // A version may have characters that a header may not; the file then goes without a name.
        if let Some(Ok(value)) = disposition.map(HeaderValue::try_from) {
            headers.insert(header::CONTENT_DISPOSITION, value);
        }
        response
    }
}

/// The answer of an operation, or why it refuses.
pub(super) type Answer = Result<Reply, Error>;

/// Answers with a document.
pub(super) fn show(document: &impl Serialize) -> Answer {
    Ok(Reply::Json(to_value(document)))
}

/// A document of the model as JSON.
pub(super) fn to_value(document: &impl Serialize) -> Value {
    serde_json::to_value(document).expect("documents have text for keys and finite numbers")
}

impl Call<'_> {
    /// What stands for `{name}` of the route.
    pub(super) fn path(&self, name: &'static str) -> &str {
        let found = self.path.iter().find(|(placeholder, _)| *placeholder == name);
        &found.expect("the route has the placeholder").1
    }

    /// The first value of a query parameter.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_ref())
    }

    /// Every value of a query parameter.
    pub(super) fn queries<'b>(&'b self, name: &'b str) -> impl Iterator<Item = &'b str> {
        self.query.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_ref())
    }

    /// Whether a query parameter is there and `true`.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.query(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// Whether `embed=what` is asked for, alone or among others.
    pub(super) fn embeds(&self, what: &str) -> bool {
        self.queries("embed").any(|value| value.split(',').any(|part| part.trim() == what))
    }

    /// The body as an object; an empty body is an empty one. What is null is as good as not there,
    /// but for a mapping template, which is then empty.
    pub(super) fn body(&self) -> Result<Map<String, Value>, Error> {
        if self.body.is_empty() {
            return Ok(Map::new());
        }
        match serde_json::from_slice(self.body) {
            Ok(Value::Object(mut members)) => {
                without_nulls(&mut members);
                Ok(members)
            }
            Ok(_) => Err(Error::Serialization("the body must be a JSON object".to_owned())),
            Err(error) => Err(Error::Serialization(format!("the body is not JSON: {error}"))),
        }
    }

    /// The body as the input of an operation. What the type does not know is ignored, as on AWS.
    pub(super) fn input<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_path_to_error::deserialize(Value::Object(self.body()?))
            .map_err(|error| Error::Serialization(error.to_string()))
    }

    /// The API that the path names.
    pub(super) fn api<'r>(&self, region: &'r mut Region) -> Result<&'r mut Api, Error> {
        let id = self.path("api");
        region.apis.get_mut(id).ok_or_else(|| {
            let account_id = self.account_id;
            Error::not_found(format!("Invalid API identifier specified {account_id}:{id}"))
        })
    }

    /// The resource that the path names. AWS does not tell a wrong API from a wrong resource.
    pub(super) fn resource<'r>(&self, region: &'r mut Region) -> Result<&'r mut Resource, Error> {
        region
            .apis
            .get_mut(self.path("api"))
            .and_then(|api| api.definition.resources.get_mut(self.path("resource")))
            .ok_or_else(|| Error::not_found("Invalid Resource identifier specified"))
    }

    /// The method that the path names.
    pub(super) fn method<'r>(&self, region: &'r mut Region) -> Result<&'r mut Method, Error> {
        self.resource(region)?
            .resource_methods
            .get_mut(self.path("method"))
            .ok_or_else(|| Error::not_found("Invalid Method identifier specified"))
    }

    /// The integration of the method that the path names.
    pub(super) fn integration<'r>(
        &self,
        region: &'r mut Region,
    ) -> Result<&'r mut Integration, Error> {
        self.method(region)?
            .method_integration
            .as_mut()
            .ok_or_else(|| Error::not_found("Invalid Integration identifier specified"))
    }

    /// The status code that the path names.
    pub(super) fn status_code(&self) -> Result<&str, Error> {
        let code = self.path("status");
        let digits = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
        if digits && ('1'..='5').contains(&code.chars().next().unwrap_or_default()) {
            return Ok(code);
        }
        Err(Error::Validation(vec![super::error::constraint(
            code,
            "statusCode",
            r"Member must satisfy regular expression pattern: [1-5]\d\d",
        )]))
    }
}

fn without_nulls(members: &mut Map<String, Value>) {
    members.retain(|_, member| !member.is_null());
    for (name, member) in members {
        let Value::Object(inner) = member else { continue };
        if name.ends_with("Templates") {
            for template in inner.values_mut().filter(|template| template.is_null()) {
                *template = Value::String(String::new());
            }
        }
        without_nulls(inner);
    }
}
