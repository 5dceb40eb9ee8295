//! The control plane: the operations on event source mappings and on their tags.

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::timeout;
use uuid::Uuid;

use crate::error::Error;
use crate::input::Input;
use crate::invoke::Configuration;
use crate::mapping::{Mapping, NOTHING_YET, Settings, Source, State, Strings};
use crate::poller;
use crate::service::EventSources;
use crate::store::{Entry, Goal, goal};

const MAPPINGS: &str = "/2015-03-31/event-source-mappings";
const TAGS: &str = "/2017-03-31/tags/";

const MOST_TAGS: usize = 50;
const LARGEST_PAGE: usize = 100;

/// How long a client is kept waiting for the services that have to be asked.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether a path is the mappings' own or that of a mapping's tags.
pub(crate) fn owns(path: &str) -> bool {
    match path.strip_prefix(MAPPINGS) {
        Some(rest) => rest.is_empty() || rest.starts_with('/'),
        None => tagged(path).is_some(),
    }
}

/// The mapping whose tags a path means.
fn tagged(path: &str) -> Option<String> {
    let arn = percent_decode_str(path.strip_prefix(TAGS)?).decode_utf8().ok()?;
    let (_, uuid) = arn.split_once(":event-source-mapping:")?;
    Some(uuid.to_owned())
}

/// One request: the region it is for, and what it says.
struct Call<'a> {
    sources: &'a EventSources,
    region: &'a str,
    request: &'a Request<Bytes>,
}

/// Answers a request.
pub(crate) async fn answer(
    sources: &EventSources,
    region: &str,
    request: &Request<Bytes>,
) -> Response<Bytes> {
    let call = Call { sources, region, request };
    match call.route().await {
        Ok((status, document)) => respond(status, &document),
        Err(error) => error.response(),
    }
}

