//! The port's contract on its double, what [`run`] makes of the port, and the adapter on answers as
//! DynamoDB gives them. The contract is run on the adapter by the harness.

use super::*;
use crate::testing::ScriptedService;
use crate::testing::idempotency::{Memory, contract};
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use std::cell::Cell;
use std::future::Future as _;
use std::sync::Mutex;
use std::task::{Context, Waker};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(60 * 60);

/// What a function's own error is like.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("the other service failed")]
    Effect,
    #[error("the record failed")]
    Record(#[from] Error),
}

fn once(fingerprint: &str) -> Once {
    Once { key: "key".to_owned(), fingerprint: fingerprint.to_owned() }
}

fn later() -> SystemTime {
    SystemTime::now() + HOUR
}

/// An effect that counts how often it was.
async fn count(records: &impl Records, effects: &Cell<u32>) -> Result<Answer, Failed> {
    let effect = async || {
        effects.set(effects.get() + 1);
        Ok(format!("effect {}", effects.get()))
    };
    run(records, &once("f"), later(), effect).await
}

fn answer(text: &str, replayed: bool) -> Answer {
    Answer { text: text.to_owned(), replayed }
}

fn table(service: &ScriptedService) -> RecordTable {
    let client = aws_sdk_dynamodb::Client::new(&service.config());
    RecordTable::new(client, "records".to_owned(), HOUR)
}

fn fault(code: &str) -> (u16, Value) {
    let name = format!("com.amazonaws.dynamodb.v20120810#{code}");
    (400, json!({ "__type": name, "message": "not today" }))
}

/// That there is this record.
fn known(record: Value) -> (u16, Value) {
    let (status, mut body) = fault("ConditionalCheckFailedException");
    body["Item"] = record;
    (status, body)
}

/// Transactions are cancelled for a reason each of two writes and of the record.
fn cancelled(reasons: [Value; 3]) -> (u16, Value) {
    let (status, mut body) = fault("TransactionCanceledException");
    body["CancellationReasons"] = reasons.into();
    (status, body)
}

fn none() -> Value {
    json!({ "Code": "None" })
}

fn reason(code: &str) -> Value {
    json!({ "Code": code, "Message": "not today" })
}

/// A table that keeps the first record it is given and says that it failed, and says to every other that
/// there is one.
#[derive(Debug, Default)]
struct FirstAnswerLost(Mutex<Option<Value>>);

impl HttpConnector for FirstAnswerLost {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let input: Value = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        let mut record = self.0.lock().unwrap();
        let (status, body) = match record.take() {
            None => (500, fault("InternalServerError").1),
            Some(record) => known(record),
        };
        *record = Some(input["Item"].clone());
        let answer = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body.to_string()));
        HttpConnectorFuture::ready(Ok(answer))
    }
}

/// A write to the table `effects`.
fn put(id: &str) -> TransactWriteItem {
    let put = Put::builder().table_name("effects").item("id", AttributeValue::S(id.to_owned()));
    TransactWriteItem::builder().put(put.build().unwrap()).build()
}

async fn write(service: &ScriptedService, answer: Option<&str>) -> Result<Written, Error> {
    table(service).write(&once("f"), [put("a"), put("b")], answer).await
}

#[tokio::test]
async fn the_double_keeps_the_contract() {
    contract(Memory::new, "double").await;
}

#[tokio::test]
async fn an_effect_that_fails_is_repeated_by_who_asks_again() {
    let records = Memory::new(HOUR);
    for _ in 0..2 {
        let fail = async || Err(Failed::Effect);
        let failed = run(&records, &once("f"), later(), fail).await.unwrap_err();
        assert!(matches!(failed, Failed::Effect), "{failed}");
    }
    // It may be done in part.
    let refused = run(&records, &once("g"), later(), async || unreachable!()).await.unwrap_err();
    assert!(matches!(refused, Failed::Record(Error::KeyReused)), "{refused}");
    let effects = Cell::new(0);
    assert_eq!(count(&records, &effects).await.unwrap(), answer("effect 1", false));
    assert_eq!(count(&records, &effects).await.unwrap(), answer("effect 1", true));
}

#[tokio::test]
async fn a_call_that_dies_between_effect_and_record_is_taken_over_when_its_lease_is_over() {
    let records = Memory::new(HOUR);
    let effects = Cell::new(0);
    let die = |until| {
        let effect = async || {
            effects.set(effects.get() + 1);
            std::future::pending().await
        };
        let once = once("f");
        let mut call = Box::pin(run::<Failed>(&records, &once, until, effect));
        assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    };
    die(SystemTime::now());
    die(later());
    assert_eq!(effects.get(), 2, "whose lease is over is taken over");
    let refused = count(&records, &effects).await.unwrap_err();
    assert!(matches!(refused, Failed::Record(Error::InProgress)), "{refused}");
    assert_eq!(effects.get(), 2, "who may be alive is not");
}

