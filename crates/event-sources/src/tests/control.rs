//! The control plane: what it takes, refuses and shows.

use http::Method;
use serde_json::{Value, json};

use super::world::{FIFO, FUNCTION, KINESIS, QUEUE, STREAM, World};

const MAPPINGS: &str = "/2015-03-31/event-source-mappings";

fn extended(mut base: Value, with: Value) -> Value {
    for (name, value) in with.as_object().unwrap() {
        if value.is_null() {
            base.as_object_mut().unwrap().remove(name);
        } else {
            base[name] = value.clone();
        }
    }
    base
}

#[tokio::test(start_paused = true)]
async fn a_stream_has_lambdas_defaults() {
    let world = World::new();
    let uuid = world.map(STREAM, json!({})).await;
    let mapping = world.get(&uuid).await;
    let expected = json!({
        "UUID": uuid,
        "EventSourceMappingArn":
            format!("arn:aws:lambda:eu-west-1:000000000000:event-source-mapping:{uuid}"),
        "EventSourceArn": STREAM, "FunctionArn": FUNCTION, "BatchSize": 100,
        "MaximumBatchingWindowInSeconds": 0, "FunctionResponseTypes": [], "State": "Enabled",
        "StateTransitionReason": "User action", "LastModified": mapping["LastModified"],
        "LastProcessingResult": "No records processed", "BisectBatchOnFunctionError": false,
        "MaximumRetryAttempts": -1, "MaximumRecordAgeInSeconds": -1, "ParallelizationFactor": 1,
        "TumblingWindowInSeconds": 0, "DestinationConfig": {"OnFailure": {}},
        "StartingPosition": "TRIM_HORIZON",
    });
    assert_eq!(mapping, expected);
    assert!(mapping["LastModified"].is_f64());
}

#[tokio::test(start_paused = true)]
async fn a_queue_has_lambdas_defaults() {
    let world = World::new();
    let uuid = world.map(QUEUE, json!({})).await;
    let mapping = world.get(&uuid).await;
    let expected = json!({
        "UUID": uuid,
        "EventSourceMappingArn":
            format!("arn:aws:lambda:eu-west-1:000000000000:event-source-mapping:{uuid}"),
        "EventSourceArn": QUEUE, "FunctionArn": FUNCTION, "BatchSize": 10,
        "MaximumBatchingWindowInSeconds": 0, "FunctionResponseTypes": [], "State": "Enabled",
        "StateTransitionReason": "USER_INITIATED", "LastModified": mapping["LastModified"],
    });
    assert_eq!(mapping, expected);
}

#[tokio::test(start_paused = true)]
async fn every_setting_is_shown_as_it_was_given_and_can_be_taken_back() {
    let world = World::new();
    let settings = json!({
        "BatchSize": 7, "MaximumBatchingWindowInSeconds": 3, "MaximumRetryAttempts": 0,
        "FunctionResponseTypes": ["ReportBatchItemFailures"], "MaximumRecordAgeInSeconds": 60,
        "BisectBatchOnFunctionError": true, "ParallelizationFactor": 2,
        "FilterCriteria": {"Filters": [{"Pattern": "{\"eventName\":[\"INSERT\"]}"}]},
        "DestinationConfig": {"OnFailure": {"Destination": QUEUE}},
        "StartingPosition": "LATEST", "KMSKeyArn": "arn:aws:kms:eu-west-1:000000000000:key/k",
        "MetricsConfig": {"Metrics": ["EventCount"]},
    });
    let uuid = world.map(STREAM, settings.clone()).await;
    let mapping = world.get(&uuid).await;
    for (name, value) in settings.as_object().unwrap() {
        assert_eq!(&mapping[name], value, "{name}");
    }
    let without =
        json!({"FilterCriteria": {}, "DestinationConfig": {}, "FunctionResponseTypes": []});
    let mapping = world.update(&uuid, without).await;
    assert_eq!(mapping.get("FilterCriteria"), None);
    assert_eq!(mapping["DestinationConfig"], json!({"OnFailure": {}}));
    assert_eq!(mapping["FunctionResponseTypes"], json!([]));
    assert_eq!(mapping["BatchSize"], 7);
}

