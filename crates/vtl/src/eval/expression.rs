//! The value of an expression, and whether it is true.

use std::rc::Rc;

use super::{Exit, Run};
use crate::ast::{Entry, Expr, ExprKind, Form, Literal, Operand, Operator, Reference, Span};
use crate::error::Fault;
use crate::list::List;
use crate::map::Map;
use crate::methods::map::search;
use crate::tree::One;
use crate::value::Value;

/// The numbers of a range that are still to come.
pub(super) struct Range {
    next: i32,
    step: i32,
    pub(super) left: u32,
}

impl Iterator for Range {
    type Item = i32;

    fn next(&mut self) -> Option<i32> {
        self.left = self.left.checked_sub(1)?;
        let value = self.next;
        self.next = value.wrapping_add(self.step);
        Some(value)
    }
}

impl Run {
    pub(super) fn value(&self, expr: &Expr) -> Result<Value, Exit> {
        Ok(match expr.kind {
            ExprKind::Literal(literal) => self.tree()[literal].value(),
            ExprKind::String(constant) => Value::String(self.constant(constant)),
            ExprKind::Interpolated { block, chopped } => {
                let mut text = String::new();
                self.deeper(expr.span, |run| run.block(block, &mut text))?;
                if chopped {
                    text.pop();
                }
                self.made(text.len(), expr.span)?;
                Value::from(text)
            }
            ExprKind::Reference(reference) => match &self.tree()[reference] {
                Reference { form: Form::Broken, .. } => Value::Null,
                reference => self.reference(reference)?,
            },
            ExprKind::List(items) => {
                let items = &self.tree()[items];
                self.made((items.len() + 2) * size_of::<Value>(), expr.span)?;
                let items = self
                    .deeper(expr.span, |run| items.iter().map(|item| run.value(item)).collect())?;
                Value::List(List::array_list(items))
            }
            ExprKind::Map(entries) => {
                let entries = &self.tree()[entries];
                self.made((entries.len() + 2) * 2 * size_of::<Value>(), expr.span)?;
                let map = Map::linked();
                self.deeper(expr.span, |run| {
                    for Entry { key, value } in entries {
                        let (key, value) = (&run.tree()[*key], &run.tree()[*value]);
                        let (key, value) = (run.value(key)?, run.value(value)?);
                        search(&map, &key, &run.meter)
                            .map_err(|fault| run.failed(fault, expr.span))?;
                        map.insert(key, value);
                    }
                    Ok(())
                })?;
                Value::Map(map)
            }
            ExprKind::Range(from, to) => match self.range(from, to, expr.span)? {
                Some(range) => {
                    self.made(range.left as usize * size_of::<Value>(), expr.span)?;
                    Value::List(List::array_list(range.map(Value::Int).collect()))
                }
                None => Value::Null,
            },
            ExprKind::Not(operand) => {
                Value::Bool(!self.deeper(expr.span, |run| run.truth(&run.tree()[operand]))?)
            }
            ExprKind::Chain(first, rest) => {
                let (first, rest) = (&self.tree()[first], &self.tree()[rest]);
                self.deeper(expr.span, |run| run.chain(first, rest))?
            }
        })
    }

    /// Whether a condition holds: literals never do, not even a text.
    pub(super) fn truth(&self, expr: &Expr) -> Result<bool, Exit> {
        Ok(match expr.kind {
            ExprKind::Literal(literal) => self.tree()[literal] == Literal::Bool(true),
            ExprKind::Reference(reference) => match self.reference(&self.tree()[reference])? {
                Value::Null => false,
                Value::Bool(truth) => truth,
                value => match self.as_defined(&value) {
                    // A block is asked for its text, which only a block inside itself lacks.
                    Some(block) => self.render_defined(block, &mut String::new())?,
                    None => true,
                },
            },
            ExprKind::Not(operand) => {
                !self.deeper(expr.span, |run| run.truth(&run.tree()[operand]))?
            }
            ExprKind::Chain(first, rest) => match self.tree()[rest][0].operator {
                Operator::Or | Operator::And => {
                    let (first, rest) = (&self.tree()[first], &self.tree()[rest]);
                    self.deeper(expr.span, |run| run.logical(first, rest))?
                }
                operator if operator.is_comparison() => {
                    matches!(self.value(expr)?, Value::Bool(true))
                }
                // Arithmetic is never true, and Velocity does not even compute it.
                _ => false,
            },
            _ => false,
        })
    }

    /// Counts bytes that an expression makes.
    pub(super) fn made(&self, bytes: usize, span: Span) -> Result<(), Exit> {
        self.meter
            .allocate(bytes)
            .and_then(|()| self.meter.spend(1))
            .map_err(|fault| self.failed(fault, span))
    }