#[tokio::test]
async fn a_call_that_was_overtaken_answers_as_the_one_that_overtook_it() {
    let records = Memory::new(HOUR);
    let slow = async || {
        let effects = Cell::new(6);
        assert_eq!(count(&records, &effects).await?, answer("effect 7", false));
        Ok::<_, Failed>("slow".to_owned())
    };
    let overtaken = run(&records, &once("f"), SystemTime::UNIX_EPOCH, slow).await.unwrap();
    assert_eq!(overtaken, answer("effect 7", false));
}

#[tokio::test]
async fn an_answer_that_no_record_holds_fails_and_is_asked_for_again() {
    let records = Memory::new(HOUR);
    let bytes = MAX_ANSWER_BYTES + 1;
    for _ in 0..2 {
        let large = async || Ok("x".repeat(bytes));
        let failed = run::<Failed>(&records, &once("f"), later(), large).await.unwrap_err();
        let Failed::Record(error) = failed else { panic!("{failed}") };
        let text = "an answer on record has at most 408576 bytes; got 408577";
        assert_eq!(error.to_string(), text);
    }
    let effects = Cell::new(0);
    assert_eq!(count(&records, &effects).await.unwrap(), answer("effect 1", false));
}

#[tokio::test(start_paused = true)]
async fn without_a_claim_there_is_no_effect() {
    for (answers, expected) in [
        (vec![fault("ThrottlingException")], "DynamoDB throttles"),
        (
            vec![fault("AccessDeniedException")],
            "DynamoDB failed, refused the call or was not reached",
        ),
        (vec![fault("ValidationException")], "DynamoDB refused the request: not today"),
        (vec![fault("TransactionConflictException")], "another write of the same goes on"),
        (vec![], "DynamoDB did not answer in time"),
    ] {
        let service = ScriptedService::new(answers);
        let effects = Cell::new(0);
        let Failed::Record(error) = count(&table(&service), &effects).await.unwrap_err() else {
            panic!("there was an effect")
        };
        assert_eq!((error.to_string().as_str(), effects.get()), (expected, 0));
        assert!(service.operations().iter().all(|operation| operation == "PutItem"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_effect_is_answered_even_if_its_record_fails_then() {
    for code in ["ThrottlingException", "InternalServerError", "ConditionalCheckFailedException"] {
        let service = ScriptedService::new([(200, json!({})), fault(code)]);
        let effects = Cell::new(0);
        let answered = count(&table(&service), &effects).await.unwrap();
        assert_eq!((answered, effects.get()), (answer("effect 1", false), 1), "{code}");
        assert_eq!(service.operations()[..2], ["PutItem", "UpdateItem"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_effect_is_what_fails_even_if_the_key_cannot_be_given_back() {
    let service = ScriptedService::new([(200, json!({})), fault("ThrottlingException")]);
    let fail = async || Err(Failed::Effect);
    let failed = run(&table(&service), &once("f"), later(), fail).await.unwrap_err();
    assert!(matches!(failed, Failed::Effect), "{failed}");
}

#[tokio::test(start_paused = true)]
async fn a_claim_is_one_call_whose_condition_decides() {
    let service = ScriptedService::new([(200, json!({}))]);
    table(&service).claim(&once("f"), later()).await.unwrap();
    assert_eq!(service.operations(), ["PutItem"]);
    let asked = service.asked(0);
    let condition = "attribute_not_exists(id) OR expires_at <= :now OR (fingerprint = :fingerprint \
                     AND attribute_not_exists(answer) AND leased_until_ms <= :now_ms)";
    assert_eq!(asked["ConditionExpression"], condition);
    assert_eq!(asked["ReturnValuesOnConditionCheckFailure"], "ALL_OLD");
    assert_eq!(asked["TableName"], "records");
    let number = |value: &Value| value["N"].as_str().unwrap().parse::<u64>().unwrap();
    let (record, values) = (&asked["Item"], &asked["ExpressionAttributeValues"]);
    assert_eq!(number(&values[":now_ms"]) / 1000, number(&values[":now"]));
    assert_eq!((&record["id"], &record["fingerprint"]), (&json!({"S": "key"}), &json!({"S": "f"})));
    assert!(record["leased_by"]["S"].is_string() && record["answer"].is_null());
    let expiry = number(&record["expires_at"]);
    assert!(expiry >= number(&values[":now"]) + 3600);
    assert!(expiry * 1000 > number(&record["leased_until_ms"]), "a lease outlives no record");
}

/// The SDK repeats a call whose answer was lost.
#[tokio::test(start_paused = true)]
async fn a_claim_that_finds_itself_is_granted() {
    let service = ScriptedService::new([known(json!({
        "id": { "S": "key" }, "fingerprint": { "S": "f" }, "leased_by": { "S": "someone" },
    }))]);
    let refused = table(&service).claim(&once("f"), later()).await.unwrap_err();
    assert!(matches!(refused, Error::InProgress), "{refused}");

    let connector = SharedHttpConnector::new(FirstAnswerLost::default());
    let config = ScriptedService::new([]).config().to_builder();
    let config = config.http_client(http_client_fn(move |_, _| connector.clone())).build();
    let client = aws_sdk_dynamodb::Client::new(&config);
    let records = RecordTable::new(client, "records".to_owned(), HOUR);
    let claim = records.claim(&once("f"), later()).await.unwrap();
    assert!(matches!(claim, Claim::Granted(_)), "{claim:?}");
}

#[tokio::test(start_paused = true)]
async fn writes_and_their_record_are_one_transaction() {
    let service = ScriptedService::new([(200, json!({}))]);
    assert_eq!(write(&service, Some("done")).await.unwrap(), Written::Now);
    assert_eq!(service.operations(), ["TransactWriteItems"]);
    let items = service.asked(0)["TransactItems"].clone();
    let effect =
        |id: &str| json!({ "Put": { "TableName": "effects", "Item": { "id": { "S": id } } } });
    assert_eq!((&items[0], &items[1]), (&effect("a"), &effect("b")));
    let record = &items[2]["Put"];
    assert_eq!(record["ConditionExpression"], "attribute_not_exists(id) OR expires_at <= :now");
    assert_eq!(record["Item"]["answer"], json!({ "S": "done" }));
    assert_eq!(record["Item"].as_object().unwrap().len(), 4, "{record}");
}

#[tokio::test(start_paused = true)]
async fn what_is_on_record_comes_before_what_stands_against_the_writes() {
    let record = |attributes: Value| {
        let mut reason = reason("ConditionalCheckFailed");
        reason["Item"] = attributes;
        cancelled([self::reason("ConditionalCheckFailed"), none(), reason])
    };
    let same = json!({ "S": "f" });
    for (attributes, expected) in [
        (json!({ "fingerprint": same, "answer": { "S": "x" } }), Some("x")),
        (json!({ "fingerprint": same }), None),
    ] {
        let written = write(&ScriptedService::new([record(attributes)]), None).await.unwrap();
        assert_eq!(written, Written::Before { answer: expected.map(str::to_owned) });
    }
    for (attributes, expected) in [
        (json!({ "fingerprint": same, "leased_by": same }), "the same is in progress elsewhere"),
        (
            json!({ "fingerprint": { "S": "g" }, "answer": { "S": "x" } }),
            "the idempotency key was used for another request",
        ),
    ] {
        let error = write(&ScriptedService::new([record(attributes)]), None).await.unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn what_stands_against_the_writes_is_told_apart() {
    let failed = || reason("ConditionalCheckFailed");
    for (reasons, expected) in [
        ([none(), failed(), none()], "the condition of write 1 does not hold"),
        ([failed(), failed(), none()], "the condition of write 0 does not hold"),
        ([failed(), none(), reason("TransactionConflict")], "another write of the same goes on"),
        ([failed(), reason("ThrottlingError"), none()], "DynamoDB throttles"),
        ([none(), reason("ValidationError"), none()], "DynamoDB refused the request: not today"),
        ([none(), none(), reason("ValidationError")], "DynamoDB refused the request: not today"),
        ([none(), none(), failed()], "DynamoDB failed, refused the call or was not reached"),
    ] {
        let error = write(&ScriptedService::new([cancelled(reasons)]), None).await.unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_too_large_for_a_record_is_refused_before_anything_is_written() {
    let large = "x".repeat(MAX_ANSWER_BYTES + 1);
    let record = |expires_at: &str| {
        let answer = json!({ "S": "the first time's" });
        let record = json!({
            "fingerprint": { "S": "f" }, "answer": answer, "expires_at": { "N": expires_at },
        });
        (200, json!({ "Item": record }))
    };
    for found in [(200, json!({})), record("1")] {
        let service = ScriptedService::new([found]);
        let error = write(&service, Some(&large)).await.unwrap_err();
        assert!(matches!(error, Error::AnswerTooLarge { .. }), "{error}");
        assert_eq!(service.operations(), ["GetItem"]);
    }
    let written = write(&ScriptedService::new([record("4102444800")]), Some(&large)).await.unwrap();
    assert_eq!(written, Written::Before { answer: Some("the first time's".to_owned()) });
}
