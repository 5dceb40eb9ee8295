//! The value of an expression, and whether it is true.

use std::sync::Arc;

use super::{Exit, Run};
use crate::ast::{Expr, ExprKind, Literal, Operator, Span};
use crate::error::Fault;
use crate::list::List;
use crate::map::Map;
use crate::value::Value;

impl Run {
    pub(super) fn value(&self, expr: &Expr) -> Result<Value, Exit> {
        Ok(match &expr.kind {
            ExprKind::Literal(literal) => literal.value(),
            ExprKind::String(text) => Value::String(Arc::clone(text)),
            ExprKind::Interpolated { block, chopped } => {
                let mut text = String::new();
                self.deeper(expr.span, |run| run.block(block, &mut text))?;
                if *chopped {
                    text.pop();
                }
                self.made(text.len(), expr.span)?;
                Value::String(Arc::from(text))
            }
            ExprKind::Reference(reference) if reference.form == crate::ast::Form::Broken => {
                Value::Null
            }
            ExprKind::Reference(reference) => self.reference(reference)?,
            ExprKind::List(items) => {
                self.made((items.len() + 2) * size_of::<Value>(), expr.span)?;
                let items = self.deeper(expr.span, |run| {
                    items.iter().map(|item| run.value(item)).collect()
                })?;
                Value::List(List::array_list(items))
            }
            ExprKind::Map(entries) => {
                self.made((entries.len() + 2) * 2 * size_of::<Value>(), expr.span)?;
                let map = Map::linked();
                self.deeper(expr.span, |run| {
                    for (key, value) in entries {
                        map.insert(run.value(key)?, run.value(value)?);
                    }
                    Ok(())
                })?;
                Value::Map(map)
            }
            ExprKind::Range(ends) => match self.range(&ends.0, &ends.1)? {
                Some((from, to)) => {
                    let count = (i64::from(from) - i64::from(to)).unsigned_abs() as usize + 1;
                    self.made(count * size_of::<Value>(), expr.span)?;
                    let items = if from < to {
                        (from..=to).map(Value::Int).collect()
                    } else {
                        (to..=from).rev().map(Value::Int).collect()
                    };
                    Value::List(List::array_list(items))
                }
                None => Value::Null,
            },
            ExprKind::Not(operand) => {
                Value::Bool(!self.deeper(expr.span, |run| run.truth(operand))?)
            }
            ExprKind::Chain(first, rest) => self.deeper(expr.span, |run| run.chain(first, rest))?,
        })
    }

    /// Whether a condition holds: literals never do, not even a text.
    pub(super) fn truth(&self, expr: &Expr) -> Result<bool, Exit> {
        Ok(match &expr.kind {
            ExprKind::Literal(Literal::Bool(truth)) => *truth,
            ExprKind::Reference(reference) => match self.reference(reference)? {
                Value::Null => false,
                Value::Bool(truth) => truth,
                value => match self.as_defined(&value) {
                    // A block is asked for its text, which only a block inside itself lacks.
                    Some(block) => self.render_defined(block, &mut String::new())?,
                    None => true,
                },
            },
            ExprKind::Not(operand) => !self.deeper(expr.span, |run| run.truth(operand))?,
            ExprKind::Chain(first, rest) => match rest[0].0 {
                Operator::Or | Operator::And => {
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

    /// The ends of a range, if both are numbers.
    pub(super) fn range(&self, from: &Expr, to: &Expr) -> Result<Option<(i32, i32)>, Exit> {
        let (from, to) = (self.value(from)?, self.value(to)?);
        Ok(super::math::int_value(&from).zip(super::math::int_value(&to)))
    }

    fn logical(&self, first: &Expr, rest: &[(Operator, Expr)]) -> Result<bool, Exit> {
        let mut truth = self.truth(first)?;
        for (operator, operand) in rest {
            match (operator, truth) {
                (Operator::Or, false) | (Operator::And, true) => truth = self.truth(operand)?,
                _ => {}
            }
        }
        Ok(truth)
    }

    /// Operators of one precedence from left to right.
    fn chain(&self, first: &Expr, rest: &[(Operator, Expr)]) -> Result<Value, Exit> {
        if matches!(rest[0].0, Operator::Or | Operator::And) {
            return self.logical(first, rest).map(Value::Bool);
        }
        let mut left = self.value(first)?;
        let mut before = first;
        for (operator, operand) in rest {
            let right = self.value(operand)?;
            self.spend(operand.span)?;
            left = match operator {
                Operator::Add => match self.concatenated(&left, before, &right, operand)? {
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
    ) -> Result<Option<Value>, Exit> {
        if !matches!(left, Value::String(_)) && !matches!(right, Value::String(_)) {
            return Ok(None);
        }
        let mut text = String::new();
        for (value, expr) in [(left, left_expr), (right, right_expr)] {
            if value.is_null() {
                let source = &self.template.source;
                text.push_str(
                    source
                        .get(expr.span.start as usize..expr.span.end as usize)
                        .unwrap_or(""),
                );
            } else {
                value
                    .print(&mut text, &self.meter)
                    .map_err(|fault| self.failed(fault, expr.span))?;
            }
        }
        self.made(text.len(), right_expr.span)?;
        Ok(Some(Value::String(Arc::from(text))))
    }

    /// The text of a value; `None` for null.
    pub(super) fn text_of(&self, value: &Value, span: Span) -> Result<Option<Arc<str>>, Exit> {
        if value.is_null() {
            return Ok(None);
        }
        match value.to_text(&self.meter) {
            Ok(text) => Ok(Some(text)),
            Err(fault @ Fault::Interrupted) => Err(self.failed(fault, span)),
            Err(fault) => Err(self.failed(fault, span)),
        }
    }
}
