//! Lists: their order, `limit` and `position`.

use serde_json::{Value, json};

use super::{Cloud, text};

#[test]
fn pages_hold_every_item_once_whatever_happens_meanwhile() {
    let cloud = Cloud::new();
    let api = cloud.api();
    for index in 0..60 {
        cloud.resource(&api, &format!("r{index:02}"));
    }
    let mut seen: Vec<String> = Vec::new();
    let mut position = String::new();
    loop {
        let page = cloud.get(&format!("{api}/resources?limit=7&position={position}"));
        let items = page["item"].as_array().unwrap();
        assert!((1..=7).contains(&items.len()));
        seen.extend(items.iter().map(|item| text(&item["path"])));
        // What was shown may go before the next page is asked for.
        let shown = text(&items.last().unwrap()["id"]);
        if items.last().unwrap()["path"] != "/" {
            cloud.check(202, &format!("DELETE {api}/resources/{shown}"), Value::Null);
        }
        match page.get("position") {
            Some(next) => position = text(next).replace('/', "%2F"),
            None => break,
        }
    }
    let expected: Vec<_> = std::iter::once("/".to_owned())
        .chain((0..60).map(|index| format!("/r{index:02}")))
        .collect();
    assert_eq!(seen, expected);
}

#[test]
fn a_page_has_25_items_by_default_and_no_position_when_it_is_the_last() {
    let cloud = Cloud::new();
    for index in 0..26 {
        cloud.check(201, "POST /apikeys", json!({ "name": format!("key-{index}") }));
    }
    let first = cloud.get("/apikeys");
    assert_eq!(first["item"].as_array().unwrap().len(), 25);
    let second = cloud.get(&format!("/apikeys?position={}", text(&first["position"])));
    assert_eq!(second["item"].as_array().unwrap().len(), 1);
    assert!(second.get("position").is_none());
    assert!(cloud.get("/apikeys?limit=26").get("position").is_none());
    assert_eq!(cloud.get("/usageplans"), json!({ "item": [] }));
}

#[test]
fn limits_out_of_range_are_refused() {
    let cloud = Cloud::new();
    for limit in ["0", "501", "-1", "ten", "99999999999999999999"] {
        let message =
            format!("Invalid limit parameter specified: {limit}, must be between 1 and 500");
        let line = format!("GET /restapis?limit={limit}");
        cloud.refuses(400, "BadRequestException", &message, &line, Value::Null);
    }
}
