//! Expressions, and the simpler values that arguments and directives take.

use std::sync::Arc;

use num_bigint::BigInt;

use super::{Parse, Parser, Problem, Shared};
use crate::ast::{Entry, Expr, ExprKind, Literal, Operand, Operator, Span};
use crate::error::{Bound, ErrorKind};
use crate::token::{Kind, Token};
use crate::tree::Many;

/// The largest integer that a template may spell out.
const LARGEST_BITS: u64 = 1 << 16;

/// Each of these rules leaves the expression that it has parsed waiting in the table: to return it
/// would be to copy it again and again.
impl Parser<'_, '_> {
    pub(super) fn expression(&mut self) -> Parse<()> {
        self.nested(|parser| parser.chain(0))
    }

    /// Operands and operators of at least the given precedence.
    fn chain(&mut self, least: u8) -> Parse<()> {
        self.unary()?;
        let begin = self.shared.operands.begin();
        let mut level = u8::MAX;
        while let Some((operator, precedence)) = operator(self.peek(0))
            && precedence >= least
        {
            self.advance();
            self.chain(precedence + 1)?;
            let expr = self.shared.exprs.keep_last();
            // Operators come in falling precedence here: stronger ones are inside the operand.
            if precedence != level {
                self.join(begin);
            }
            level = precedence;
            self.shared.operands.push(Operand { operator, expr });
        }
        self.join(begin);
        Ok(())
    }

    /// Joins the operand that waits with the operators and operands behind it, if there are any.
    fn join(&mut self, begin: usize) {
        let Shared { exprs, operands, .. } = &mut *self.shared;
        let Some(last) = operands.since(begin).last() else {
            return;
        };
        let end = exprs.get(last.expr).span.end;
        let first = exprs.keep_last();
        let span = Span { start: exprs.get(first).span.start, end };
        exprs.push(Expr { kind: ExprKind::Chain(first, operands.keep(begin)), span });
    }

    fn unary(&mut self) -> Parse<()> {
        let blanks = usize::from(self.peek(0) == Kind::Whitespace);
        if self.peek(blanks) != Kind::Not {
            return self.primary();
        }
        self.blanks();
        let start = self.advance().start;
        self.nested(Self::unary)?;
        let operand = self.shared.exprs.keep_last();
        let mut span = self.span(start, start);
        span.end = span.end.max(self.shared.exprs.get(operand).span.end);
        self.shared.exprs.push(Expr { kind: ExprKind::Not(operand), span });
        Ok(())
    }

    fn primary(&mut self) -> Parse<()> {
        self.blanks();
        if self.peek(0) == Kind::ParenOpen {
            let start = self.advance().start;
            let waiting = self.shared.exprs.begin();
            self.expression()?;
            let close = self.expect(Kind::ParenClose, "`)`")?.start;
            let span = self.span(start, close + 1);
            for value in self.shared.exprs.since(waiting) {
                value.span = span;
            }
        } else {
            self.value()?;
        }
        self.blanks();
        Ok(())
    }

    /// An argument, an element or a key, with the blanks around it.
    pub(super) fn parameter(&mut self) -> Parse<()> {
        self.blanks();
        self.value()?;
        self.blanks();
        Ok(())
    }

    /// One or more of them, with commas between.
    pub(super) fn parameters(&mut self) -> Parse<Many<Expr>> {
        let begin = self.shared.exprs.begin();
        loop {
            self.parameter()?;
            if !self.skip(Kind::Comma) {
                return Ok(self.shared.exprs.keep(begin));
            }
        }
    }

    /// One value without operators.
    pub(super) fn value(&mut self) -> Parse<()> {
        let Token { kind, start, .. } = *self.token();
        let kind = match kind {
            Kind::BracketOpen => self.nested(Self::list_or_range)?,
            Kind::MapOpen => self.nested(Self::map)?,
            _ => return self.simple_value(),
        };
        self.shared.exprs.push(Expr { kind, span: self.since(start) });
        Ok(())
    }

    /// A literal or a reference.
    #[inline(always)]
    pub(super) fn simple_value(&mut self) -> Parse<()> {
        let Token { kind, start, .. } = *self.token();
        let kind = match kind {
            Kind::Identifier | Kind::CurlyOpen => {
                let reference = self.reference()?;
                // Its end was written a moment ago, and the processor would wait for it.
                let start = self.shared.references.get(reference).span.start;
                let span = Span { start, end: self.since(start).end };
                self.shared.exprs.push(Expr { kind: ExprKind::Reference(reference), span });
                return Ok(());
            }
            Kind::String => self.string()?,
            Kind::Integer | Kind::Float | Kind::True | Kind::False => {
                let token = self.advance();
                let literal = self.literal_value(token)?;
                ExprKind::Literal(self.shared.literals.one(literal))
            }
            _ => return Err(self.unexpected("a value")),
        };
        self.shared.exprs.push(Expr { kind, span: self.since(start) });
        Ok(())
    }

    fn literal_value(&self, token: Token) -> Parse<Literal> {
        let text = self.image(token);
        match token.kind {
            Kind::Integer => self.integer(token),
            Kind::Float => text.parse().map(Literal::Double).map_err(|_| self.not_a_number(token)),
            _ => Ok(Literal::Bool(token.kind == Kind::True)),
        }
    }