    /// The numbers of a range, if both ends are numbers.
    pub(super) fn range(
        &self,
        from: One<Expr>,
        to: One<Expr>,
        span: Span,
    ) -> Result<Option<Range>, Exit> {
        let (from, to) = (self.value(&self.tree()[from])?, self.value(&self.tree()[to])?);
        let Some((from, to)) = super::math::int_value(&from).zip(super::math::int_value(&to))
        else {
            return Ok(None);
        };
        // Java counts the elements in 32 bits, and refuses a count that has become negative.
        let count = from.wrapping_sub(to).wrapping_abs().wrapping_add(1);
        match u32::try_from(count) {
            Ok(left) => Ok(Some(Range { next: from, step: if from >= to { -1 } else { 1 }, left })),
            Err(_) => {
                let message = format!("Illegal Capacity: {count}");
                Err(self.failed(Fault::thrown("IllegalArgumentException", message), span))
            }
        }
    }

    fn logical(&self, first: &Expr, rest: &[Operand]) -> Result<bool, Exit> {
        let mut truth = self.truth(first)?;
        for Operand { operator, expr } in rest {
            match (operator, truth) {
                (Operator::Or, false) | (Operator::And, true) => {
                    truth = self.truth(&self.tree()[*expr])?;
                }
                _ => {}
            }
        }
        Ok(truth)
    }

    /// Operators of one precedence from left to right.
    fn chain(&self, first: &Expr, rest: &[Operand]) -> Result<Value, Exit> {
        if matches!(rest[0].operator, Operator::Or | Operator::And) {
            return self.logical(first, rest).map(Value::Bool);
        }
        let mut left = self.value(first)?;
        let mut before = first;
        for Operand { operator, expr } in rest {
            let operand = &self.tree()[*expr];
            let right = self.value(operand)?;
            self.spend(operand.span)?;
            left = match operator {
                Operator::Add => match self.concatenated(
                    &left,
                    before,
                    &right,
                    operand,
                    !std::ptr::eq(before, first),
                )? {
                    Some(text) => text,
                    None => self.arithmetic(*operator, &left, &right, operand.span)?,
                },
                operator if operator.is_comparison() => {
                    Value::Bool(self.compared(*operator, &left, &right, operand.span)?)
                }
                _ => self.arithmetic(*operator, &left, &right, operand.span)?,
            };
            before = operand;
        }
        Ok(left)
    }

    fn arithmetic(
        &self,
        operator: Operator,
        left: &Value,
        right: &Value,
        span: Span,
    ) -> Result<Value, Exit> {
        super::math::compute(operator, left, right, &self.meter)
            .map_err(|fault| self.failed(fault, span))
    }

    /// `+` with a string on either side. A null then counts as its own source.
    fn concatenated(
        &self,
        left: &Value,
        left_expr: &Expr,
        right: &Value,
        right_expr: &Expr,
        chained: bool,
    ) -> Result<Option<Value>, Exit> {
        if !matches!(left, Value::String(_)) && !matches!(right, Value::String(_)) {
            return Ok(None);
        }
        let mut text = String::new();
        for (value, expr, chained) in [(left, left_expr, chained), (right, right_expr, false)] {
            if value.is_null() {
                text.push_str(self.source_of(expr, chained));
            } else {
                value
                    .print(&mut text, &self.meter)
                    .map_err(|fault| self.failed(fault, expr.span))?;
            }
        }
        self.made(text.len(), right_expr.span)?;
        Ok(Some(Value::from(text)))
    }

    /// The source of an operand, as Velocity sees it: what is inside of parentheses, and of a chain
    /// of operators only what is behind the last, blanks included. `chained` is for an operand that
    /// stands for a chain which ends with it.
    fn source_of(&self, expr: &Expr, chained: bool) -> &str {
        let (tree, source) = (self.tree(), self.tree().source());
        let Span { start, end } = expr.span;
        let own = tree.source_of(expr.span);
        let (first, last) = match expr.kind {
            ExprKind::Chain(first, rest) => {
                (&tree[first], tree[rest].last().map(|last| &tree[last.expr]))
            }
            _ => (expr, None),
        };
        // A chain may begin with a parenthesis that ends before the chain does.
        let is_enclosed = own.starts_with('(') && (last.is_none() || first.span.start > start);
        let last = match last {
            _ if chained => expr,
            _ if is_enclosed => return &own[1..own.len() - 1],
            Some(last) => last,
            None => return own,
        };
        let is_blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
        let (before, behind) = (source.get(..last.span.start as usize), source.get(end as usize..));
        let (before, behind) = (before.unwrap_or(""), behind.unwrap_or(""));
        let from = before.trim_end_matches(is_blank).len();
        let to = end as usize + (behind.len() - behind.trim_start_matches(is_blank).len());
        source.get(from..to).unwrap_or("")
    }

    /// The text of a value; `None` for null.
    pub(super) fn text_of(&self, value: &Value, span: Span) -> Result<Option<Rc<str>>, Exit> {
        if value.is_null() {
            return Ok(None);
        }
        match value.to_text(&self.meter) {
            Ok(text) => Ok(Some(text)),
            Err(fault) => Err(self.failed(fault, span)),
        }
    }
}
