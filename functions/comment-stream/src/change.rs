//! What an event changes: which pages count a comment more or less because of it.
//!
//! The count of a page is the number of comments whose `pageId` it is. A comment that has no `pageId`
//! which can be a key is on no page: whoever inserts or removes it changes no count, and is a poison
//! record. One that is mended later is counted then; one that is spoiled later is counted out, and
//! reported all the same.

use crate::Error;
use crate::event::{Image, Record};

/// The longest partition key, in bytes (DynamoDB's limits).
const LONGEST_KEY: usize = 2_048;

/// What becomes of one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The page.
    pub page_id: String,
    /// How many comments more there are on it.
    pub difference: i64,
    /// When the newest of the comments was made that are on it now and were not before.
    pub newest: Option<String>,
}

/// An event that changes something.
#[derive(Debug)]
pub(crate) struct CountedEvent {
    pub(crate) id: String,
    pub(crate) sequence_number: String,
    /// One, or two of different pages.
    pub(crate) changes: Vec<Change>,
}

/// What was read out of a record.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    pub(crate) changes: Vec<Change>,
    /// Why a person has to look at it.
    pub(crate) problem: Option<Error>,
}

impl Judgement {
    pub(crate) fn of(record: &Record) -> Self {
        match Self::try_of(record) {
            Ok(judgement) => judgement,
            Err(error) => Self { changes: Vec::new(), problem: Some(error) },
        }
    }

    /// An error stands for a record that says nothing about any page.
    fn try_of(record: &Record) -> Result<Self, Error> {
        if !is_key(&record.event_id) {
            return Err(Error::EventId { bytes: record.event_id.len() });
        }
        let old_image = || image(record.change.old_image.as_ref(), "OldImage");
        let new_image = || image(record.change.new_image.as_ref(), "NewImage");
        let (old, new) = match record.event_name.as_str() {
            "INSERT" => (None, Some(new_image()?)),
            "REMOVE" => (Some(old_image()?), None),
            "MODIFY" => (Some(old_image()?), Some(new_image()?)),
            name => return Err(Error::EventName { received: name.to_owned() }),
        };
        let from = old.map(|image| image.page_id("OldImage"));
        let to = new.map(|image| image.page_id("NewImage"));
        if let (Some(Ok(from)), Some(Ok(to))) = (&from, &to)
            && from == to
        {
            return Ok(Self::default());
        }
        let mut changes = Vec::new();
        if let Some(Ok(page_id)) = &from {
            changes.push(Change { page_id: (*page_id).to_owned(), difference: -1, newest: None });
        }
        if let (Some(Ok(page_id)), Some(image)) = (&to, new) {
            let newest = image.created_at();
            changes.push(Change { page_id: (*page_id).to_owned(), difference: 1, newest });
        }
        // What a comment is now decides whether there is something to mend.
        Ok(Self { changes, problem: to.or(from).and_then(Result::err) })
    }
}

fn image<'a>(image: Option<&'a Image>, name: &'static str) -> Result<&'a Image, Error> {
    image.ok_or(Error::ImageMissing { image: name })
}

impl Image {
    fn page_id(&self, image: &'static str) -> Result<&str, Error> {
        match self.page_id["S"].as_str() {
            Some(id) if is_key(id) => Ok(id),
            Some(id) => Err(Error::PageId { image, received: format!("{} bytes", id.len()) }),
            None if self.page_id.is_null() => {
                Err(Error::PageId { image, received: "nothing".to_owned() })
            }
            None => Err(Error::PageId { image, received: "another type".to_owned() }),
        }
    }

    /// When the comment was made, unless that cannot be compared as text: then it is counted and is
    /// never the newest, because what is once the maximum stays it.
    fn created_at(&self) -> Option<String> {
        self.created_at["S"].as_str().filter(|at| is_timestamp(at)).map(str::to_owned)
    }
}

/// Whether DynamoDB takes it for the value of a partition key.
fn is_key(text: &str) -> bool {
    (1..=LONGEST_KEY).contains(&text.len())
}

/// `2015-04-09T12:34:56.789Z`: of texts in this form the greater one is the later one.
fn is_timestamp(text: &str) -> bool {
    const FORM: &str = "0000-00-00T00:00:00.000Z";
    text.len() == FORM.len()
        && text.bytes().zip(FORM.bytes()).all(|(byte, expected)| {
            if expected == b'0' { byte.is_ascii_digit() } else { byte == expected }
        })
}
