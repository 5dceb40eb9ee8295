//! Packages: every function as `<function>/bootstrap.zip`, with a manifest beside them.
//!
//! For a deploy, `cargo lambda` builds for Lambda's Linux with the release profile. Its zip carries
//! the binary's date, so its bytes change with every build; ours is written anew with one entry,
//! a fixed date and a compressor that does the same on every machine. Paths of this machine are
//! kept out of the binary. So the same source and the same compiler give the same bytes.
//!
//! For the local AWS, plain `cargo` builds for this machine's own platform: MiniStack runs
//! functions as processes of this machine.

use std::env;
use std::fs::{self, File};
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Serialize;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::children;
use crate::cli::{Architecture, Profile};
use crate::error::Error;
use crate::progress;
use crate::repository::Repository;
use crate::toolbox::{Toolbox, hex};

/// What is known of a set of zips. The same source and `rustc` give the same sums.
#[derive(Serialize)]
struct Manifest {
    architecture: &'static str,
    rustc: String,
    functions: Vec<Package>,
}

/// What is known of one zip.
#[derive(Serialize)]
struct Package {
    name: String,
    size_bytes: usize,
    sha256: String,
}

/// Builds and zips every function.
pub(crate) fn package(
    repository: &Repository,
    profile: Profile,
    architecture: Option<Architecture>,
) -> Result<(), Error> {
    let functions = functions(repository)?;
    let architecture = architecture.unwrap_or(Architecture::of_this_machine());
    let compiler = Compiler::find()?;
    let dir = repository.target_dir().join(match profile {
        Profile::Release => "lambda",
        Profile::Local => "lambda-local",
    });
    match profile {
        Profile::Release => {
            build_for_lambda(repository, &functions, &dir, architecture, &compiler)?
        }
        Profile::Local => build_for_this_machine(repository, &functions)?,
    }

    let mut packages = Vec::new();
    for function in &functions {
        let zip = dir.join(function).join("bootstrap.zip");
        let binary = match profile {
            Profile::Release => bootstrap_of(&zip)?,
            Profile::Local => read(&repository.target_dir().join("local").join(function))?,
        };
        let bytes = zipped(&binary).map_err(|source| Error::Zip { path: zip.clone(), source })?;
        write_if_changed(&zip, &bytes)?;
        progress::detail(&format!("{function}: {:.1} MB", bytes.len() as f64 / 1e6));
        let sha256 = hex(&Sha256::digest(&bytes));
        packages.push(Package { name: function.clone(), size_bytes: bytes.len(), sha256 });
    }
    let manifest = Manifest {
        architecture: architecture.name(),
        rustc: compiler.version,
        functions: packages,
    };
    let text = serde_json::to_vec_pretty(&manifest).expect("a manifest is strings and numbers");
    write_if_changed(&dir.join("manifest.json"), &text)
}

/// The crates under `functions/`, whose names are their binaries' names.
fn functions(repository: &Repository) -> Result<Vec<String>, Error> {
    let dir = repository.functions_dir();
    let entries = fs::read_dir(&dir).map_err(Error::io("list", &dir))?;
    let mut names: Vec<_> = entries
        .flatten()
        .filter(|entry| entry.path().join("Cargo.toml").is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    Ok(names)
}

fn build_for_this_machine(repository: &Repository, functions: &[String]) -> Result<(), Error> {
    let mut cargo = cargo(repository);
    cargo.args(["build", "--locked", "--profile", "local"]);
    children::run(of_packages(&mut cargo, functions))
}

fn build_for_lambda(
    repository: &Repository,
    functions: &[String],
    dir: &Path,
    architecture: Architecture,
    compiler: &Compiler,
) -> Result<(), Error> {
    let toolbox = Toolbox::prepare(repository)?;
    let mut path = toolbox.bin().into_os_string();
    path.push(":");
    path.push(env::var_os("PATH").unwrap_or_default());

    let mut cargo = cargo(repository);
    cargo
        .env("PATH", &path)
        .env("CARGO_ENCODED_RUSTFLAGS", remapped_paths(repository, compiler))
        .args(["lambda", "build", "--locked", "--release", "--output-format", "zip"])
        .arg("--lambda-dir")
        .arg(dir);
    match architecture {
        Architecture::Arm64 => cargo.arg("--arm64"),
        Architecture::X86_64 => cargo.arg("--x86-64"),
    };
    children::run(of_packages(&mut cargo, functions))
}

/// Cargo in the clone, whatever folder or flags the person's own environment sets.
fn cargo(repository: &Repository) -> Command {
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(repository.root())
        .env("CARGO_TARGET_DIR", repository.target_dir())
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    cargo
}

fn of_packages<'a>(cargo: &'a mut Command, functions: &[String]) -> &'a mut Command {
    for function in functions {
        cargo.args(["--package", function]);
    }
    cargo
}

