//! The Lambda behind `POST /order`: creates, reads, updates, deletes and lists the items of one table.
//!
//! A request is `{"operation", "tableName"?, "payload"?}`. The payload takes what DynamoDB's own
//! request takes, with items and keys as plain JSON:
//!
//! | operation | payload; what is not in brackets is required | answer |
//! |---|---|---|
//! | `create` | `Item` \[`ConditionExpression`, `ReturnValues`: `NONE`, `ALL_OLD`\] | `{}` or `{"Attributes"}` |
//! | `read` | `Key` \[`ProjectionExpression`, `ConsistentRead`\] | `{"Item"}`, `{}` if there is none |
//! | `update` | `Key`, `UpdateExpression` \[`ConditionExpression`, `ReturnValues`: any\] | `{}` or `{"Attributes"}` |
//! | `delete` | `Key` \[`ConditionExpression`, `ReturnValues`: `NONE`, `ALL_OLD`\] | `{}` or `{"Attributes"}` |
//! | `list` | \[`Limit`: 1 to 1000, 100 by default, `ExclusiveStartKey`, `FilterExpression`, `ProjectionExpression`, `ConsistentRead`\] | `{"Items", "Count", "ScannedCount", "LastEvaluatedKey"?}` |
//! | `echo` | anything | the payload as it was sent |
//! | `ping` | not looked at | `"pong"` |
//!
//! All that have an expression take `ExpressionAttributeNames`, and all but `read`
//! `ExpressionAttributeValues`. A page of the list looks at `Limit` items, at most at 1 MB, before it
//! filters, and goes on behind `LastEvaluatedKey`.
//!
//! Numbers keep every digit both ways. Sets and binary values, which JSON does not know, come out as
//! arrays and base64, and cannot be sent.
//!
//! | status | when | body |
//! |---|---|---|
//! | 200 | it is done | as above |
//! | 400 | anything is wrong with the request, by this function's rules or by DynamoDB's | `{"message"}`; `{"message", "errors": {"<parameter>": "<rule>; received ..."}}` if several are wrong |
//! | 403 | `tableName` is not this table | `{"message"}` |
//! | 409 | the condition does not hold, or another write of the same goes on: then with `Retry-After` | `{"message"}` |
//! | 422 | the `Idempotency-Key` belongs to another request | `{"message"}` |
//! | 429 | DynamoDB throttles; with `Retry-After` | `{"message"}` |
//! | 500, 504 | DynamoDB failed, or is late | `{"message"}`; why is in the log |
//!
//! With the header `Idempotency-Key` a `create` or an `update` happens once: whoever sends the same
//! again within 24 hours gets the same answer, with `Idempotent-Replayed: true`. What `ReturnValues`
//! asks for is then read right before or after the write, which DynamoDB's transactions do not do
//! themselves. The other operations may be repeated as they are, and ignore the key.
//!
//! It reads `TABLE_NAME`, `IDEMPOTENCY_TABLE_NAME` and, if clients know the table by another name,
//! `TABLE_ALIAS`. It measures `RequestsAnswered`, `RequestsReplayed`, `RequestsRefused`,
//! `RequestsThrottled`, `RequestsFailed` and `TableDuration`.
#![expect(
    async_fn_in_trait,
    reason = "a function runs on one thread, so its futures need not be Send"
)]

mod command;
mod dynamodb;
mod error;
mod expression;
mod http;
mod idempotency;
mod once;
mod orders;
mod params;
mod problems;
mod request;
#[cfg(feature = "testing")]
pub mod testing;

pub use command::{Create, Delete, List, Placeholders, Read, Update};
pub use dynamodb::DynamoDb;
pub use error::Error;
pub use http::Request;
pub use lambda_kit::idempotency::Once;
pub use orders::{Orders, Page, Written};

use command::Command;
use lambda_kit::{CallError, Chain, Handler, Invocation, Response, item};
use problems::Problems;
use request::{Asked, Refusal};
use std::convert::Infallible;
use std::time::Instant;

/// The function's behaviour on its port.
#[derive(Debug)]
pub struct OrderApi<O> {
    orders: O,
    /// The names under which clients may ask for the table; the first is the one they are told.
    tables: Vec<String>,
}

impl<O: Orders> OrderApi<O> {
    /// The function on `orders`, a table that clients may call `alias` or by its own name.
    pub fn new(orders: O, alias: Option<&str>, table_name: &str) -> Self {
        let names = alias.into_iter().chain([table_name]);
        Self { orders, tables: names.map(str::to_owned).collect() }
    }

    async fn answer(&self, request: &Request, invocation: &Invocation) -> Response {
        let key = match idempotency::key(request) {
            Ok(key) => key,
            Err(problems) => return wrong(&problems),
        };
        let Some(body) = request.body() else {
            return wrong(&Problems::one("body", "is marked as base64 and is not"));
        };
        match request::read(&body, &self.tables) {
            Ok(asked) => self.run(asked, key, invocation).await,
            Err(Refusal::Wrong(problems)) => wrong(&problems),
            Err(Refusal::ForeignTable(name)) => {
                let reason = "tableName is another table";
                tracing::info!(outcome = "refused", status = 403, reason, "a request was refused");
                let own = self.tables.first().map_or("", String::as_str);
                let rule = format!("tableName must be {own} or left out; received {name}");
                Response::message(403, &rule)
            }
        }
    }

