//! What every implementation of the port promises.

use crate::{Create, Delete, Error, List, Once, Orders, Page, Placeholders, Read, Update, Written};
use aws_sdk_dynamodb::types::ReturnValue;
use lambda_kit::item::{self, Item};
use std::collections::BTreeSet;

/// Items that have to come back as they are, but for their ids.
const ITEMS: [&str; 5] = [
    r#""order_date":"2024-11-04T10:30:00Z","price":78.89,"product":"Beautiful Jacket""#,
    r#""deep":{"list":[[{"a":null}],true,false,"",{}]},"empty":[]"#,
    r#""e\"\\\n\u0000":"\u2028 😀 é e\u0301 \u202e","日本":"<script>&amp;${x}{{y}}""#,
    r#""large":12345678901234567890123456789012345678,"small":-0.000000000000000000000000000000000001"#,
    r#""a.b[0]":1,"item":{"S":"x"},"n":{"N":"1"}"#,
];

/// Checks what the port promises, with items and idempotency keys that start with `prefix`, which no
/// other run on the same tables uses. Others may be beside them.
///
/// # Panics
/// If a promise is not kept; the message says which.
pub async fn contract(orders: &impl Orders, prefix: &str) {
    let test = Test { orders, prefix };
    test.items_come_back_as_they_were_sent().await;
    test.conditions_hold_or_nothing_is_written().await;
    test.what_cannot_be_done_is_refused().await;
    test.updates_answer_what_they_are_asked_for().await;
    test.what_is_deleted_is_gone().await;
    test.pages_hold_every_item_once().await;
    test.a_key_makes_a_create_happen_once().await;
    test.a_key_makes_an_update_happen_once().await;
    test.a_key_answers_with_the_attributes_of_the_first_time().await;
    test.a_key_is_bound_to_what_was_done_with_it().await;
    test.requests_with_one_key_at_a_time_happen_once().await;
}

struct Test<'a, O> {
    orders: &'a O,
    prefix: &'a str,
}

