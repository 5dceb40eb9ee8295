//! Comparisons between values of any kind.

use std::cmp::Ordering;

use super::{Exit, Run, math};
use crate::ast::{Operator, Span};
use crate::equality;
use crate::list::ListKind;
use crate::value::Value;

impl Operator {
    /// Whether it compares.
    pub(super) fn is_comparison(self) -> bool {
        matches!(
            self,
            Operator::Equal
                | Operator::NotEqual
                | Operator::Less
                | Operator::Greater
                | Operator::LessOrEqual
                | Operator::GreaterOrEqual
        )
    }
}

impl Run {
    pub(super) fn compared(
        &self,
        operator: Operator,
        left: &Value,
        right: &Value,
        span: Span,
    ) -> Result<bool, Exit> {
        let order = match (left, right) {
            (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
            _ => math::compare(left, right).map_err(|fault| self.failed(fault, span))?,
        };
        Ok(match (operator, order) {
            (Operator::Equal, Some(order)) => order == Ordering::Equal,
            (Operator::NotEqual, Some(order)) => order != Ordering::Equal,
            (Operator::Equal, None) => self.same(left, right, span)?,
            (Operator::NotEqual, None) => !self.same(left, right, span)?,
            // What is no number is neither less nor greater.
            (_, None) => false,
            (Operator::Less, Some(order)) => order == Ordering::Less,
            (Operator::Greater, Some(order)) => order == Ordering::Greater,
            (Operator::LessOrEqual, Some(order)) => order != Ordering::Greater,
            (_, Some(order)) => order != Ordering::Less,
        })
    }

    /// Values of related classes are compared as Java compares them, others by their text.
    fn same(&self, left: &Value, right: &Value, span: Span) -> Result<bool, Exit> {
        if let (Value::String(left), Value::String(right)) = (left, right) {
            return Ok(left == right);
        }
        if related(left, right) {
            return equality::equals(left, right, &self.meter)
                .map_err(|fault| self.failed(fault, span));
        }
        Ok(self.text_of(left, span)? == self.text_of(right, span)?)
    }
}

/// Whether one of the values' classes extends the other's.
fn related(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Bool(_), Value::Bool(_))
        | (Value::Char(_), Value::Char(_))
        | (Value::Map(_), Value::Map(_)) => true,
        (Value::List(left), Value::List(right)) => {
            let is_array_list = |kind| matches!(kind, ListKind::ArrayList | ListKind::JsonArray);
            left.kind() == right.kind()
                || (is_array_list(left.kind()) && is_array_list(right.kind()))
        }
        (Value::Object(left), Value::Object(right)) => left.class_name() == right.class_name(),
        _ => false,
    }
}