fn respond(status: StatusCode, document: &Value) -> Response<Bytes> {
    let body = if document.is_null() { Bytes::new() } else { document.to_string().into() };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

type Answer = Result<(StatusCode, Value), Error>;

impl Call<'_> {
    async fn route(&self) -> Answer {
        let (method, path) = (self.request.method(), self.request.uri().path());
        if let Some(uuid) = tagged(path) {
            return match *method {
                Method::GET => self.list_tags(&uuid),
                Method::POST => self.tag(&uuid),
                Method::DELETE => self.untag(&uuid),
                _ => self.unknown(),
            };
        }
        let uuid = path.strip_prefix(MAPPINGS).unwrap_or_default().trim_matches('/');
        match (method, uuid) {
            (&Method::POST, "") => self.create().await,
            (&Method::GET, "") => self.list(),
            (&Method::GET, uuid) => self.get(uuid),
            (&Method::PUT, uuid) if !uuid.is_empty() => self.update(uuid).await,
            (&Method::DELETE, uuid) if !uuid.is_empty() => self.delete(uuid),
            _ => self.unknown(),
        }
    }

    async fn create(&self) -> Answer {
        let mut input: Input = self.input()?;
        input.check_model()?;
        let given = input.event_source_arn.take().unwrap_or_default();
        let source =
            Source::parse(&given).ok_or_else(|| Error::invalid("Unrecognized event source."))?;
        if source.part(3) != self.region {
            let region = self.region;
            let text = format!("EventSourceArn must be in the region {region}; got {given}");
            return Err(Error::invalid(text));
        }
        let start = input.start(&source)?;
        let enabled = input.enabled.unwrap_or(true);
        let tags = input.tags.take().unwrap_or_default();
        check_tags(&tags)?;
        let name = input.function_name.take().unwrap_or_default();
        let settings = input.apply(source.kind, Settings::default_for(source.kind))?;

        let configuration = self.function(&name).await?;
        self.check_access(&source, &configuration).await?;
        let function = configuration.function;

        let uuid = Uuid::new_v4().to_string();
        let (region, account) = (self.region, &self.sources.account);
        let mapping = Mapping {
            arn: format!("arn:aws:lambda:{region}:{account}:event-source-mapping:{uuid}"),
            uuid: uuid.clone(),
            last_result: source.kind.is_stream().then(|| NOTHING_YET.to_owned()),
            last_modified: self.sources.cloud.now(),
            source,
            function,
            start,
            settings,
            enabled,
            state: State::Creating,
            tags,
        };
        let document = mapping.document();
        let mut entries = self.sources.store.entries();
        let same = entries.values().find(|entry| {
            let other = &entry.mapping;
            other.source == mapping.source && other.function.arn == mapping.function.arn
        });
        if let Some(same) = same {
            return Err(conflict(&same.mapping));
        }
        let (sender, receiver) = watch::channel(goal(&mapping));
        let region = region.to_owned();
        entries.insert(uuid.clone(), Entry { region, mapping, goal: sender, task: None });
        let task = poller::start(self.sources, self.region, &uuid, receiver);
        if let Some(entry) = entries.get_mut(&uuid) {
            entry.task = Some(task);
        }
        Ok((StatusCode::ACCEPTED, document))
    }

    fn get(&self, uuid: &str) -> Answer {
        self.with(uuid, |entry| Ok((StatusCode::OK, entry.mapping.document())))
    }

    fn list(&self) -> Answer {
        let query = self.query();
        let value = |name: &str| query.get(name).map(String::as_str).filter(|it| !it.is_empty());
        let limit = match value("MaxItems").map(str::parse::<usize>) {
            None => LARGEST_PAGE,
            Some(Ok(limit)) if (1..=10_000).contains(&limit) => limit.min(LARGEST_PAGE),
            Some(_) => {
                let given = value("MaxItems").unwrap_or_default();
                let rule = "Member must have value between 1 and 10000";
                let violation = crate::error::constraint(given, "maxItems", rule);
                return Err(Error::Validation(vec![violation]));
            }
        };
        let marker = value("Marker").unwrap_or_default();
        let function = value("FunctionName");
        let entries = self.sources.store.entries();
        let mut found =
            entries.values().filter(|entry| entry.region == self.region).filter(|entry| {
                let mapping = &entry.mapping;
                mapping.uuid.as_str() > marker
                    && value("EventSourceArn").is_none_or(|arn| arn == mapping.source.arn)
                    && function.is_none_or(|name| {
                        let (wanted, qualifier) = name_and_qualifier(name);
                        wanted == mapping.function.name
                            && qualifier == mapping.function.qualifier.as_deref()
                    })
            });
        let page: Vec<_> = found.by_ref().take(limit).map(|entry| &entry.mapping).collect();
        let documents: Vec<_> = page.iter().map(|mapping| mapping.document()).collect();
        let mut answer = json!({ "EventSourceMappings": documents });
        if let (Some(last), Some(_)) = (page.last(), found.next()) {
            answer["NextMarker"] = json!(last.uuid);
        }
        Ok((StatusCode::OK, answer))
    }

    async fn update(&self, uuid: &str) -> Answer {
        let mut input: Input = self.input()?;
        input.check_model()?;
        let (kind, settings) = self
            .with(uuid, |entry| Ok((entry.mapping.source.kind, entry.mapping.settings.clone())))?;
        let enabled = input.enabled;
        let function = match input.function_name.take().filter(|name| !name.is_empty()) {
            Some(name) => Some(self.function(&name).await?.function),
            None => None,
        };
        let settings = input.apply(kind, settings)?;
        self.with(uuid, |entry| {
            let mapping = &mut entry.mapping;
            if mapping.state == State::Deleting {
                return Err(Error::InUse);
            }
            let was_enabled = mapping.enabled;
            mapping.enabled = enabled.unwrap_or(was_enabled);
            mapping.state = match (was_enabled, mapping.enabled) {
                (false, true) => State::Enabling,
                (true, false) => State::Disabling,
                _ => State::Updating,
            };
            mapping.settings = settings;
            mapping.last_modified = self.sources.cloud.now();
            if let Some(function) = function {
                mapping.function = function;
            }
            entry.announce();
            Ok((StatusCode::ACCEPTED, entry.mapping.document()))
        })
    }

    fn delete(&self, uuid: &str) -> Answer {
        self.with(uuid, |entry| {
            entry.mapping.state = State::Deleting;
            entry.goal.send_replace(Goal::End);
            Ok((StatusCode::ACCEPTED, entry.mapping.document()))
        })
    }

    fn list_tags(&self, uuid: &str) -> Answer {
        self.with(uuid, |entry| Ok((StatusCode::OK, json!({ "Tags": entry.mapping.tags }))))
    }

    fn tag(&self, uuid: &str) -> Answer {
        let given = Strings::from_iter(self.input::<Tags>()?.tags);
        self.with(uuid, |entry| {
            let mut tags = entry.mapping.tags.clone();
            tags.extend(given);
            check_tags(&tags)?;
            entry.mapping.tags = tags;
            Ok((StatusCode::NO_CONTENT, Value::Null))
        })
    }

    fn untag(&self, uuid: &str) -> Answer {
        let query = self.request.uri().query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes());
        let keys: Vec<_> =
            pairs.filter(|(name, _)| name == "tagKeys").map(|(_, key)| key.into_owned()).collect();
        self.with(uuid, |entry| {
            entry.mapping.tags.retain(|key, _| !keys.contains(key));
            Ok((StatusCode::NO_CONTENT, Value::Null))
        })
    }

    fn unknown(&self) -> Answer {
        let (method, path) = (self.request.method(), self.request.uri().path());
        Err(Error::UnknownOperation(format!("{method} {path}")))
    }

    /// Does something with a mapping of this region.
    fn with<T>(
        &self,
        uuid: &str,
        act: impl FnOnce(&mut Entry) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut entries = self.sources.store.entries();
        let entry = entries.get_mut(uuid).filter(|entry| entry.region == self.region);
        act(entry.ok_or(Error::NotFound)?)
    }

    fn input<T: DeserializeOwned + Default>(&self) -> Result<T, Error> {
        if self.request.body().is_empty() {
            return Ok(T::default());
        }
        let mut document = serde_json::Deserializer::from_slice(self.request.body());
        serde_path_to_error::deserialize(&mut document)
            .map_err(|error| Error::Content(format!("Could not parse request body: {error}")))
    }

    fn query(&self) -> HashMap<String, String> {
        let query = self.request.uri().query().unwrap_or_default();
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    async fn function(&self, given: &str) -> Result<Configuration, Error> {
        let (name, qualifier) = name_and_qualifier(given);
        let client = self.sources.client(self.region);
        match timeout(PATIENCE, client.configuration(name, qualifier)).await {
            Ok(Ok(configuration)) => Ok(configuration),
            Ok(Err(failure)) if !failure.may_pass() => {
                Err(Error::invalid("Function does not exist"))
            }
            Ok(Err(failure)) => {
                (self.sources.log)(&format!("cannot create an event source mapping: {failure}"));
                Err(Error::Unavailable)
            }
            Err(_) => Err(Error::Unavailable),
        }
    }

    /// Lambda looks whether the function's role can read the source before it makes a mapping.
    async fn check_access(&self, source: &Source, reader: &Configuration) -> Result<(), Error> {
        let client = self.sources.client(self.region);
        match timeout(PATIENCE, poller::probe(&client, source, reader)).await {
            Ok(refusal) => refusal.map_or(Ok(()), |text| Err(Error::InvalidParameter(text))),
            Err(_) => Err(Error::Unavailable),
        }
    }
}

