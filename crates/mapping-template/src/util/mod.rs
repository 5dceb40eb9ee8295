//! `$util`: six functions on text.
//!
//! Each takes one argument, of which it sees what Java's `toString()` gives. AppSync's `$util` is
//! another one; its functions (`toJson`, `error`, `qr`) do not exist here and read as missing.

mod text;

use vtl::{Fault, Meter, Object, Value};

use crate::input::parse_json;

/// `$util` itself; it has no state.
pub(crate) struct Util;

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
        let function: fn(&str, &Meter) -> Result<Value, Fault> = match method {
            "escapeJavaScript" => |text, _| Ok(text::escape_java_script(text).into()),
            "parseJson" => parse_json,
            "urlEncode" => |text, _| Ok(text::url_encode(text).into()),
            "urlDecode" => |text, _| Ok(text::url_decode(text)?.into()),
            "base64Encode" => |text, _| Ok(text::base64_encode(text).into()),
            "base64Decode" => |text, _| Ok(text::base64_decode(text)?.into()),
            _ => return Ok(None),
        };
        let printed;
        let text = match argument {
            Value::Null => return Ok(Some(Value::Null)),
            Value::String(text) => &**text,
            other => {
                let mut text = String::new();
                other.print(&mut text, meter)?;
                printed = text;
                &printed
            }
        };
        // Every character may become two escapes of six characters each.
        meter.allocate(text.len().saturating_mul(3))?;
        function(text, meter).map(Some)
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
