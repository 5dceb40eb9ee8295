//! Doubles of the ports, and the contract that the doubles and the adapters keep alike.
//!
//! The harness runs [`contract`] on [`StepFunctions`](crate::StepFunctions) and
//! [`DynamoDb`](crate::DynamoDb) against an applied stack; the tests of this crate run it on
//! [`Memory`]. So what the tests show with the double holds for the real thing.

use crate::{Error, Field, Fields, Page, Submission, SubmissionFlow, Submissions, Verdict};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Bound;

/// Flow and store in memory: what the first accepts, the second lists. It has the default patterns
/// of the state machine.
#[derive(Debug, Default)]
pub struct Memory {
    stored: RefCell<BTreeMap<String, Submission>>,
    submitted: RefCell<Vec<Fields>>,
}

impl Memory {
    /// What was submitted to the flow so far.
    pub fn submitted(&self) -> Vec<Fields> {
        self.submitted.borrow().clone()
    }

    /// Puts a submission into the store, as it is.
    pub fn put(&self, submission: Submission) {
        self.stored.borrow_mut().insert(submission.id.clone(), submission);
    }

    fn broken_rule(field: Field, value: &str) -> Option<&'static str> {
        let letters = |text: &str| text.starts_with(|c: char| c.is_ascii_alphabetic());
        let word = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
        let good = match field {
            Field::UserName => true,
            Field::Email => value
                .strip_suffix(".com")
                .and_then(|address| address.split_once('@'))
                .is_some_and(|(name, host)| letters(name) && word(name) && word(host)),
            Field::Pincode => {
                (4..=6).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit())
            }
        };
        match field {
            _ if good => None,
            Field::Pincode => Some("must be 4 to 6 digits"),
            _ => Some(
                "must be letters and digits, starting with a letter, then @, letters or digits and .com",
            ),
        }
    }
}

impl SubmissionFlow for &Memory {
    async fn submit(&self, fields: &Fields) -> Result<Verdict, Error> {
        self.submitted.borrow_mut().push(fields.clone());
        let broken = |field: Field| match fields.get(field) {
            Some(value) => Memory::broken_rule(field, value),
            None => Some("is missing"),
        };
        let rules: BTreeMap<String, String> = Field::ALL
            .into_iter()
            .filter_map(|field| Some((field.name().to_owned(), broken(field)?.to_owned())))
            .collect();
        if !rules.is_empty() {
            return Ok(Verdict::Refused { rules });
        }
        let value = |field| fields.get(field).map(str::to_owned);
        let id = value(Field::Email).unwrap_or_default();
        let second = self.stored.borrow().len();
        self.put(Submission {
            id: id.clone(),
            user_name: value(Field::UserName),
            pincode: value(Field::Pincode),
            created_at: Some(format!(
                "2026-11-20T{:02}:{:02}:00.000Z",
                second / 60 % 24,
                second % 60
            )),
        });
        Ok(Verdict::Stored { id })
    }
}

impl Submissions for &Memory {
    async fn page(&self, limit: u8, after: Option<&str>) -> Result<Page, Error> {
        let stored = self.stored.borrow();
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut behind = stored.range::<str, _>((start, Bound::Unbounded));
        let submissions: Vec<Submission> =
            behind.by_ref().take(limit.into()).map(|(_, submission)| submission.clone()).collect();
        let last = submissions.last().map(|submission| submission.id.clone());
        Ok(Page { submissions, next: behind.next().and(last) })
    }
}

/// A service that answers every call the same way.
pub struct Always<T>(
    /// Makes the answer.
    pub T,
);

impl<T: Fn() -> Result<Verdict, Error>> SubmissionFlow for Always<T> {
    async fn submit(&self, _: &Fields) -> Result<Verdict, Error> {
        (self.0)()
    }
}

impl<T: Fn() -> Result<Page, Error>> Submissions for Always<T> {
    async fn page(&self, _: u8, _: Option<&str>) -> Result<Page, Error> {
        (self.0)()
    }
}

/// A service that never answers.
pub struct Never;

impl SubmissionFlow for Never {
    async fn submit(&self, _: &Fields) -> Result<Verdict, Error> {
        std::future::pending().await
    }
}

impl Submissions for Never {
    async fn page(&self, _: u8, _: Option<&str>) -> Result<Page, Error> {
        std::future::pending().await
    }
}

