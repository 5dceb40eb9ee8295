//! `$util`: six functions on text.
//!
//! Each takes one argument, of which it sees what Java's `toString()` gives. AppSync's `$util` is
//! another one; its functions (`toJson`, `error`, `qr`) do not exist here and read as missing.

mod text;

use std::cell::RefCell;

use vtl::{Fault, Meter, Object, Value};

use crate::input::parse_json;

/// `$util` itself.
#[derive(Default)]
pub(crate) struct Util {
    /// Where results are put together, so that a template that escapes much allocates little.
    result: RefCell<String>,
}

/// Room for most results, so that the first texts do not make the buffer grow again and again.
const FIRST_ROOM: usize = 256;

/// Appends what becomes of a text.
type Function = fn(&str, &mut String) -> Result<(), text::UtilError>;

impl Object for Util {
    fn class_name(&self) -> &str {
        "Util"
    }

    fn call(
        &self,
        method: &str,
        arguments: &[Value],
        meter: &Meter,
    ) -> Result<Option<Value>, Fault> {
        let [argument] = arguments else {
            return Ok(None);
        };
        let function: Function = match method {
            "escapeJavaScript" => text::escape_java_script,
            "urlEncode" => text::url_encode,
            "urlDecode" => text::url_decode,
            "base64Encode" => text::base64_encode,
            "base64Decode" => text::base64_decode,
            "parseJson" if argument.is_null() => return Ok(None),
            "parseJson" => return parse_json(&argument.to_text(meter)?, meter).map(Some),
            _ => return Ok(None),
        };
        let mut printed = String::new();
        let text = match argument {
            Value::Null => return Ok(None),
            Value::String(text) => &**text,
            other => {
                other.print(&mut printed, meter)?;
                &printed
            }
        };
        // Every character may become two escapes of six characters each.
        meter.allocate(text.len().saturating_mul(3))?;
        let mut result = self.result.borrow_mut();
        result.clear();
        result.reserve(FIRST_ROOM.max(text.len() + text.len() / 4));
        function(text, &mut result)?;
        // Most texts have nothing to escape, and are shared then.
        Ok(Some(match argument {
            Value::String(text) if **text == **result => argument.clone(),
            _ => Value::from(result.as_str()),
        }))
    }

    fn print(&self, out: &mut String, _meter: &Meter) -> Result<(), Fault> {
        out.push_str("{}");
        Ok(())
    }
}

impl From<text::UtilError> for Fault {
    fn from(error: text::UtilError) -> Self {
        Fault::thrown("IllegalArgumentException", error.to_string())
    }
}
