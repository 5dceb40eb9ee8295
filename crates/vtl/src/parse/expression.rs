//! Expressions, and the simpler values that arguments and directives take.

use std::sync::Arc;

use num_bigint::BigInt;

use super::{Parse, Parser, Problem};
use crate::ast::{Entry, Expr, ExprKind, Literal, Operand, Operator, Span};
use crate::error::{Bound, ErrorKind};
use crate::token::{Kind, Token};
use crate::tree::Many;

/// The largest integer that a template may spell out.
const LARGEST_BITS: u64 = 1 << 16;

impl Parser<'_, '_> {
    pub(super) fn expression(&mut self) -> Parse<Expr> {
        self.nested(|parser| parser.chain(0))
    }

    /// Operands and operators of at least the given precedence.
    fn chain(&mut self, least: u8) -> Parse<Expr> {
        let mut first = self.unary()?;
        let begin = self.shared.operands.begin();
        let mut level = u8::MAX;
        while let Some((operator, precedence)) = operator(self.peek(0))
            && precedence >= least
        {
            self.advance();
            let expr = self.chain(precedence + 1)?;
            // Operators come in falling precedence here: stronger ones are inside the operand.
            if precedence != level {
                first = self.join(first, begin);
            }
            level = precedence;
            self.shared.operands.push(Operand { operator, expr });
        }
        Ok(self.join(first, begin))
    }

    /// An operand with the operators and operands that wait to follow it, if there are any.
    fn join(&mut self, first: Expr, begin: usize) -> Expr {
        let Some(last) = self.shared.operands.since(begin).last() else {
            return first;
        };
        let span = Span { start: first.span.start, end: last.expr.span.end };
        let rest = self.shared.operands.keep(begin);
        Expr { kind: ExprKind::Chain(self.shared.exprs.one(first), rest), span }
    }

    fn unary(&mut self) -> Parse<Expr> {
        let blanks = usize::from(self.peek(0) == Kind::Whitespace);
        if self.peek(blanks) != Kind::Not {
            return self.primary();
        }
        self.blanks();
        let start = self.advance().start;
        let operand = self.nested(Self::unary)?;
        let end = operand.span.end;
        let mut span = self.span(start, start);
        span.end = span.end.max(end);
        let operand = self.shared.exprs.one(operand);
        Ok(Expr { kind: ExprKind::Not(operand), span })
    }

    fn primary(&mut self) -> Parse<Expr> {
        self.blanks();
        let value = if self.peek(0) == Kind::ParenOpen {
            let start = self.advance().start;
            let value = self.expression()?;
            let close = self.expect(Kind::ParenClose, "`)`")?.start;
            Expr { span: self.span(start, close + 1), ..value }
        } else {
            self.value()?
        };
        self.blanks();
        Ok(value)
    }

    /// An argument, an element or a key, with the blanks around it.
    pub(super) fn parameter(&mut self) -> Parse<Expr> {
        self.blanks();
        let value = self.value()?;
        self.blanks();
        Ok(value)
    }

    /// One or more of them, with commas between.
    pub(super) fn parameters(&mut self) -> Parse<Many<Expr>> {
        let begin = self.shared.exprs.begin();
        loop {
            let parameter = self.parameter()?;
            self.shared.exprs.push(parameter);
            if !self.skip(Kind::Comma) {
                return Ok(self.shared.exprs.keep(begin));
            }
        }
    }

    /// One value without operators.
    pub(super) fn value(&mut self) -> Parse<Expr> {
        match self.peek(0) {
            Kind::BracketOpen => {
                let start = self.token().start;
                let kind = self.nested(Self::list_or_range)?;
                Ok(Expr { kind, span: self.since(start) })
            }
            Kind::MapOpen => {
                let start = self.token().start;
                let kind = self.nested(Self::map)?;
                Ok(Expr { kind, span: self.since(start) })
            }
            _ => self.simple_value(),
        }
    }

    /// A literal or a reference.
    #[inline(always)]
    pub(super) fn simple_value(&mut self) -> Parse<Expr> {
        let Token { kind, start, .. } = self.token();
        let kind = match kind {
            Kind::Identifier | Kind::CurlyOpen => return self.reference_value(),
            Kind::String => self.string()?,
            Kind::Integer | Kind::Float | Kind::True | Kind::False => {
                let token = self.advance();
                let literal = self.literal_value(token)?;
                ExprKind::Literal(self.shared.literals.one(literal))
            }
            _ => return Err(self.unexpected("a value")),
        };
        Ok(Expr { kind, span: self.since(start) })
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
            let from = self.simple_value()?;
            self.blanks();
            self.expect(Kind::DoubleDot, "`..`")?;
            self.blanks();
            if !matches!(self.peek(0), Kind::Identifier | Kind::CurlyOpen | Kind::Integer) {
                return Err(self.unexpected("a whole number or a reference"));
            }
            let to = self.simple_value()?;
            self.blanks();
            self.expect(Kind::BracketClose, "`]`")?;
            let exprs = &mut self.shared.exprs;
            return Ok(ExprKind::Range(exprs.one(from), exprs.one(to)));
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
                let key = self.map_key()?;
                self.expect(Kind::Colon, "`:`")?;
                let value = self.parameter()?;
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

    fn map_key(&mut self) -> Parse<Expr> {
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
