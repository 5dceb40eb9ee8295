//! `spillway env`: the variables with which other tools use the local AWS.

use local_aws::Instance;
use serde_json::{Map, Value};

use crate::error::Error;
use crate::output;
use crate::repository::Repository;
use crate::terraform;

/// Prints them as shell `export` lines or as one JSON object.
pub(crate) fn env(
    repository: &Repository,
    instance: &Instance,
    as_json: bool,
) -> Result<(), Error> {
    let fixed = [
        ("AWS_ENDPOINT_URL", instance.endpoint()),
        ("AWS_ACCESS_KEY_ID", "test".into()),
        ("AWS_SECRET_ACCESS_KEY", "test".into()),
        ("AWS_REGION", "us-east-1".into()),
        // The AWS CLI of version 1 knows only this name.
        ("AWS_DEFAULT_REGION", "us-east-1".into()),
        ("AWS_DISABLE_HOST_PREFIX_INJECTION", "true".into()),
    ];
    let mut variables: Vec<_> =
        fixed.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    variables.extend(terraform::settings(repository, instance)?);
    if as_json {
        let object: Map<_, _> =
            variables.into_iter().map(|(name, value)| (name, Value::from(value))).collect();
        output::line(format_args!("{:#}", Value::Object(object)));
    } else {
        for (name, value) in variables {
            output::line(format_args!("export {name}='{}'", value.replace('\'', r"'\''")));
        }
    }
    Ok(())
}