/// Names that have to be stored as they are, whatever they mean elsewhere.
const NAMES: [&str; 10] = [
    "Ada",
    " ",
    "\"quoted\" 'single' \\back\\slash",
    "two\nlines\r\n\tand a tab",
    "<script>alert(1)</script>&amp;",
    "emoji 😀 and 日本語 and e\u{301}",
    "${jndi:ldap://x} $(id) `id`",
    "{% $states.input %}",
    "{%$error('x')%}",
    "{\"S\":\"x\"}",
];

/// Checks what the ports promise, with submissions whose ids start with `prefix`: letters that no
/// other run on the same store uses. Others may be stored beside them.
///
/// # Panics
/// If a promise is not kept; the message says which.
pub async fn contract(flow: &impl SubmissionFlow, submissions: &impl Submissions, prefix: &str) {
    let mut expected = BTreeMap::new();
    for (index, name) in NAMES.into_iter().enumerate() {
        let email = format!("{prefix}{index}@example.com");
        let pincode = ["1234", "12345", "000000"][index % 3];
        let fields = fields(&[name, &email, pincode]);
        let verdict = flow.submit(&fields).await.expect("a verdict");
        assert_eq!(verdict, Verdict::Stored { id: email.clone() }, "{name:?}");
        expected.insert(email, (name.to_owned(), pincode.to_owned()));
    }
    refuses(flow, prefix).await;

    for limit in [1, 3, 100] {
        let listed = all(submissions, limit, prefix).await;
        assert_eq!(listed.len(), expected.len(), "stored once each, limit {limit}");
        for submission in listed {
            let Submission { id, user_name, pincode, created_at } = submission;
            let stored = (user_name.expect("a name"), pincode.expect("a pincode"));
            assert_eq!(Some(&stored), expected.get(&id), "{id} as it was sent");
            let at = created_at.expect("a date");
            assert!(at.starts_with("20") && at.ends_with('Z'), "{at} in RFC 3339, UTC");
        }
    }
}

/// Every bad field is named at once, and nothing of a refused submission is stored.
async fn refuses(flow: &impl SubmissionFlow, prefix: &str) {
    let good = format!("{prefix}refused@example.com");
    let dotted = format!("{prefix}.b@x.com");
    let digit = format!("1{prefix}@x.com");
    let org = format!("{prefix}refused@x.org");
    let cases: [(&[&str; 3], &[&str]); 12] = [
        (&["", &good, "1234"], &["user_name"]),
        (&["Ada", "", "1234"], &["email"]),
        (&["Ada", &good, ""], &["pincode"]),
        (&["", "", "1234"], &["email", "user_name"]),
        (&["Ada", &good, "123"], &["pincode"]),
        (&["Ada", &good, "1234567"], &["pincode"]),
        (&["Ada", &good, "12a4"], &["pincode"]),
        (&["Ada", &good, "1234\n"], &["pincode"]),
        (&["Ada", &dotted, "1234"], &["email"]),
        (&["Ada", &digit, "1234"], &["email"]),
        (&["Ada", &org, "12"], &["email", "pincode"]),
        (&["", "x", "{% 1 %}"], &["email", "pincode", "user_name"]),
    ];
    for (values, bad) in cases {
        let verdict = flow.submit(&fields(values)).await.expect("a verdict");
        let Verdict::Refused { rules } = verdict else { panic!("{values:?} was stored") };
        let named: Vec<&str> = rules.keys().map(String::as_str).collect();
        assert_eq!(named, bad, "{values:?}");
        for (index, field) in Field::ALL.into_iter().enumerate() {
            let rule = rules.get(field.name()).map_or("", String::as_str);
            assert_eq!(
                rule == "is missing",
                values[index].is_empty(),
                "{field:?} of {values:?}: {rule}"
            );
        }
    }
}

/// The fields of a submission in their order; empty ones are left out.
fn fields(values: &[&str; 3]) -> Fields {
    let pairs = Field::ALL.into_iter().zip(values.iter().copied());
    pairs.filter(|(_, value)| !value.is_empty()).collect()
}

/// All submissions of this prefix, in pages of `limit`.
async fn all(submissions: &impl Submissions, limit: u8, prefix: &str) -> Vec<Submission> {
    let mut found = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = submissions.page(limit, after.as_deref()).await.expect("a page");
        assert!(page.submissions.len() <= usize::from(limit), "no more than the limit");
        let of_prefix = |submission: &Submission| submission.id.contains(prefix);
        found.extend(page.submissions.into_iter().filter(of_prefix));
        match page.next {
            Some(next) => {
                assert_ne!(after.as_ref(), Some(&next), "every page goes on");
                after = Some(next);
            }
            None => return found,
        }
    }
}