/// The compiler that cargo uses.
struct Compiler {
    /// Such as `rustc 1.95.0 (59807616e 2026-04-14)`.
    version: String,
    commit: String,
    sysroot: String,
}

impl Compiler {
    fn find() -> Result<Self, Error> {
        let ask = |arguments: &[&str]| {
            let output = children::read(Command::new("rustc").args(arguments))?;
            Ok::<_, Error>(String::from_utf8_lossy(&output).trim().to_owned())
        };
        let about = ask(&["-vV"])?;
        let commit = about.lines().find_map(|line| line.strip_prefix("commit-hash: "));
        Ok(Self {
            version: about.lines().next().unwrap_or_default().to_owned(),
            commit: commit.unwrap_or_default().to_owned(),
            sysroot: ask(&["--print", "sysroot"])?,
        })
    }
}

/// Flags that keep the names of this machine's folders out of panics' locations. The standard
/// library has a name of its own already, unless its source is installed: then it gets that name.
fn remapped_paths(repository: &Repository, compiler: &Compiler) -> String {
    let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let cargo_home = env::var_os("CARGO_HOME").map_or(home.join(".cargo"), PathBuf::from);
    let library = format!("{}/lib/rustlib/src/rust", compiler.sysroot);
    let names = [
        (repository.root().display().to_string(), ".".to_owned()),
        (cargo_home.display().to_string(), "cargo".to_owned()),
        (library, format!("/rustc/{}", compiler.commit)),
    ];
    let flags = names.map(|(from, to)| format!("--remap-path-prefix={from}={to}"));
    // The unit separator parts the flags, so that a folder's name may have blanks.
    flags.join("\x1f")
}

/// The binary in a zip that `cargo lambda` made.
fn bootstrap_of(path: &Path) -> Result<Vec<u8>, Error> {
    let in_zip = |source| Error::Zip { path: path.to_owned(), source };
    let file = File::open(path).map_err(Error::io("open", path))?;
    let mut archive = ZipArchive::new(file).map_err(in_zip)?;
    let mut entry = archive.by_name("bootstrap").map_err(in_zip)?;
    let mut binary = Vec::new();
    entry.read_to_end(&mut binary).map_err(Error::io("read", path))?;
    Ok(binary)
}

/// One entry, executable, with the earliest date that a zip can carry.
fn zipped(binary: &[u8]) -> Result<Vec<u8>, zip::result::ZipError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o755);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("bootstrap", options)?;
    zip.write_all(binary)?;
    Ok(zip.finish()?.into_inner())
}

/// Leaves a file that is right already alone, so that nothing downstream takes it for new.
fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if fs::read(path).is_ok_and(|present| present == bytes) {
        return Ok(());
    }
    let dir = path.parent().expect("a file in the target folder has a parent");
    fs::create_dir_all(dir).map_err(Error::io("create", dir))?;
    fs::write(path, bytes).map_err(Error::io("write", path))
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(Error::io("read", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_binary_gives_the_same_zip() {
        let binary: Vec<u8> = (0..200_000_u32).flat_map(|n| (n / 7).to_le_bytes()).collect();
        let zip = zipped(&binary).unwrap();
        assert_eq!(zip, zipped(&binary).unwrap());
        // A known sum: another machine, or another release of the compressor, must agree.
        let known = "f229e2dad25b530103e06b8c249def2e35b90623d44150d8c2436d0a118ceaed";
        assert_eq!(hex(&Sha256::digest(&zip)), known);
    }

    #[test]
    fn a_zip_holds_one_executable_bootstrap() {
        let mut archive = ZipArchive::new(Cursor::new(zipped(b"binary").unwrap())).unwrap();
        assert_eq!(archive.len(), 1);
        let mut entry = archive.by_name("bootstrap").unwrap();
        assert_eq!(entry.unix_mode().map(|mode| mode & 0o777), Some(0o755));
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        assert_eq!(content, b"binary");
    }
}
