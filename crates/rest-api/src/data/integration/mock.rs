//! Mock integrations: the request template says which status the backend would have had.

use bytes::Bytes;
use mapping_template::find;

use super::Reply;
use super::outgoing::Outgoing;
use crate::data::gateway_response::Failure;
use crate::data::log::excerpt;

pub(super) fn call(outgoing: &Outgoing) -> Result<Reply, Failure> {
    let text = String::from_utf8_lossy(&outgoing.body);
    let status = find(&text, "$.statusCode").ok().flatten();
    let status: u16 = status.and_then(|status| status.parse().ok()).ok_or_else(|| {
        Failure::configuration(format!(
            "a mock needs a statusCode, but its request is {:?}",
            excerpt(&outgoing.body)
        ))
    })?;
    Ok(Reply { status, headers: Vec::new(), body: Bytes::new(), selector: status.to_string() })
}
