//! `dynamo-proxy`: which comments were accepted, and whether they are stored and counted.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::json;
use spillway_tests::{Client, LocalAws, Stack, get};

/// On how many pages the comments are.
const PAGES: usize = 40;

/// Of how many comments one is removed again.
const COMMENTS_PER_REMOVAL: usize = 20;

pub(crate) struct Comments<'a> {
    stack: &'a Stack,
    url: String,
    /// Their pages by their ids, without those that were removed again.
    accepted: Mutex<BTreeMap<String, String>>,
    refused: Mutex<usize>,
    removed: Mutex<usize>,
}

impl<'a> Comments<'a> {
    pub(crate) fn of(stack: &'a Stack) -> Self {
        let url = stack.url("dynamo-proxy");
        let (refused, removed) = (Mutex::default(), Mutex::default());
        Self { stack, url, accepted: Mutex::default(), refused, removed }
    }

    /// Sends a comment, which is accepted or refused: DynamoDB's faults are the client's to see.
    pub(crate) fn send(&self, client: &Client, number: usize) {
        let page = format!("page-{}", number % PAGES);
        let comment = json!({ "pageId": page, "userName": "Ada", "message": format!("{number}") });
        let answer = client.post(&self.url, &comment);
        match answer.status {
            200 => {
                let id = answer.json()["commentId"].as_str().unwrap().to_owned();
                self.accepted.lock().unwrap().insert(id, page);
            }
            429 | 500 => *self.refused.lock().unwrap() += 1,
            status => panic!("{status} {}", answer.body),
        }
    }

    /// Removes some of the comments again.
    pub(crate) fn remove_some(&self) {
        let table = self.table();
        let mut accepted = self.accepted.lock().unwrap();
        let chosen: Vec<_> = accepted.keys().step_by(COMMENTS_PER_REMOVAL).cloned().collect();
        for id in chosen {
            let input = json!({ "TableName": table, "Key": { "commentId": { "S": id } } });
            self.aws().call("DynamoDB_20120810.DeleteItem", &input);
            accepted.remove(&id);
            *self.removed.lock().unwrap() += 1;
        }
    }

    /// How many were accepted, removed or not.
    pub(crate) fn accepted(&self) -> usize {
        self.accepted.lock().unwrap().len() + *self.removed.lock().unwrap()
    }

    /// Whether the counts are what they have to be.
    pub(crate) fn are_counted(&self) -> bool {
        let expected = self.per_page();
        expected.iter().all(|(page, &count)| self.count(page) == count)
    }

    /// Exactly the comments that were accepted are stored, each page has its count, and no event was
    /// given up. Says how many there are.
    pub(crate) fn assert_that_nothing_is_lost(&self) -> String {
        let accepted = self.accepted.lock().unwrap().clone();
        let stored = self.aws().scan(&self.table());
        let text = |value: &serde_json::Value| value["S"].as_str().unwrap().to_owned();
        let stored: BTreeMap<_, _> =
            stored.iter().map(|item| (text(&item["commentId"]), text(&item["pageId"]))).collect();
        assert!(accepted == stored, "accepted: {accepted:?}\nstored: {stored:?}");
        for (page, count) in self.per_page() {
            assert_eq!(self.count(&page), count, "{page}");
        }
        let (refused, removed) = (*self.refused.lock().unwrap(), *self.removed.lock().unwrap());
        format!(
            "of {} comments accepted {} are stored and {removed} were removed, all counted; {refused} \
             were refused",
            stored.len() + removed,
            stored.len()
        )
    }

    fn per_page(&self) -> BTreeMap<String, usize> {
        let mut pages = BTreeMap::new();
        for page in self.accepted.lock().unwrap().values() {
            *pages.entry(page.clone()).or_default() += 1;
        }
        pages
    }

    fn count(&self, page: &str) -> usize {
        let stats = get(&format!("{}/{page}/stats", self.url));
        assert_eq!(stats.status, 200, "{}", stats.body);
        stats.json()["count"].as_u64().unwrap() as usize
    }

    fn table(&self) -> String {
        self.stack.output("dynamo-proxy", "table")
    }

    fn aws(&self) -> &'static LocalAws {
        self.stack.aws()
    }
}
