//! What MiniStack knows of a function URL, asked for anew at every request: the answer is the
//! owner's, so a change or a deletion holds at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use hyper::{Method, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use crate::endpoint::REGION;
use crate::upstream::{Failure, Upstream};

/// One function URL.
pub(crate) struct Config {
    pub(crate) region: String,
    pub(crate) is_iam: bool,
    pub(crate) is_streaming: bool,
    pub(crate) cors: Option<Cors>,
    function: String,
    qualifier: Option<String>,
}

/// Cross-origin settings, as Lambda's API gives them.
#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Cors {
    pub(crate) allow_credentials: bool,
    pub(crate) allow_headers: Vec<String>,
    pub(crate) allow_methods: Vec<String>,
    pub(crate) allow_origins: Vec<String>,
    pub(crate) expose_headers: Vec<String>,
    pub(crate) max_age: Option<u32>,
}

impl Config {
    pub(crate) fn invocation_path(&self) -> String {
        let query = self.qualifier.as_ref().map(|name| format!("?Qualifier={name}"));
        format!("/2015-03-31/functions/{}/invocations{}", self.function, query.unwrap_or_default())
    }

    #[cfg(test)]
    pub(crate) fn for_test(region: &str) -> Self {
        let arn = format!("arn:aws:lambda:{region}:000000000000:function:name");
        Self::from_json(&serde_json::json!({"FunctionArn": arn})).expect("a valid ARN")
    }

    fn from_json(config: &Value) -> Option<Self> {
        // arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]
        let mut arn = config["FunctionArn"].as_str()?.split(':').skip(3);
        Some(Self {
            region: arn.next()?.to_owned(),
            function: arn.nth(2)?.to_owned(),
            qualifier: arn.next().map(str::to_owned),
            is_iam: config["AuthType"] == "AWS_IAM",
            is_streaming: config["InvokeMode"] == "RESPONSE_STREAM",
            cors: Option::deserialize(&config["Cors"]).ok()?,
        })
    }
}

/// Finds function URLs by their ids. Lambda's API lists them by function only, so which function
/// an id belonged to is remembered, and checked when it is used.
#[derive(Clone)]
pub(crate) struct Configs {
    upstream: Upstream,
    listings: Arc<Mutex<HashMap<String, String>>>,
}

impl Configs {
    pub(crate) fn new(upstream: Upstream) -> Self {
        Self { upstream, listings: Arc::default() }
    }

    /// The function URL with this id, if there is one.
    pub(crate) async fn find(&self, id: &str) -> Result<Option<Config>, Failure> {
        let known = self.listings().get(id).cloned();
        if let Some(listing) = known
            && let Some(config) = self.find_in(&listing, id).await?
        {
            return Ok(Some(config));
        }
        for listing in self.all_listings().await? {
            if let Some(config) = self.find_in(&listing, id).await? {
                self.listings().insert(id.to_owned(), listing);
                return Ok(Some(config));
            }
        }
        Ok(None)
    }

    /// The paths at which each function's URLs are listed.
    async fn all_listings(&self) -> Result<Vec<String>, Failure> {
        let mut listings = Vec::new();
        let mut page = String::from("/2015-03-31/functions/");
        loop {
            let found = self.get(&page).await?;
            let functions = found["Functions"].as_array().into_iter().flatten();
            let names = functions.filter_map(|function| function["FunctionName"].as_str());
            listings.extend(names.map(|name| format!("/2021-10-31/functions/{name}/urls")));
            match found["NextMarker"].as_str() {
                Some(marker) if !marker.is_empty() => {
                    page = format!("/2015-03-31/functions/?Marker={marker}");
                }
                _ => return Ok(listings),
            }
        }
    }

    async fn find_in(&self, listing: &str, id: &str) -> Result<Option<Config>, Failure> {
        let found = self.get(listing).await?;
        let mut configs = found["FunctionUrlConfigs"].as_array().into_iter().flatten();
        let is_it = |config: &&Value| {
            let url = config["FunctionUrl"].as_str().unwrap_or_default();
            url.split("://").nth(1).is_some_and(|host| host.split('.').next() == Some(id))
        };
        Ok(configs.find(is_it).and_then(Config::from_json))
    }

    async fn get(&self, path: &str) -> Result<Value, Failure> {
        let response = self.upstream.lambda(REGION, Method::GET, path, Bytes::new()).await?;
        match response.status() {
            StatusCode::OK => Ok(serde_json::from_slice(response.body()).unwrap_or_default()),
            _ => Ok(Value::Null),
        }
    }

    fn listings(&self) -> std::sync::MutexGuard<'_, HashMap<String, String>> {
        self.listings.lock().expect("nothing panics while it holds the lock")
    }
}
