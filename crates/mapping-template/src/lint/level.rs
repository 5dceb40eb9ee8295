//! How safe a value is to print into JSON, followed through variables and method calls.

use std::collections::HashMap;

use vtl::{Block, Expr, ExprKind, Many, Node, Part, PartKind, Reference, Tree, Variable};

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
#[derive(Clone, Debug)]
pub(super) struct Levels<'t> {
    tree: &'t Tree,
    variables: HashMap<Variable, Level>,
}

impl<'t> Levels<'t> {
    pub(super) fn new(tree: &'t Tree) -> Self {
        Levels { tree, variables: HashMap::new() }
    }

    pub(super) fn assign(&mut self, variable: Variable, level: Level) {
        self.variables.insert(variable, level);
    }

    /// Something was put into the variable's value; it keeps what it held.
    pub(super) fn raise(&mut self, variable: Variable, level: Level) {
        let known = self.variables.entry(variable).or_default();
        *known = level.max(*known);
    }

    /// What holds after either of two ways through the template was taken.
    pub(super) fn merge(&mut self, other: Levels<'t>) {
        for (variable, level) in other.variables {
            self.raise(variable, level);
        }
    }

    /// Follows `$list.add($value)` and the like into the variable.
    pub(super) fn absorb(&mut self, reference: &Reference) {
        for part in &self.tree[reference.parts] {
            if let PartKind::Call(method, arguments) = part.kind
                && ABSORBING.contains(&&self.tree[method])
            {
                let level = self.highest(arguments);
                self.raise(reference.variable, level);
            }
        }
    }

    pub(super) fn expression(&self, expression: &Expr) -> Level {
        match expression.kind {
            ExprKind::Reference(reference) => self.reference(&self.tree[reference]),
            ExprKind::Interpolated { block, .. } => self.text(block),
            ExprKind::List(items) => self.highest(items),
            ExprKind::Map(entries) => {
                let levels = self.tree[entries].iter().map(|entry| {
                    self.expression(&self.tree[entry.key])
                        .max(self.expression(&self.tree[entry.value]))
                });
                levels.max().unwrap_or_default()
            }
            ExprKind::Chain(first, rest) => {
                let rest =
                    self.tree[rest].iter().map(|operand| self.expression(&self.tree[operand.expr]));
                rest.fold(self.expression(&self.tree[first]), Level::max)
            }
            _ => Level::Safe,
        }
    }

    /// What a double-quoted string holds that interpolates the nodes of `block`.
    pub(super) fn text(&self, block: Block) -> Level {
        let levels = self.tree[block].iter().map(|node| match node {
            Node::Reference(reference) => self.reference(&self.tree[*reference]),
            Node::If(node) => {
                let levels = node.blocks(self.tree).map(|block| self.text(block));
                levels.max().unwrap_or_default()
            }
            Node::Foreach(each) => {
                self.expression(&self.tree[each.source]).max(self.text(each.body))
            }
            _ => Level::Safe,
        });
        levels.max().unwrap_or_default()
    }

    pub(super) fn reference(&self, reference: &Reference) -> Level {
        let tree = self.tree;
        let mut parts = tree[reference.parts].iter();
        let mut level = match &tree[reference.variable] {
            "input" => parts.next().map_or(Level::Safe, |part| match part.kind {
                PartKind::Call(method, _) if tree[method] == *"json" => Level::Json,
                _ => Level::Raw,
            }),
            "util" => parts.next().map_or(Level::Safe, |part| self.util(part)),
            "context" => {
                let mut name = || parts.next().and_then(|part| self.name(part));
                match (name(), name()) {
                    (Some("authorizer"), _) | (Some("identity"), Some("userAgent")) => Level::Raw,
                    _ => return Level::Safe,
                }
            }
            _ => self.variables.get(&reference.variable).copied().unwrap_or_default(),
        };
        for part in parts {
            if let PartKind::Call(method, arguments) = part.kind {
                let method = &tree[method];
                if HARMLESS.contains(&method) || self.mends_quotes(level, method, arguments) {
                    level = Level::Safe;
                } else if ABSORBING.contains(&method) {
                    level = level.max(self.highest(arguments));
                }
            }
        }
        level
    }

    fn util(&self, part: &Part) -> Level {
        let PartKind::Call(method, arguments) = part.kind else {
            return Level::Safe;
        };
        match (&self.tree[method], self.highest(arguments)) {
            (_, Level::Safe) | ("urlEncode" | "base64Encode", _) => Level::Safe,
            ("escapeJavaScript", _) => Level::Escaped,
            _ => Level::Raw,
        }
    }

    fn highest(&self, expressions: Many<Expr>) -> Level {
        let levels = self.tree[expressions].iter().map(|expression| self.expression(expression));
        levels.max().unwrap_or_default()
    }

    /// The name that a property or an index by a literal string reads.
    fn name(&self, part: &Part) -> Option<&'t str> {
        match part.kind {
            PartKind::Property(name) => Some(&self.tree[name]),
            PartKind::Index(index) => self.string(&self.tree[index]),
            PartKind::Call(..) => None,
        }
    }

    fn string(&self, expression: &Expr) -> Option<&'t str> {
        match expression.kind {
            ExprKind::String(text) => Some(&self.tree[text]),
            _ => None,
        }
    }

    /// Whether a call turns the `\'` of `escapeJavaScript` back into `'`, which makes it JSON. With
    /// one backslash the pattern of `replaceAll` would match the quote alone and change nothing.
    fn mends_quotes(&self, level: Level, method: &str, arguments: Many<Expr>) -> bool {
        let pattern = match method {
            "replaceAll" => r"\\'",
            "replace" => r"\'",
            _ => return false,
        };
        let literal =
            |at: usize| self.tree[arguments].get(at).and_then(|argument| self.string(argument));
        level == Level::Escaped && literal(0) == Some(pattern) && literal(1) == Some("'")
    }
}