    /// The narrowest of Java's integers that holds the number.
    fn integer(&self, token: Token) -> Parse<Literal> {
        let text = self.image(token);
        if let Ok(value) = text.parse() {
            return Ok(Literal::Int(value));
        }
        if let Ok(value) = text.parse() {
            return Ok(Literal::Long(value));
        }
        // A digit is worth more than three bits.
        if text.len() as u64 * 3 > LARGEST_BITS {
            let span = self.span(token.start, token.end);
            return Err(Problem::new(ErrorKind::Bound(Bound::Integer(LARGEST_BITS)), span));
        }
        let value: BigInt = text.parse().map_err(|_| self.not_a_number(token))?;
        Ok(Literal::BigInt(Arc::new(value)))
    }

    /// In `#5` Velocity's lexer sees a number with a sign in front that is none.
    fn not_a_number(&self, token: Token) -> Box<Problem> {
        let found = format!("`{}`", self.image(token));
        let kind = ErrorKind::Unexpected { found, expected: "a value" };
        Problem::new(kind, self.span(token.start, token.end))
    }

    fn list_or_range(&mut self) -> Parse<ExprKind> {
        let range = self.at_range();
        self.advance();
        if range {
            self.blanks();
            self.simple_value()?;
            let from = self.shared.exprs.keep_last();
            self.blanks();
            self.expect(Kind::DoubleDot, "`..`")?;
            self.blanks();
            if !matches!(self.peek(0), Kind::Identifier | Kind::CurlyOpen | Kind::Integer) {
                return Err(self.unexpected("a whole number or a reference"));
            }
            self.simple_value()?;
            let to = self.shared.exprs.keep_last();
            self.blanks();
            self.expect(Kind::BracketClose, "`]`")?;
            return Ok(ExprKind::Range(from, to));
        }
        if self.skip(Kind::BracketClose) {
            return Ok(ExprKind::List(Many::default()));
        }
        let items = self.parameters()?;
        self.expect(Kind::BracketClose, "`,` or `]`")?;
        Ok(ExprKind::List(items))
    }

    /// Whether the bracket here opens a range: a whole number or a reference and two dots. Looks as
    /// far ahead as the reference is long.
    fn at_range(&mut self) -> bool {
        let mut at = 1;
        if self.peek(at) == Kind::Whitespace {
            at += 1;
        }
        match self.peek(at) {
            Kind::Integer => at += 1,
            Kind::Identifier | Kind::CurlyOpen => {
                let mut depth = 0u32;
                loop {
                    match self.peek(at) {
                        Kind::ParenOpen | Kind::IndexOpen | Kind::BracketOpen | Kind::MapOpen => {
                            depth += 1
                        }
                        Kind::CallClose
                        | Kind::IndexClose
                        | Kind::BracketClose
                        | Kind::MapClose
                            if depth > 0 =>
                        {
                            depth -= 1;
                        }
                        Kind::Identifier | Kind::CurlyOpen | Kind::CurlyClose | Kind::Dot => {}
                        Kind::EndOfInput | Kind::Bad => return false,
                        _ if depth > 0 => {}
                        _ => break,
                    }
                    at += 1;
                }
            }
            _ => return false,
        }
        if self.peek(at) == Kind::Whitespace {
            at += 1;
        }
        self.peek(at) == Kind::DoubleDot
    }

    fn map(&mut self) -> Parse<ExprKind> {
        self.advance();
        let begin = self.shared.entries.begin();
        let blanks = usize::from(self.peek(0) == Kind::Whitespace);
        if matches!(self.peek(blanks), Kind::MapClose | Kind::CurlyClose) {
            self.blanks();
        } else {
            loop {
                self.map_key()?;
                let key = self.shared.exprs.keep_last();
                self.expect(Kind::Colon, "`:`")?;
                self.parameter()?;
                let value = self.shared.exprs.keep_last();
                self.shared.entries.push(Entry { key, value });
                if !self.skip(Kind::Comma) {
                    break;
                }
            }
        }
        if !matches!(self.peek(0), Kind::MapClose | Kind::CurlyClose) {
            return Err(self.unexpected("`,` or `}`"));
        }
        self.advance();
        Ok(ExprKind::Map(self.shared.entries.keep(begin)))
    }

    fn map_key(&mut self) -> Parse<()> {
        let blanks = usize::from(self.peek(0) == Kind::Whitespace);
        if self.peek(blanks) == Kind::Word {
            return Err(self.unexpected_at(blanks, "a key in quotes"));
        }
        self.parameter()
    }
}

/// The operator that a token is, and how strongly it binds.
fn operator(kind: Kind) -> Option<(Operator, u8)> {
    Some(match kind {
        Kind::Or => (Operator::Or, 0),
        Kind::And => (Operator::And, 1),
        Kind::Equal => (Operator::Equal, 2),
        Kind::NotEqual => (Operator::NotEqual, 2),
        Kind::Less => (Operator::Less, 3),
        Kind::Greater => (Operator::Greater, 3),
        Kind::LessOrEqual => (Operator::LessOrEqual, 3),
        Kind::GreaterOrEqual => (Operator::GreaterOrEqual, 3),
        Kind::Plus => (Operator::Add, 4),
        Kind::Minus => (Operator::Subtract, 4),
        Kind::Multiply => (Operator::Multiply, 5),
        Kind::Divide => (Operator::Divide, 5),
        Kind::Modulus => (Operator::Remainder, 5),
        _ => return None,
    })
}
