//! What an import has to say: errors, which discard it, and warnings, which do not.
//!
//! AWS answers with all errors at once, so reading goes on after one and every reader notes what it
//! finds here. The same words are kept once, however often a shared part of a document is read.

use std::cell::RefCell;
use std::collections::HashSet;

use super::ImportError;

/// The errors and warnings of one import, in the order they were found.
#[derive(Debug, Default)]
pub(super) struct Report {
    errors: RefCell<Messages>,
    warnings: RefCell<Messages>,
}

#[derive(Debug, Default)]
struct Messages {
    in_order: Vec<String>,
    seen: HashSet<String>,
}

impl Report {
    pub(super) fn error(&self, message: impl Into<String>) {
        self.errors.borrow_mut().add(message.into());
    }

    pub(super) fn warn(&self, message: impl Into<String>) {
        self.warnings.borrow_mut().add(message.into());
    }

    /// The warnings, if there is no error.
    pub(super) fn finish(self) -> Result<Vec<String>, ImportError> {
        let errors = self.errors.into_inner().in_order;
        let warnings = self.warnings.into_inner().in_order;
        if errors.is_empty() {
            Ok(warnings)
        } else {
            Err(ImportError::Definition { errors, warnings })
        }
    }
}

impl Messages {
    fn add(&mut self, message: String) {
        if self.seen.insert(message.clone()) {
            self.in_order.push(message);
        }
    }
}
