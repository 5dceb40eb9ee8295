//! Renders cases from standard input, one JSON object a line: `{"id", "template", "vars"}` gives
//! `{"id", "output"}` or `{"id", "error"}`. For comparing with another engine; `mode` may be `stock`.

use std::io::{BufRead, Write};

use serde_json::{Map as Object, Value as Json, json};
use vtl::{BigInt, Context, Decimal, List, Map, Missing, Settings, Template, Value};

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let case: Json = serde_json::from_str(&line)?;
        let settings = Settings {
            missing: if case["mode"] == "stock" { Missing::Source } else { Missing::Empty },
            ..Settings::default()
        };
        let mut context = Context::new();
        for (name, value) in case["vars"].as_object().unwrap_or(&Object::new()) {
            context.set(name, value_of(value));
        }
        let result = Template::parse("t", case["template"].as_str().unwrap_or_default())
            .and_then(|template| template.render(&context, &settings));
        let answer = match result {
            Ok(output) => json!({"id": case["id"], "output": output}),
            Err(error) => json!({"id": case["id"], "error": error.to_string()}),
        };
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn value_of(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => {
            let text = number.to_string();
            match text.parse::<BigInt>() {
                Ok(whole) => Value::from(whole),
                Err(_) => text
                    .parse::<Decimal>()
                    .map_or(Value::Null, |decimal| Value::Double(decimal.to_f64())),
            }
        }
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::List(List::json_array(items.iter().map(value_of).collect())),
        Json::Object(entries) => Value::Map(Map::from_entries(
            entries.iter().map(|(key, value)| (key.as_str(), value_of(value))),
        )),
    }
}
