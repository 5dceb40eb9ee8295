//! A parsed template, what it is rendered with, and rendering it.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use crate::error::Error;
use crate::eval;
use crate::limits::Limits;
use crate::parse;
use crate::regex::Patterns;
use crate::tree::Tree;
use crate::value::Value;

/// A template, parsed once and rendered as often as wanted, from any number of threads.
///
/// ```
/// use vtl::{Context, Settings, Template};
///
/// let template = Template::parse("greeting.vtl", "Hello $name.toUpperCase()!")?;
/// let mut context = Context::new();
/// context.set("name", "world");
/// assert_eq!(template.render(&context, &Settings::default())?, "Hello WORLD!");
/// # Ok::<(), vtl::Error>(())
/// ```
#[derive(Clone)]
pub struct Template {
    inner: Arc<Inner>,
}

/// What all renderings of a template share.
pub(crate) struct Inner {
    pub(crate) name: Arc<str>,
    pub(crate) tree: Tree,
    pub(crate) patterns: Patterns,
    /// How long the last rendering was: the next is likely to be as long.
    pub(crate) last_length: AtomicUsize,
}

/// What a missing value is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missing {
    /// The empty string, as API Gateway has it: it prints as nothing and is true in a condition.
    #[default]
    Empty,
    /// Null, as Velocity alone has it: a reference prints as its source and is false in a condition.
    Source,
}

/// How to render.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What a missing value is.
    pub missing: Missing,
    /// How far the rendering may go.
    pub limits: Limits,
}

/// The variables that a template starts with.
#[derive(Clone, Debug, Default)]
pub struct Context<'n> {
    /// Few, so they are looked at one by one.
    values: Vec<(&'n str, Value)>,
}

impl<'n> Context<'n> {
    /// No variables.
    pub fn new() -> Self {
        Context::default()
    }

    /// Sets a variable; its name is without `$`.
    pub fn set(&mut self, name: &'n str, value: impl Into<Value>) {
        let value = value.into();
        match self.values.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.values.push((name, value)),
        }
    }

    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

impl Template {
    /// Parses a template. The name is for messages only.
    ///
    /// # Errors
    /// The first mistake in it.
    pub fn parse(name: &str, source: &str) -> Result<Template, Error> {
        let name: Arc<str> = Arc::from(name);
        let tree = parse::parse(&name, source)?;
        let patterns = Patterns::default();
        let last_length = AtomicUsize::new(source.len());
        Ok(Template { inner: Arc::new(Inner { name, tree, patterns, last_length }) })
    }

    /// Renders the template. The context is not changed, but the maps and lists in it are, if the
    /// template writes to them.
    ///
    /// # Errors
    /// When a method throws or a limit is reached.
    pub fn render(&self, context: &Context<'_>, settings: &Settings) -> Result<String, Error> {
        eval::render(&self.inner, context, settings)
    }

    /// The name it was parsed under.
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// The text it was parsed from.
    pub fn source(&self) -> &str {
        self.inner.tree.source()
    }

    /// What it was parsed into.
    pub fn tree(&self) -> &Tree {
        &self.inner.tree
    }
}
