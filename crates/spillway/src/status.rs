//! `spillway status`: what runs, where it answers, and whether what was applied is still there.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::ExitCode;

use local_aws::{Instance, Record};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::output;

/// What `up` applied, and to which cloud.
#[derive(Serialize, Deserialize)]
pub(crate) struct Applied {
    pub(crate) generation: String,
    /// Terraform's output `patterns`: an object of objects, each with a `url`.
    pub(crate) patterns: Value,
}

impl Applied {
    pub(crate) fn save(&self, instance: &Instance) -> Result<(), Error> {
        let path = path(instance);
        let text = serde_json::to_vec_pretty(self).expect("it was made of JSON");
        fs::write(&path, text).map_err(Error::io("write", &path))
    }

    /// What was applied to the cloud of `record`; nothing if that is another one.
    pub(crate) fn to(instance: &Instance, record: Option<&Record>) -> Result<Option<Self>, Error> {
        let applied = Self::load(instance)?;
        Ok(applied.filter(|it| record.is_some_and(|record| record.generation == it.generation)))
    }

    /// What was applied to the cloud of an instance, which has to run.
    pub(crate) fn here(instance: &Instance) -> Result<Self, Error> {
        let record = instance.record()?.ok_or(Error::NotRunning { port: instance.port() })?;
        let nothing = || Self { generation: record.generation.clone(), patterns: Value::Null };
        Ok(Self::to(instance, Some(&record))?.unwrap_or_else(nothing))
    }

    fn load(instance: &Instance) -> Result<Option<Self>, Error> {
        let path = path(instance);
        match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text)
                .map(Some)
                .map_err(|source| Error::Output { what: "applied.json", source }),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("read", &path)(error)),
        }
    }

    /// The outputs of a pattern, which has to be applied.
    pub(crate) fn pattern(&self, name: &str, instance: &Instance) -> Result<&Value, Error> {
        let not_applied = || Error::NotApplied { pattern: name.to_owned(), port: instance.port() };
        self.patterns.get(name).ok_or_else(not_applied)
    }

    /// Each pattern with its outputs.
    pub(crate) fn patterns(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.patterns
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, outputs)| (name.as_str(), outputs))
    }
}

fn path(instance: &Instance) -> PathBuf {
    instance.dir().join("applied.json")
}

/// Prints the status. Success means that the local AWS runs and has what `up` applied.
pub(crate) fn status(instance: &Instance, as_json: bool) -> Result<ExitCode, Error> {
    let record = instance.record()?;
    let applied = Applied::to(instance, record.as_ref())?;
    if as_json {
        output::line(format_args!("{:#}", as_value(record.as_ref(), applied.as_ref())));
    } else {
        print(instance, record.as_ref(), applied.as_ref());
    }
    Ok(if applied.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn as_value(record: Option<&Record>, applied: Option<&Applied>) -> Value {
    json!({
        "endpoint": record.map(|record| &record.endpoint),
        "faults": record.map(|record| &record.faults),
        "patterns": applied.map_or(Value::Object(Map::new()), |applied| applied.patterns.clone()),
        "processes": record.map_or(&[][..], |record| &record.processes),
    })
}

fn print(instance: &Instance, record: Option<&Record>, applied: Option<&Applied>) {
    let Some(record) = record else {
        output::line(format_args!(
            "No local AWS runs on port {}. Start it with scripts/up.",
            instance.port()
        ));
        return;
    };
    output::line(&record.endpoint);
    for process in &record.processes {
        output::line(format_args!("  {:<12} process {}", process.name, process.pid));
    }
    if !record.faults.rules.is_empty() {
        output::line(format_args!("  on purpose   {}", record.faults));
    }
    match applied {
        None => output::line(
            "No stack is applied, or it went when MiniStack was started anew. Run scripts/up.",
        ),
        Some(applied) => {
            for (pattern, outputs) in applied.patterns() {
                output::line(format_args!(
                    "{pattern}\n  {}",
                    outputs["url"].as_str().unwrap_or_default()
                ));
            }
        }
    }
}
