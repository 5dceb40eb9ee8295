//! Walks a template in the order in which it prints, minding whether it is inside a JSON string.

use vtl::{Block, Expr, ExprKind, Foreach, Many, Node, PartKind, Reference, Span, Tree};

use super::Rule;
use super::level::{Level, Levels};

pub(super) struct Finding {
    pub(super) span: Span,
    pub(super) rule: Rule,
    pub(super) message: String,
    pub(super) help: String,
}

/// What is wrong with a template. Only of one that prints JSON is it known how values should stand.
pub(super) fn findings(tree: &Tree) -> Vec<Finding> {
    let mut walk = Walk { tree, levels: Levels::new(tree), findings: Vec::new() };
    walk.document(tree.block());
    walk.findings
}

/// Where in a JSON document printing has got to.
#[derive(Clone, Copy, Default)]
struct Place {
    /// Between the quotes of a string.
    in_string: bool,
    /// Behind a backslash in it.
    escaped: bool,
}

impl Place {
    fn after(mut self, text: &str) -> Self {
        for c in text.chars() {
            match c {
                _ if self.escaped => self.escaped = false,
                '\\' => self.escaped = self.in_string,
                '"' => self.in_string = !self.in_string,
                _ => {}
            }
        }
        self
    }
}

struct Walk<'t> {
    tree: &'t Tree,
    levels: Levels<'t>,
    findings: Vec<Finding>,
}