#[tokio::test(start_paused = true)]
async fn what_lambda_refuses_is_refused() {
    let world = World::new();
    let stream =
        json!({"FunctionName": "f", "EventSourceArn": STREAM, "StartingPosition": "LATEST"});
    let queue = json!({"FunctionName": "f", "EventSourceArn": QUEUE});
    let pattern = |text: &str| json!({"FilterCriteria": {"Filters": [{"Pattern": text}]}});
    let destination = |arn: &str| json!({"DestinationConfig": {"OnFailure": {"Destination": arn}}});
    for (base, with, expected) in [
        (&stream, json!({"EventSourceArn": null}), "Unrecognized event source."),
        (&stream, json!({"FunctionName": "unknown"}), "Function does not exist"),
        (&stream, json!({"StartingPosition": null}), "Member must not be null."),
        (&stream, json!({"StartingPosition": "0"}), "[LATEST, AT_TIMESTAMP, TRIM_HORIZON]"),
        (&stream, json!({"StartingPosition": "AT_TIMESTAMP"}), "Unsupported starting position for"),
        (&stream, json!({"StartingPositionTimestamp": 1}), "only valid with StartingPosition AT_"),
        (&queue, json!({"StartingPosition": "LATEST"}), "not valid for SQS event sources."),
        (&stream, json!({"BatchSize": 0}), "Value '0' at 'batchSize' failed to satisfy"),
        (&stream, json!({"BatchSize": 10_001}), "less than or equal to 10000"),
        (&queue, json!({"BatchSize": 11}), "must be greater than 0 if maximum batch size is"),
        (&stream, json!({"ParallelizationFactor": 11}), "'parallelizationFactor'"),
        (&stream, json!({"MaximumRetryAttempts": -2}), "'maximumRetryAttempts'"),
        (&stream, json!({"MaximumRecordAgeInSeconds": 59}), "-1 or at least 60; got 59"),
        (&stream, json!({"TumblingWindowInSeconds": 30}), "TumblingWindowInSeconds must be 0"),
        (&queue, json!({"ScalingConfig": {"MaximumConcurrency": 1}}), "maximumConcurrency"),
        (&stream, json!({"ScalingConfig": {"MaximumConcurrency": 2}}), "ScalingConfig is not"),
        (&queue, json!({"BisectBatchOnFunctionError": true}), "not supported for SQS"),
        (&stream, json!({"FunctionResponseTypes": ["Other"]}), "[ReportBatchItemFailures]"),
        (&stream, pattern("single-string"), "Invalid filter pattern definition."),
        (
            &stream,
            pattern("{\"eventName\": [\"INSERT\"=123}"),
            "Invalid filter pattern definition.",
        ),
        (&stream, json!({"BatchSize": "many"}), "BatchSize"),
        (&stream, destination(FUNCTION), "must be the ARN of a standard SQS queue"),
        (&stream, destination(FIFO), "must be the ARN of a standard SQS queue"),
        (&queue, json!({"EventSourceArn": format!("{QUEUE}.fifo"), "BatchSize": 11}), "FIFO"),
    ] {
        let input = extended(base.clone(), with.clone());
        let (status, answer) = world.call(Method::POST, MAPPINGS, &input).await;
        let text = answer["message"].as_str().unwrap_or_default();
        assert_eq!(status, 400, "{with}: {answer}");
        assert!(text.contains(expected), "{with}: {text}");
    }
    assert!(world.sources.store.entries().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_role_that_cannot_read_the_source_is_refused() {
    let world = World::new();
    world.state().denied.extend(["DescribeStream".to_owned(), "GetQueueAttributes".to_owned()]);
    let stream =
        json!({"FunctionName": "f", "EventSourceArn": STREAM, "StartingPosition": "LATEST"});
    let (status, answer) = world.call(Method::POST, MAPPINGS, &stream).await;
    let text = answer["message"].as_str().unwrap();
    assert_eq!(status, 400);
    assert!(text.starts_with(&format!("Cannot access stream {STREAM}. Please ensure")), "{text}");
    let queue = json!({"FunctionName": "f", "EventSourceArn": QUEUE});
    let (status, answer) = world.call(Method::POST, MAPPINGS, &queue).await;
    assert_eq!(status, 400);
    let text = answer["message"].as_str().unwrap();
    assert!(text.contains("does not have permissions to call ReceiveMessage on SQS"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn services_that_do_not_answer_are_no_mistake_of_the_caller() {
    let world = World::new();
    world.state().throttled.insert("lambda".to_owned(), 1);
    let queue = json!({"FunctionName": "f", "EventSourceArn": QUEUE});
    let (status, answer) = world.call(Method::POST, MAPPINGS, &queue).await;
    assert_eq!((status, answer["Type"].as_str()), (503, Some("Service")));
    // What the poller will ask again is not waited for.
    world.state().throttled.insert("GetQueueAttributes".to_owned(), 1);
    assert_eq!(world.call(Method::POST, MAPPINGS, &queue).await.0, 202);
}

#[tokio::test(start_paused = true)]
async fn a_source_is_mapped_to_a_function_once() {
    let world = World::new();
    let uuid = world.map(STREAM, json!({})).await;
    let again = json!({
        "FunctionName": FUNCTION, "EventSourceArn": STREAM, "StartingPosition": "LATEST",
    });
    let (status, answer) = world.call(Method::POST, MAPPINGS, &again).await;
    let expected = format!(
        "The event source arn (\" {STREAM} \") and function (\" f \") provided mapping already \
         exists. Please update or delete the existing mapping with UUID {uuid}"
    );
    assert_eq!((status, &answer["message"]), (409, &json!(expected)));
    // Another alias is another function.
    world.map(STREAM, json!({"FunctionName": "000000000000:function:f:live"})).await;
}

#[tokio::test(start_paused = true)]
async fn lists_are_filtered_and_paged() {
    let world = World::new();
    for source in [STREAM, KINESIS, QUEUE] {
        world.map(source, json!({})).await;
    }
    let list = async |query: &str| {
        let path = format!("{MAPPINGS}/{query}");
        let (status, answer) = world.call(Method::GET, &path, &Value::Null).await;
        assert_eq!(status, 200, "{answer}");
        answer
    };
    let count = |answer: &Value| answer["EventSourceMappings"].as_array().unwrap().len();
    assert_eq!(count(&list("").await), 3);
    assert_eq!(count(&list(&format!("?EventSourceArn={QUEUE}&FunctionName={FUNCTION}")).await), 1);
    assert_eq!(count(&list("?FunctionName=other").await), 0);
    let first = list("?MaxItems=2").await;
    assert_eq!(count(&first), 2);
    let next = first["NextMarker"].as_str().unwrap();
    let second = list(&format!("?MaxItems=2&Marker={next}")).await;
    assert_eq!((count(&second), second.get("NextMarker")), (1, None));
}

#[tokio::test(start_paused = true)]
async fn tags_are_kept_beside_the_mapping() {
    let world = World::new();
    let uuid = world.map(QUEUE, json!({"Tags": {"a": "1"}})).await;
    let arn =
        format!("arn%3Aaws%3Alambda%3Aeu-west-1%3A000000000000%3Aevent-source-mapping%3A{uuid}");
    let path = format!("/2017-03-31/tags/{arn}");
    let tags = async || world.call(Method::GET, &path, &Value::Null).await.1;
    assert_eq!(tags().await, json!({"Tags": {"a": "1"}}));
    let (status, _) = world.call(Method::POST, &path, &json!({"Tags": {"b": "2"}})).await;
    assert_eq!(status, 204);
    let (status, _) = world.call(Method::DELETE, &format!("{path}?tagKeys=a"), &Value::Null).await;
    assert_eq!(status, 204);
    assert_eq!(tags().await, json!({"Tags": {"b": "2"}}));
    let (status, answer) = world.call(Method::POST, &path, &json!({"Tags": {"aws:x": "2"}})).await;
    assert_eq!(status, 400, "{answer}");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_mapping_is_not_found() {
    let world = World::new();
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let path = format!("{MAPPINGS}/none");
        let (status, answer) = world.call(method, &path, &json!({})).await;
        assert_eq!(status, 404);
        assert_eq!(answer["Message"], "The resource you requested does not exist.");
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_mappings_own_requests_are_owned() {
    let world = World::new();
    let owns =
        |path: &str| world.sources.owns(&http::Request::get(path).body(()).unwrap().into_parts().0);
    assert!(
        owns("/2015-03-31/event-source-mappings") && owns("/2015-03-31/event-source-mappings/")
    );
    assert!(owns("/2017-03-31/tags/arn:aws:lambda:us-east-1:0:event-source-mapping:u"));
    assert!(!owns("/2017-03-31/tags/arn:aws:lambda:us-east-1:0:function:f"));
    assert!(!owns("/2015-03-31/functions/f") && !owns("/2015-03-31/event-source-mappingsx"));
}

#[tokio::test(start_paused = true)]
async fn a_cleared_cloud_has_no_mappings_and_polls_nothing() {
    let world = World::new();
    let uuid = world.map(STREAM, json!({})).await;
    world.sources.clear();
    world.write(&["a"]);
    assert!(world.settles().await.is_empty());
    assert_eq!(world.call(Method::GET, &format!("{MAPPINGS}/{uuid}"), &Value::Null).await.0, 404);
}