    async fn run(&self, asked: Asked, key: Option<String>, invocation: &Invocation) -> Response {
        let once = key.zip(asked.fingerprint);
        let once = once.map(|(key, fingerprint)| Once { key, fingerprint });
        let started = Instant::now();
        let done = invocation.in_time(self.call(&asked.command, once.as_ref())).await;
        if !matches!(asked.command, Command::Echo(_) | Command::Ping) {
            invocation.metrics().milliseconds("TableDuration", started.elapsed());
        }
        let operation = asked.operation.name();
        match done.unwrap_or(Err(Error::OutOfTime)) {
            Ok(Done { body, replayed }) => {
                let response = Response::json(200, body);
                if !response.fits() {
                    let message = "the answer is larger than 6 MB; ask for less of it";
                    let (outcome, reason) = ("refused", message);
                    tracing::info!(
                        outcome,
                        operation,
                        status = 400,
                        reason,
                        "a request was refused"
                    );
                    return Response::message(400, message);
                }
                let outcome = "answered";
                tracing::info!(
                    outcome,
                    operation,
                    status = 200,
                    replayed,
                    "a request was answered"
                );
                if !replayed {
                    return response;
                }
                invocation.metrics().count("RequestsReplayed", 1);
                response.with("Idempotent-Replayed", "true")
            }
            Err(error) => failed(&error, operation),
        }
    }

    async fn call(&self, command: &Command, once: Option<&Once>) -> Result<Done, Error> {
        Ok(match command {
            Command::Create(create) => self.orders.create(create, once).await?.into(),
            Command::Update(update) => self.orders.update(update, once).await?.into(),
            Command::Delete(delete) => self.orders.delete(delete).await?.into(),
            Command::Read(read) => match self.orders.read(read).await? {
                Some(item) => format!("{{\"Item\":{}}}", item::to_json(&item)?).into(),
                None => "{}".to_owned().into(),
            },
            Command::List(list) => page(&self.orders.list(list).await?)?.into(),
            Command::Echo(payload) => payload.clone().into(),
            Command::Ping => "\"pong\"".to_owned().into(),
        })
    }
}

impl<O: Orders> Handler for OrderApi<O> {
    type Event = Request;
    type Response = Response;
    type Error = Infallible;

    async fn handle(
        &self,
        request: Request,
        invocation: &Invocation,
    ) -> Result<Response, Infallible> {
        let response = self.answer(&request, invocation).await;
        let counted = match response.status_code {
            200 => "RequestsAnswered",
            429 => "RequestsThrottled",
            400..500 => "RequestsRefused",
            _ => "RequestsFailed",
        };
        invocation.metrics().count(counted, 1);
        Ok(response)
    }
}

/// The body of a good answer.
struct Done {
    body: String,
    replayed: bool,
}

impl From<String> for Done {
    fn from(body: String) -> Self {
        Self { body, replayed: false }
    }
}

impl From<Written> for Done {
    fn from(written: Written) -> Self {
        let body = match written.attributes {
            Some(attributes) => format!("{{\"Attributes\":{attributes}}}"),
            None => "{}".to_owned(),
        };
        Self { body, replayed: written.replayed }
    }
}

fn page(page: &Page) -> Result<String, Error> {
    let items: Vec<String> = page.items.iter().map(item::to_json).collect::<Result<_, _>>()?;
    let (count, scanned) = (items.len(), page.scanned);
    let mut body = format!("{{\"Count\":{count},\"ScannedCount\":{scanned},\"Items\":[");
    body.push_str(&items.join(","));
    body.push(']');
    if let Some(next) = &page.next {
        body.push_str(",\"LastEvaluatedKey\":");
        body.push_str(&item::to_json(next)?);
    }
    body.push('}');
    Ok(body)
}

/// The log names the parameters, never their values: they are the clients'.
fn wrong(problems: &Problems) -> Response {
    let parameters = problems.paths();
    tracing::info!(outcome = "refused", status = 400, parameters, "a request was refused");
    Response::json(400, problems.body())
}

/// The client learns whose fault it is and whether to try again; the log learns why.
fn failed(error: &Error, operation: &str) -> Response {
    let response = match error {
        Error::Refused { message } => Response::message(400, message),
        Error::ConditionFailed => {
            Response::message(409, "ConditionExpression does not hold; nothing was written")
        }
        Error::Conflict => Response::message(
            409,
            "another write of this item, or with this Idempotency-Key, goes on; try again",
        ),
        Error::KeyReused => Response::message(
            422,
            "Idempotency-Key was used for another request; use a new key for a new request",
        ),
        Error::Call(CallError::Throttled { .. }) => {
            Response::message(429, "too many requests at the moment; try again shortly")
        }
        Error::Call(CallError::TimedOut { .. }) | Error::OutOfTime => {
            Response::message(504, "the request was not answered in time; try again")
        }
        Error::Call(_) | Error::Item { .. } => {
            Response::message(500, "the request could not be processed; try again later")
        }
    };
    let status = response.status_code;
    if matches!(status, 400..429) {
        let outcome = "refused";
        tracing::info!(outcome, operation, status, reason = %error, "a request was refused");
    } else {
        tracing::error!(operation, status, error = %Chain(error), "no answer from DynamoDB");
    }
    match error {
        Error::Conflict | Error::Call(CallError::Throttled { .. }) => {
            response.with("Retry-After", "1")
        }
        _ => response,
    }
}
