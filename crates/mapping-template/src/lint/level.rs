//! How safe a value is to print into JSON, followed through variables and method calls.

use std::collections::HashMap;
use std::sync::Arc;

use vtl::{Expr, ExprKind, Node, Part, PartKind, Reference};

/// What a value may do to the JSON document that it is printed into, from harmless to harmful.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// Nothing: the template's own text, a number, a truth value, or escaped for JSON.
    #[default]
    Safe,
    /// A JSON document of its own: harmless outside quotes.
    Json,
    /// Escaped for JavaScript, so `\'` may stand in it.
    Escaped,
    /// Whatever the caller sent.
    Raw,
}

/// Methods whose result is a number or a truth value, whatever they are called on.
const HARMLESS: [&str; 16] = [
    "compareTo",
    "contains",
    "containsKey",
    "containsValue",
    "count",
    "endsWith",
    "equals",
    "equalsIgnoreCase",
    "hashCode",
    "indexOf",
    "isEmpty",
    "lastIndexOf",
    "length",
    "matches",
    "size",
    "startsWith",
];

/// Methods that put their arguments into the collection or string they are called on.
const ABSORBING: [&str; 6] = ["add", "addAll", "concat", "put", "putAll", "set"];

/// What is known of the variables at one point of a template.
#[derive(Clone, Debug, Default)]
pub(super) struct Levels {
    variables: HashMap<Arc<str>, Level>,
}

impl Levels {
    pub(super) fn assign(&mut self, variable: &Arc<str>, level: Level) {
        self.variables.insert(Arc::clone(variable), level);
    }

    /// Something was put into the variable's value; it keeps what it held.
    pub(super) fn raise(&mut self, variable: &Arc<str>, level: Level) {
        let known = self.variables.entry(Arc::clone(variable)).or_default();
        *known = level.max(*known);
    }

    /// What holds after either of two ways through the template was taken.
    pub(super) fn merge(&mut self, other: Levels) {
        for (variable, level) in other.variables {
            self.raise(&variable, level);
        }
    }

    /// Follows `$list.add($value)` and the like into the variable.
    pub(super) fn absorb(&mut self, reference: &Reference) {
        for part in &reference.parts {
            if let PartKind::Call(method, arguments) = &part.kind
                && ABSORBING.contains(&&**method)
            {
                let level = self.highest(arguments);
                self.raise(&reference.variable.name, level);
            }
        }
    }

    pub(super) fn expression(&self, expression: &Expr) -> Level {
        match &expression.kind {
            ExprKind::Reference(reference) => self.reference(reference),
            ExprKind::Interpolated { block, .. } => self.text(block),
            ExprKind::List(items) => self.highest(items),
            ExprKind::Map(entries) => {
                let levels = entries
                    .iter()
                    .map(|(key, value)| self.expression(key).max(self.expression(value)));
                levels.max().unwrap_or_default()
            }
            ExprKind::Chain(first, rest) => {
                let rest = rest.iter().map(|(_, operand)| self.expression(operand));
                rest.fold(self.expression(first), Level::max)
            }
            _ => Level::Safe,
        }
    }

    /// What a double-quoted string holds that interpolates the nodes of `block`.
    pub(super) fn text(&self, block: &[Node]) -> Level {
        let levels = block.iter().map(|node| match node {
            Node::Reference(reference) => self.reference(reference),
            Node::If(branches) => {
                let blocks =
                    branches.branches.iter().map(|(_, block)| block).chain(&branches.otherwise);
                blocks.map(|block| self.text(block)).max().unwrap_or_default()
            }
            Node::Foreach(each) => self.expression(&each.source).max(self.text(&each.body)),
            _ => Level::Safe,
        });
        levels.max().unwrap_or_default()
    }

    pub(super) fn reference(&self, reference: &Reference) -> Level {
        let mut parts = reference.parts.iter();
        let mut level = match &*reference.variable.name {
            "input" => parts.next().map_or(Level::Safe, |part| match &part.kind {
                PartKind::Call(method, _) if **method == *"json" => Level::Json,
                _ => Level::Raw,
            }),
            "util" => parts.next().map_or(Level::Safe, |part| self.util(part)),
            "context" => match (parts.next().and_then(name), parts.next().and_then(name)) {
                (Some("authorizer"), _) | (Some("identity"), Some("userAgent")) => Level::Raw,
                _ => return Level::Safe,
            },
            _ => self.variables.get(&reference.variable.name).copied().unwrap_or_default(),
        };
        for part in parts {
            if let PartKind::Call(method, arguments) = &part.kind {
                if HARMLESS.contains(&&**method) || mends_quotes(level, method, arguments) {
                    level = Level::Safe;
                } else if ABSORBING.contains(&&**method) {
                    level = level.max(self.highest(arguments));
                }
            }
        }
        level
    }

    fn util(&self, part: &Part) -> Level {
        let PartKind::Call(method, arguments) = &part.kind else {
            return Level::Safe;
        };
        match (&**method, self.highest(arguments)) {
            (_, Level::Safe) | ("urlEncode" | "base64Encode", _) => Level::Safe,
            ("escapeJavaScript", _) => Level::Escaped,
            _ => Level::Raw,
        }
    }

    fn highest(&self, expressions: &[Expr]) -> Level {
        expressions.iter().map(|expression| self.expression(expression)).max().unwrap_or_default()
    }
}

/// The name that a property or an index by a literal string reads.
fn name(part: &Part) -> Option<&str> {
    match &part.kind {
        PartKind::Property(name) => Some(name),
        PartKind::Index(index) => match &index.kind {
            ExprKind::String(name) => Some(&name.text),
            _ => None,
        },
        PartKind::Call(..) => None,
    }
}

/// Whether a call turns the `\'` of `escapeJavaScript` back into `'`, which makes it JSON. With one
/// backslash the pattern of `replaceAll` would match the quote alone and change nothing.
fn mends_quotes(level: Level, method: &str, arguments: &[Expr]) -> bool {
    let literal = |at: usize| match arguments.get(at).map(|argument| &argument.kind) {
        Some(ExprKind::String(constant)) => Some(&*constant.text),
        _ => None,
    };
    let pattern = match method {
        "replaceAll" => r"\\'",
        "replace" => r"\'",
        _ => return false,
    };
    level == Level::Escaped && literal(0) == Some(pattern) && literal(1) == Some("'")
}
