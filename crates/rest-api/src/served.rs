//! What the data plane serves: one stage with the snapshot it shows.

use std::sync::Arc;

use crate::model::{Definition, Stage};

/// A stage of an API at one moment. It never changes: whatever changes the stage makes a new one,
/// so the data plane may keep what it derives from it for as long as it is given the same one.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) account_id: String,
    pub(crate) region: String,
    /// The snapshot of the stage's deployment; its `rest_api.id` is the API's id.
    pub(crate) definition: Arc<Definition>,
    pub(crate) stage: Stage,
}

impl Served {
    /// The API's ARN, below which policies name its methods.
    pub(crate) fn arn(&self) -> String {
        let Self { account_id, region, .. } = self;
        format!("arn:aws:execute-api:{region}:{account_id}:{}", self.definition.rest_api.id)
    }
}
