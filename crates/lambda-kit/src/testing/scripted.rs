//! A service as the client of an SDK meets it: answers given in advance, and a note of what was asked
//! for them.

use crate::{Aws, Settings};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// Gives one answer after the other, the last one for ever, and notes what it was asked. Without
/// answers it is never in time.
#[derive(Debug, Clone)]
pub struct ScriptedService {
    /// Status and body of each.
    answers: Arc<Mutex<VecDeque<(u16, Value)>>>,
    asked: Arc<Mutex<Vec<(String, Value)>>>,
}

impl ScriptedService {
    /// A service with these answers: status and body of each.
    pub fn new(answers: impl IntoIterator<Item = (u16, Value)>) -> Self {
        let answers = Arc::new(Mutex::new(answers.into_iter().collect()));
        Self { answers, asked: Arc::default() }
    }

    /// What a function makes its clients from, with this service at the other end.
    pub fn config(&self) -> SdkConfig {
        let settings = Settings::from_variables([
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
        ]);
        let connector = SharedHttpConnector::new(self.clone());
        let aws = Aws::from_settings(&settings).expect("the settings are whole");
        let config = aws.config().to_builder();
        config.http_client(http_client_fn(move |_, _| connector.clone())).build()
    }

    /// The names of all operations that it was asked for, in order.
    pub fn operations(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.iter().map(|(operation, _)| operation.clone()).collect()
    }

    /// The input of the operation that it was asked for at this place of the order.
    ///
    /// # Panics
    /// If it was not asked so often.
    pub fn asked(&self, index: usize) -> Value {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)[index].1.clone()
    }
}

impl HttpConnector for ScriptedService {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = request.body().bytes().unwrap_or_default();
        let input = serde_json::from_slice(body).unwrap_or_default();
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.split_once('.').map_or("", |(_, operation)| operation);
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.push((operation.to_owned(), input));
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let next = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        let answer = match next {
            Some((status, body)) => {
                let status = status.try_into().expect("an answer has a status of HTTP");
                Ok(HttpResponse::new(status, SdkBody::from(body.to_string())))
            }
            None => Err(ConnectorError::timeout("no answer came".into())),
        };
        HttpConnectorFuture::ready(answer)
    }
}