impl<O: Orders> Test<'_, O> {
    fn id(&self, name: &str) -> String {
        format!("{}-{name}", self.prefix)
    }

    fn key(&self, name: &str) -> Item {
        items(&format!(r#"{{"id":"{}"}}"#, self.id(name)))
    }

    fn once(&self, key: &str, fingerprint: &str) -> Once {
        Once { key: self.id(key), fingerprint: fingerprint.to_owned() }
    }

    fn create(&self, name: &str, members: &str) -> Create {
        Create {
            item: items(&format!(r#"{{"id":"{}",{members}}}"#, self.id(name))),
            condition: None,
            placeholders: Placeholders::default(),
            returns: ReturnValue::None,
        }
    }

    fn update(&self, name: &str, update: &str, values: &str, returns: ReturnValue) -> Update {
        Update {
            key: self.key(name),
            update: update.to_owned(),
            condition: None,
            placeholders: Placeholders { names: [].into(), values: items(values) },
            returns,
        }
    }

    async fn put(&self, name: &str, members: &str) {
        let written = self.orders.create(&self.create(name, members), None).await;
        assert_eq!(written.expect("an item is created"), Written::default(), "{name}");
    }

    /// The item as JSON, without its id.
    async fn stored(&self, name: &str) -> Option<String> {
        let read =
            Read { key: self.key(name), projection: None, names: [].into(), consistent: true };
        let mut item = self.orders.read(&read).await.expect("the table answers")?;
        assert_eq!(item.remove("id"), self.key(name).remove("id"));
        Some(json(&item))
    }

    async fn items_come_back_as_they_were_sent(&self) {
        for (index, members) in ITEMS.iter().enumerate() {
            let name = format!("sent{index}");
            assert_eq!(self.stored(&name).await, None);
            self.put(&name, members).await;
            let sent = json(&items(&format!("{{{members}}}")));
            assert_eq!(self.stored(&name).await, Some(sent));
        }
        let names = [("#p".to_owned(), "product".to_owned())].into();
        let projection = Some("#p, price".to_owned());
        let read = Read { key: self.key("sent0"), projection, names, consistent: false };
        let item = self.orders.read(&read).await.expect("the table answers");
        let expected = r#"{"price":78.89,"product":"Beautiful Jacket"}"#;
        assert_eq!(item.as_ref().map(json).as_deref(), Some(expected));
    }

    async fn conditions_hold_or_nothing_is_written(&self) {
        self.put("conditional", r#""n":1"#).await;
        let mut create = self.create("conditional", r#""n":2"#);
        create.condition = Some("attribute_not_exists(id)".to_owned());
        let refused = self.orders.create(&create, None).await;
        assert!(matches!(refused, Err(Error::ConditionFailed)), "{refused:?}");
        let mut update = self.update("absent", "SET n = :n", r#"{":n":2}"#, ReturnValue::None);
        update.condition = Some("attribute_exists(id)".to_owned());
        let refused = self.orders.update(&update, None).await;
        assert!(matches!(refused, Err(Error::ConditionFailed)), "{refused:?}");
        let delete = Delete {
            key: self.key("conditional"),
            condition: Some("n = :n".to_owned()),
            placeholders: Placeholders { names: [].into(), values: items(r#"{":n":7}"#) },
            returns: ReturnValue::None,
        };
        let refused = self.orders.delete(&delete).await;
        assert!(matches!(refused, Err(Error::ConditionFailed)), "{refused:?}");
        assert_eq!(self.stored("conditional").await.as_deref(), Some(r#"{"n":1}"#));
        assert_eq!(self.stored("absent").await, None);
    }

    /// Whether asked once or not, and with nothing written.
    async fn what_cannot_be_done_is_refused(&self) {
        self.put("refused", r#""n":1,"text":"x""#).await;
        for (index, (update, values)) in
            [("ADD text :one", r#"{":one":1}"#), ("ADD n :text", r#"{":text":"x"}"#)]
                .into_iter()
                .enumerate()
        {
            let request = self.update("refused", update, values, ReturnValue::AllNew);
            let refused = self.orders.update(&request, None).await;
            assert!(matches!(refused, Err(Error::Refused { .. })), "{update}: {refused:?}");
            let once = self.once(&format!("refused{index}"), "f");
            let refused = self.orders.update(&request, Some(&once)).await;
            assert!(matches!(refused, Err(Error::Refused { .. })), "{update}, once: {refused:?}");
        }
        assert_eq!(self.stored("refused").await.as_deref(), Some(r#"{"n":1,"text":"x"}"#));
    }

    async fn updates_answer_what_they_are_asked_for(&self) {
        self.put("updated", r#""a":1,"b":"x""#).await;
        let id = self.id("updated");
        for (number, returns, expected) in [
            (2, ReturnValue::None, None),
            (3, ReturnValue::UpdatedOld, Some(r#"{"a":2}"#.to_owned())),
            (4, ReturnValue::UpdatedNew, Some(r#"{"a":4}"#.to_owned())),
            (5, ReturnValue::AllOld, Some(format!(r#"{{"a":4,"b":"x","id":"{id}"}}"#))),
            (6, ReturnValue::AllNew, Some(format!(r#"{{"a":6,"b":"x","id":"{id}"}}"#))),
        ] {
            let values = format!(r#"{{":a":{number}}}"#);
            let update = self.update("updated", "SET a = :a", &values, returns);
            let written = self.orders.update(&update, None).await.expect("an update");
            assert_eq!(written, Written { attributes: expected, replayed: false });
        }
        let made = self.update("made", "SET a = :a", r#"{":a":1}"#, ReturnValue::UpdatedOld);
        assert_eq!(self.orders.update(&made, None).await.expect("an update"), Written::default());
        assert_eq!(self.stored("made").await.as_deref(), Some(r#"{"a":1}"#));
    }

    async fn what_is_deleted_is_gone(&self) {
        self.put("deleted", r#""a":1"#).await;
        let delete = Delete {
            key: self.key("deleted"),
            condition: None,
            placeholders: Placeholders::default(),
            returns: ReturnValue::AllOld,
        };
        let old = format!(r#"{{"a":1,"id":"{}"}}"#, self.id("deleted"));
        let written = self.orders.delete(&delete).await.expect("a deletion");
        assert_eq!(written.attributes, Some(old));
        assert_eq!(self.stored("deleted").await, None);
        assert_eq!(self.orders.delete(&delete).await.expect("a deletion"), Written::default());
    }

    async fn pages_hold_every_item_once(&self) {
        let mut expected = BTreeSet::new();
        for number in 0..7 {
            let name = format!("page{number}");
            self.put(&name, &format!(r#""lot":"{}","n":{number}"#, self.prefix)).await;
            expected.insert(format!(r#"{{"id":"{}","n":{number}}}"#, self.id(&name)));
        }
        for limit in [1, 3, 1000] {
            let mut found = Vec::new();
            let mut after = None;
            loop {
                let page = self.page(limit, after.clone()).await;
                assert!(page.items.len() <= usize::from(limit), "no more than the limit");
                assert!(page.scanned <= u32::from(limit), "no more than the limit");
                found.extend(page.items.iter().map(json));
                match page.next {
                    Some(next) => {
                        assert_ne!(after.as_ref(), Some(&next), "every page goes on");
                        after = Some(next);
                    }
                    None => break,
                }
            }
            assert_eq!(found.len(), expected.len(), "each once, limit {limit}");
            assert_eq!(BTreeSet::from_iter(found), expected);
        }
    }

    async fn page(&self, limit: u16, after: Option<Item>) -> Page {
        let values = items(&format!(r#"{{":b":"{}"}}"#, self.prefix));
        let list = List {
            limit,
            after,
            filter: Some("lot = :b".to_owned()),
            projection: Some("id, #n".to_owned()),
            placeholders: Placeholders {
                names: [("#n".to_owned(), "n".to_owned())].into(),
                values,
            },
            consistent: true,
        };
        self.orders.list(&list).await.expect("a page")
    }

    async fn a_key_makes_a_create_happen_once(&self) {
        let once = self.once("create", "f");
        let mut create = self.create("created-once", r#""n":1"#);
        create.condition = Some("attribute_not_exists(id)".to_owned());
        let first = self.orders.create(&create, Some(&once)).await.expect("an item");
        assert_eq!(first, Written::default());
        self.put("created-once", r#""n":2"#).await;
        let again = self.orders.create(&create, Some(&once)).await.expect("the answer again");
        assert_eq!(again, Written { attributes: None, replayed: true });
        assert_eq!(self.stored("created-once").await.as_deref(), Some(r#"{"n":2}"#));

        create.condition = None;
        create.returns = ReturnValue::AllOld;
        let once = self.once("create-old", "f");
        let old = format!(r#"{{"id":"{}","n":2}}"#, self.id("created-once"));
        for replayed in [false, true] {
            let written = self.orders.create(&create, Some(&once)).await.expect("an answer");
            assert_eq!(written, Written { attributes: Some(old.clone()), replayed });
        }
    }

    async fn a_key_makes_an_update_happen_once(&self) {
        let update = self.update("counter", "ADD n :one", r#"{":one":1}"#, ReturnValue::None);
        let once = self.once("add", "f");
        for replayed in [false, true, true] {
            let written = self.orders.update(&update, Some(&once)).await.expect("an answer");
            assert_eq!(written, Written { attributes: None, replayed });
        }
        assert_eq!(self.stored("counter").await.as_deref(), Some(r#"{"n":1}"#));
        let next = self.once("add-again", "f");
        self.orders.update(&update, Some(&next)).await.expect("an answer");
        assert_eq!(self.stored("counter").await.as_deref(), Some(r#"{"n":2}"#));
    }

    async fn a_key_answers_with_the_attributes_of_the_first_time(&self) {
        let id = self.id("answered");
        for (returns, expected) in [
            (ReturnValue::AllOld, format!(r#"{{"b":"x","id":"{id}","n":1}}"#)),
            (ReturnValue::UpdatedOld, r#"{"n":1}"#.to_owned()),
            (ReturnValue::AllNew, format!(r#"{{"b":"x","id":"{id}","n":2}}"#)),
            (ReturnValue::UpdatedNew, r#"{"n":2}"#.to_owned()),
        ] {
            self.put("answered", r#""b":"x","n":1"#).await;
            let once = self.once(&format!("answered-{}", returns.as_str()), "f");
            let update = self.update("answered", "ADD n :one", r#"{":one":1}"#, returns);
            let first = self.orders.update(&update, Some(&once)).await.expect("an answer");
            assert_eq!(first.attributes.as_deref(), Some(expected.as_str()));
            self.put("answered", r#""n":77"#).await;
            let again = self.orders.update(&update, Some(&once)).await.expect("an answer");
            assert_eq!(again, Written { attributes: Some(expected), replayed: true });
        }
    }

    async fn a_key_is_bound_to_what_was_done_with_it(&self) {
        let once = self.once("bound", "one");
        let mut create = self.create("bound", r#""n":1"#);
        create.condition = Some("attribute_exists(id)".to_owned());
        let failed = self.orders.create(&create, Some(&once)).await;
        assert!(matches!(failed, Err(Error::ConditionFailed)), "{failed:?}");
        create.condition = None;
        let other = self.once("bound", "two");
        self.orders.create(&create, Some(&other)).await.expect("nothing was done with the key");
        let reused = self.orders.create(&create, Some(&once)).await;
        assert!(matches!(reused, Err(Error::KeyReused)), "{reused:?}");
        let update = self.update("bound", "SET n = :n", r#"{":n":5}"#, ReturnValue::None);
        let reused = self.orders.update(&update, Some(&once)).await;
        assert!(matches!(reused, Err(Error::KeyReused)), "{reused:?}");
        assert_eq!(self.stored("bound").await.as_deref(), Some(r#"{"n":1}"#));
    }

    async fn requests_with_one_key_at_a_time_happen_once(&self) {
        let update = self.update("at-a-time", "ADD n :one", r#"{":one":1}"#, ReturnValue::AllNew);
        let once = self.once("at-a-time", "f");
        let ask = || self.orders.update(&update, Some(&once));
        let (a, b, c, d) = tokio::join!(ask(), ask(), ask(), ask());
        let answers: Vec<Written> = [a, b, c, d]
            .into_iter()
            .filter_map(|answer| match answer {
                Ok(answer) => Some(answer),
                Err(Error::Conflict) => None,
                Err(error) => panic!("{error}"),
            })
            .collect();
        let first_times = answers.iter().filter(|answer| !answer.replayed).count();
        assert!(first_times <= 1, "{answers:?}");
        let last = ask().await.expect("the answer again");
        assert!(last.replayed);
        assert!(answers.iter().all(|answer| answer.attributes == last.attributes), "{answers:?}");
        assert_eq!(self.stored("at-a-time").await.as_deref(), Some(r#"{"n":1}"#));
    }
}

fn items(text: &str) -> Item {
    item::from_json(text).expect("an item of the contract")
}

fn json(item: &Item) -> String {
    item::to_json(item).expect("an item")
}
