//! `spillway rest-api`: serves REST APIs on this machine, from an OpenAPI document or as a control
//! plane has them. It needs no repository and no local AWS.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgGroup, Args};
use hyper::Uri;
use rest_api::{Gateway, Loaded};
use tokio::net::TcpListener;

use crate::error::Error;
use crate::watch::watch;
use crate::{output, progress};

/// The id of the API that a document describes.
const API: &str = "local";

/// The account that it belongs to, as that of a local AWS.
const ACCOUNT: &str = "000000000000";

/// What `rest-api` is asked for: exactly one of a document and a control plane.
#[derive(Args)]
#[group(skip)]
#[command(group(ArgGroup::new("source").required(true).args(["openapi", "control_plane"])))]
pub(crate) struct RestApi {
    /// The API: OpenAPI 3.0 or Swagger 2.0 in JSON or YAML, with API Gateway's extensions. It is
    /// served at `/`, and read again whenever the file changes.
    #[arg(long, value_name = "FILE")]
    openapi: Option<PathBuf>,
    /// The name of the stage that serves the document.
    #[arg(long, default_value = "local", value_parser = stage, conflicts_with = "control_plane")]
    stage: String,
    /// A stage variable; may be repeated.
    #[arg(long = "variable", value_name = "NAME=VALUE", value_parser = pair,
          conflicts_with = "control_plane")]
    variables: Vec<(String, String)>,

    /// A control plane whose APIs to serve, such as https://apigateway.eu-west-1.amazonaws.com. It
    /// is asked with the credentials and for the region of the environment.
    #[arg(long, value_name = "URL")]
    control_plane: Option<String>,
    /// Serve only the API with this id.
    #[arg(long, value_name = "ID", conflicts_with = "openapi")]
    api: Option<String>,

    /// Where to listen.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The AWS that integrations call, such as a local one; the real one if left out.
    #[arg(long, value_name = "URL", env = "AWS_ENDPOINT_URL")]
    aws_endpoint: Option<String>,
}

/// Serves until interrupted.
pub(crate) fn rest_api(asked: &RestApi) -> Result<ExitCode, Error> {
    let aws_endpoint = asked.aws_endpoint.as_deref().map(uri).transpose()?;
    let gateway = Gateway::new(ACCOUNT, aws_endpoint, progress::report);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Error::io("start", "the gateway's runtime".as_ref()))?;
    let listener = runtime
        .block_on(TcpListener::bind(asked.listen))
        .map_err(Error::io("listen on", asked.listen.to_string().as_ref()))?;
    // Port 0 has become a free one.
    let address = listener.local_addr().unwrap_or(asked.listen);
    match &asked.openapi {
        Some(document) => {
            let mut seen = read(document)?;
            let loaded = load(&gateway, asked, &seen)?;
            print(&loaded, &format!("http://{address}"));
            let served = gateway.clone();
            runtime.spawn(async move { served.serve(listener, Some(loaded)).await });
            watch(document, None, || reload(&gateway, asked, document, &mut seen))
        }
        None => {
            let url = uri(asked.control_plane.as_deref().unwrap_or_default())?;
            let mut is_any_served = false;
            for loaded in runtime.block_on(gateway.load_from(url, asked.api.as_deref()))? {
                match loaded {
                    Ok(api) => {
                        is_any_served = true;
                        let stage = format!("_aws/execute-api/{}/{}", api.api, api.stage);
                        print(&api, &format!("http://{address}/{stage}"));
                    }
                    Err(error) => progress::failure(&error),
                }
            }
            if !is_any_served {
                return Err(Error::NoStageServed);
            }
            runtime.block_on(gateway.serve(listener, None));
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn load(gateway: &Gateway, asked: &RestApi, document: &[u8]) -> Result<Loaded, Error> {
    let variables = asked.variables.iter().cloned().collect();
    Ok(gateway.load(API, &asked.stage, variables, document)?)
}

/// Serves the document as it is now. What is wrong with it is shown, and what was served stays: its
/// next version may be right.
fn reload(gateway: &Gateway, asked: &RestApi, document: &Path, seen: &mut Vec<u8>) {
    let reloaded = read(document).and_then(|text| {
        if text == *seen {
            return Ok(());
        }
        *seen = text;
        let loaded = load(gateway, asked, seen)?;
        output::line(format_args!("{} was read again", document.display()));
        warn(&loaded);
        Ok(())
    });
    if let Err(error) = reloaded {
        progress::failure(&error);
    }
}

/// Where an API answers and to what.
fn print(loaded: &Loaded, url: &str) {
    output::line(format_args!("{} at {url}", loaded.name));
    for method in &loaded.methods {
        output::line(format_args!("  {method}"));
    }
    warn(loaded);
}

fn warn(loaded: &Loaded) {
    for warning in &loaded.warnings {
        progress::report(&format!("warning: {warning}"));
    }
}

fn read(document: &Path) -> Result<Vec<u8>, Error> {
    fs::read(document).map_err(|source| Error::Input { path: document.to_owned(), source })
}

fn uri(url: &str) -> Result<Uri, Error> {
    let uri = url.parse::<Uri>().ok().filter(|uri| uri.scheme().is_some());
    uri.ok_or_else(|| Error::NoUrl { given: url.to_owned() })
}

/// A name that AWS takes for a stage.
fn stage(text: &str) -> Result<String, String> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if text.is_empty() || text.len() > 128 || !text.chars().all(is_allowed) {
        return Err("it must be 1 to 128 of a-zA-Z0-9_-".to_owned());
    }
    Ok(text.to_owned())
}

fn pair(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').ok_or("it must be NAME=VALUE")?;
    Ok((pair.0.to_owned(), pair.1.to_owned()))
}