impl Walk<'_> {
    /// Walks what prints a document of its own: the template, or a string that holds JSON.
    fn document(&mut self, block: Block) {
        let is_json =
            first_character(self.tree, block).is_some_and(|c| matches!(c, '{' | '[' | '"'));
        self.block(block, is_json.then(Place::default));
    }

    /// Walks a block that begins at `place`, or outside JSON, and returns where it ends.
    fn block(&mut self, block: Block, mut place: Option<Place>) -> Option<Place> {
        for node in &self.tree[block] {
            place = self.node(node, place);
        }
        place
    }

    fn node(&mut self, node: &Node, place: Option<Place>) -> Option<Place> {
        match node {
            Node::Text(text) => return place.map(|place| place.after(&self.tree[text.text])),
            Node::Reference(reference) => {
                let reference = &self.tree[*reference];
                self.strings_of(reference);
                if let Some(place) = place
                    && !reference.spelling.is_some_and(|spelling| self.tree[spelling].escaped)
                {
                    self.printed(reference, place);
                }
                self.levels.absorb(reference);
            }
            Node::Set(set) => {
                let value = &self.tree[set.value];
                self.expression(value);
                let level = self.levels.expression(value);
                let target = &self.tree[set.target];
                let variable = target.variable;
                if target.parts.is_empty() {
                    self.levels.assign(variable, level);
                } else {
                    self.levels.raise(variable, level);
                }
                if let ExprKind::Reference(reference) = value.kind {
                    self.levels.absorb(&self.tree[reference]);
                }
            }
            Node::If(node) => {
                // Every branch starts from the same place; where they end, the first decides.
                let before = self.levels.clone();
                let nothing = Levels::new(self.tree);
                let mut after = if node.otherwise.is_some() { nothing } else { before.clone() };
                let mut end = None;
                for block in node.blocks(self.tree) {
                    let branch_end = self.block(block, place);
                    end = end.or(branch_end);
                    after.merge(std::mem::replace(&mut self.levels, before.clone()));
                }
                self.levels = after;
                return end;
            }
            Node::Foreach(each) => return self.foreach(each, place),
            Node::Define(define) => self.document(define.body),
            Node::BadForeach(span) => self.findings.push(Finding {
                span: *span,
                rule: Rule::FailsWhenReached,
                message: "#foreach fails when it is reached".to_owned(),
                help: "it is written #foreach($item in $list)".to_owned(),
            }),
            _ => {}
        }
        place
    }

    fn foreach(&mut self, each: &Foreach, place: Option<Place>) -> Option<Place> {
        let source = &self.tree[each.source];
        self.expression(source);
        let level = self.levels.expression(source);
        let level = if level == Level::Json { Level::Raw } else { level };
        // The first round shows what later rounds find in the variables; the second reports.
        let known = self.findings.len();
        let before = self.levels.clone();
        self.levels.assign(each.variable, level);
        self.block(each.body, place);
        self.findings.truncate(known);
        self.levels.merge(before);
        self.levels.assign(each.variable, level);
        self.block(each.body, place)
    }

    /// Looks into the strings of an expression that are JSON documents themselves.
    fn expression(&mut self, expression: &Expr) {
        match expression.kind {
            ExprKind::Interpolated { block, .. } => self.document(block),
            ExprKind::Reference(reference) => self.strings_of(&self.tree[reference]),
            ExprKind::List(items) => self.expressions(items),
            ExprKind::Map(entries) => {
                self.tree[entries]
                    .iter()
                    .for_each(|entry| self.expression(&self.tree[entry.value]));
            }
            ExprKind::Chain(first, rest) => {
                self.expression(&self.tree[first]);
                self.tree[rest]
                    .iter()
                    .for_each(|operand| self.expression(&self.tree[operand.expr]));
            }
            _ => {}
        }
    }

    fn expressions(&mut self, expressions: Many<Expr>) {
        self.tree[expressions].iter().for_each(|expression| self.expression(expression));
    }

    fn strings_of(&mut self, reference: &Reference) {
        for part in &self.tree[reference.parts] {
            if let PartKind::Call(_, arguments) = part.kind {
                self.expressions(arguments);
            }
        }
    }

    fn printed(&mut self, reference: &Reference, place: Place) {
        // Inside a string with doubled quotes the span is the string's, not the reference's.
        let span = reference.span.start as usize..reference.span.end as usize;
        let name = self.tree.source().get(span).filter(|name| name.starts_with('$'));
        let literal = Some(self.tree.literal(reference)).filter(|literal| !literal.is_empty());
        let name = name.or(literal).unwrap_or("the reference");
        let (rule, message, help) = match (self.levels.reference(reference), place.in_string) {
            (Level::Safe, _) | (Level::Json, false) => return,
            (Level::Raw, true) => (
                Rule::UnescapedValue,
                format!("{name} is printed into a JSON string unescaped"),
                format!("write {}", escaped(name)),
            ),
            (Level::Raw, false) => (
                Rule::UnquotedValue,
                format!("{name} is printed into JSON outside quotes, whatever it holds"),
                "print it with $input.json(...), which quotes strings, or have a model validate the body".to_owned(),
            ),
            (Level::Json, true) => (
                Rule::JsonInString,
                format!("{name} brings its own quotes into a JSON string"),
                format!("leave out the quotes around it, or write {}", escaped(name)),
            ),
            (Level::Escaped, _) => (
                Rule::EscapedQuote,
                format!("{name} may hold \\', which JSON does not know"),
                r#"append .replaceAll("\\'","'") to the escaped value"#.to_owned(),
            ),
        };
        self.findings.push(Finding { span: reference.span, rule, message, help });
    }
}

/// The reference as it should stand in a JSON string.
fn escaped(reference: &str) -> String {
    let bare = reference.trim_start_matches(['$', '!']);
    let bare = bare.strip_prefix('{').and_then(|bare| bare.strip_suffix('}')).unwrap_or(bare);
    format!(r#"$util.escapeJavaScript(${bare}).replaceAll("\\'","'")"#)
}

/// The first character other than a blank that a block prints of its own text.
fn first_character(tree: &Tree, block: Block) -> Option<char> {
    tree[block].iter().find_map(|node| match node {
        Node::Text(text) => tree[text.text].trim_start().chars().next(),
        Node::If(node) => node.blocks(tree).find_map(|block| first_character(tree, block)),
        Node::Foreach(each) => first_character(tree, each.body),
        _ => None,
    })
}