#[derive(Default, serde::Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Tags {
    tags: Strings,
}

fn check_tags(tags: &Strings) -> Result<(), Error> {
    if tags.len() > MOST_TAGS {
        let count = tags.len();
        return Err(Error::invalid(format!(
            "A resource has at most {MOST_TAGS} tags; got {count}"
        )));
    }
    let is_wrong = |key: &&String| {
        key.is_empty() || key.chars().count() > 128 || key.to_ascii_lowercase().starts_with("aws:")
    };
    match tags.keys().find(is_wrong) {
        Some(key) => Err(Error::invalid(format!(
            "A tag's key has 1 to 128 characters and does not begin with aws:; got {key}"
        ))),
        None => Ok(()),
    }
}

/// That a mapping of the same source and function exists, in the words that AWS has for each source.
fn conflict(mapping: &Mapping) -> Error {
    let (arn, name, uuid) = (&mapping.source.arn, &mapping.function.name, &mapping.uuid);
    let ending = format!("Please update or delete the existing mapping with UUID {uuid}");
    Error::Conflict(if mapping.source.kind.is_stream() {
        format!(
            "The event source arn (\" {arn} \") and function (\" {name} \") provided mapping \
             already exists. {ending}"
        )
    } else {
        format!(
            "An event source mapping with SQS arn (\" {arn} \") and function (\" {name} \") \
             already exists. {ending}"
        )
    })
}

/// The name and the version or alias in a function's name, partial ARN or ARN.
fn name_and_qualifier(given: &str) -> (&str, Option<&str>) {
    let rest = match given.split_once("function:") {
        Some((before, rest)) if before.is_empty() || before.ends_with(':') => rest,
        _ => given,
    };
    match rest.split_once(':') {
        Some((name, qualifier)) => (name, Some(qualifier)),
        None => (rest, None),
    }
}
