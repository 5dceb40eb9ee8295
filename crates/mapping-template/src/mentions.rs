//! What a template can see of a variable: all of it, or only the members that it names.
//!
//! A request's context holds dozens of values of which a template prints a few. What none of its
//! references can reach need not be built for it.

use vtl::{Block, Expr, ExprKind, Many, Node, One, PartKind, Reference, Tree};

/// How many members deep references are followed; below that a value counts as seen whole.
const DEPTH: usize = 3;

/// How many members of one map are told apart; of more, none is worth leaving out.
const MEMBERS: usize = 32;

/// What of a value a template can see.
#[derive(Debug)]
pub(crate) enum Mentions {
    /// Everything.
    Whole,
    /// The members with these names, and of each what is said.
    Members(Vec<(Box<str>, Mentions)>),
}

impl Mentions {
    /// What a template can see of the variable with this name.
    pub(crate) fn of(variable: &str, tree: &Tree) -> Self {
        let mut walk = Walk { tree, variable, found: Mentions::Members(Vec::new()) };
        walk.block(tree.block());
        walk.found
    }

    /// What can be seen of a member; `None` if nothing can.
    pub(crate) fn member(&self, name: &str) -> Option<&Mentions> {
        match self {
            Mentions::Whole => Some(&Mentions::Whole),
            Mentions::Members(members) => {
                members.iter().find(|(known, _)| **known == *name).map(|(_, below)| below)
            }
        }
    }

    fn add<'n>(&mut self, depth: usize, mut names: impl Iterator<Item = &'n str>) {
        let Mentions::Members(members) = self else {
            return;
        };
        let name = names.next().filter(|_| depth < DEPTH);
        let Some(name) = name.filter(|_| members.len() < MEMBERS) else {
            *self = Mentions::Whole;
            return;
        };
        let at = members.iter().position(|(known, _)| **known == *name).unwrap_or_else(|| {
            members.push((Box::from(name), Mentions::Members(Vec::new())));
            members.len() - 1
        });
        members[at].1.add(depth + 1, names);
    }
}

struct Walk<'a> {
    tree: &'a Tree,
    variable: &'a str,
    found: Mentions,
}

impl Walk<'_> {
    fn block(&mut self, block: Block) {
        for node in &self.tree[block] {
            match node {
                Node::Text(_) | Node::Stop(_) | Node::BadForeach(_) => {}
                Node::Reference(reference) => self.reference(*reference),
                Node::Set(set) => {
                    self.reference(set.target);
                    self.expression(&self.tree[set.value]);
                }
                Node::If(node) => {
                    for branch in &self.tree[node.branches] {
                        self.expression(&self.tree[branch.condition]);
                        self.block(branch.block);
                    }
                    node.otherwise.into_iter().for_each(|block| self.block(block));
                }
                Node::Foreach(each) => {
                    self.expression(&self.tree[each.source]);
                    self.block(each.body);
                }
                Node::Define(define) => self.block(define.body),
                Node::Break(scope, _) => {
                    scope.iter().for_each(|scope| self.expression(&self.tree[*scope]));
                }
                _ => self.found = Mentions::Whole,
            }
        }
    }

    fn reference(&mut self, reference: One<Reference>) {
        let reference = &self.tree[reference];
        let parts = &self.tree[reference.parts];
        if self.tree[reference.variable] == *self.variable {
            // A method or an index may reach anything.
            let names = parts.iter().map_while(|part| match part.kind {
                PartKind::Property(name) => Some(&self.tree[name]),
                _ => None,
            });
            self.found.add(0, names);
        }
        for part in parts {
            match part.kind {
                PartKind::Property(_) => {}
                PartKind::Call(_, arguments) => self.expressions(arguments),
                PartKind::Index(key) => self.expression(&self.tree[key]),
            }
        }
    }

    fn expressions(&mut self, expressions: Many<Expr>) {
        self.tree[expressions].iter().for_each(|expression| self.expression(expression));
    }

    fn expression(&mut self, expression: &Expr) {
        match expression.kind {
            ExprKind::Literal(_) | ExprKind::String(_) => {}
            ExprKind::Interpolated { block, .. } => self.block(block),
            ExprKind::Reference(reference) => self.reference(reference),
            ExprKind::List(items) => self.expressions(items),
            ExprKind::Map(entries) => self.tree[entries].iter().for_each(|entry| {
                self.expression(&self.tree[entry.key]);
                self.expression(&self.tree[entry.value]);
            }),
            ExprKind::Range(from, to) => {
                self.expression(&self.tree[from]);
                self.expression(&self.tree[to]);
            }
            ExprKind::Not(operand) => self.expression(&self.tree[operand]),
            ExprKind::Chain(first, rest) => {
                self.expression(&self.tree[first]);
                self.tree[rest]
                    .iter()
                    .for_each(|operand| self.expression(&self.tree[operand.expr]));
            }
            _ => self.found = Mentions::Whole,
        }
    }
}
