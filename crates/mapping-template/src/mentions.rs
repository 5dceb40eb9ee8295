//! What a template can see of a variable: all of it, or only the members that it names.
//!
//! A request's context holds dozens of values of which a template prints a few. What none of its
//! references can reach need not be built for it.

use std::ops::Deref;

use vtl::{Expr, ExprKind, Node, PartKind, Reference};

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
    pub(crate) fn of(variable: &str, template: &[Node]) -> Self {
        let mut walk = Walk { variable, found: Mentions::Members(Vec::new()) };
        walk.block(template);
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
    variable: &'a str,
    found: Mentions,
}

impl Walk<'_> {
    fn block(&mut self, block: &[Node]) {
        for node in block {
            match node {
                Node::Text(_) | Node::Stop(_) | Node::Invalid(_) => {}
                Node::Reference(reference) => self.reference(reference),
                Node::Set(set) => {
                    self.reference(&set.target);
                    self.expression(&set.value);
                }
                Node::If(node) => {
                    for (condition, block) in &node.branches {
                        self.expression(condition);
                        self.block(block);
                    }
                    node.otherwise.iter().for_each(|block| self.block(block));
                }
                Node::Foreach(each) => {
                    self.expression(&each.source);
                    self.block(&each.body);
                }
                Node::Define(define) => self.block(&define.body),
                Node::Break(scope, _) => scope.iter().for_each(|scope| self.expression(scope)),
                _ => self.found = Mentions::Whole,
            }
        }
    }

    fn reference(&mut self, reference: &Reference) {
        if *reference.variable.name == *self.variable {
            // A method or an index may reach anything.
            let names = reference.parts.iter().map_while(|part| match &part.kind {
                PartKind::Property(name) => Some(name.deref()),
                _ => None,
            });
            self.found.add(0, names);
        }
        for part in &reference.parts {
            match &part.kind {
                PartKind::Property(_) => {}
                PartKind::Call(_, arguments) => {
                    arguments.iter().for_each(|argument| self.expression(argument));
                }
                PartKind::Index(key) => self.expression(key),
            }
        }
    }

    fn expression(&mut self, expression: &Expr) {
        match &expression.kind {
            ExprKind::Literal(_) | ExprKind::String(_) => {}
            ExprKind::Interpolated { block, .. } => self.block(block),
            ExprKind::Reference(reference) => self.reference(reference),
            ExprKind::List(items) => items.iter().for_each(|item| self.expression(item)),
            ExprKind::Map(entries) => entries.iter().for_each(|(key, value)| {
                self.expression(key);
                self.expression(value);
            }),
            ExprKind::Range(ends) => {
                self.expression(&ends.0);
                self.expression(&ends.1);
            }
            ExprKind::Not(operand) => self.expression(operand),
            ExprKind::Chain(first, rest) => {
                self.expression(first);
                rest.iter().for_each(|(_, operand)| self.expression(operand));
            }
            _ => self.found = Mentions::Whole,
        }
    }
}
