//! The tokens that the parser has looked at and not consumed: two or three, and then none.

use std::ops::Index;

use crate::token::Token;

/// The tokens ahead, the next one at 0.
pub(super) struct Queue {
    tokens: Vec<Token>,
    consumed: usize,
}

impl Queue {
    pub(super) fn new() -> Self {
        Queue { tokens: Vec::with_capacity(8), consumed: 0 }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.tokens.len() - self.consumed
    }

    #[inline]
    pub(super) fn get(&self, at: usize) -> Option<&Token> {
        self.tokens.get(self.consumed + at)
    }

    #[inline]
    pub(super) fn push_back(&mut self, token: Token) {
        if self.consumed == self.tokens.len() {
            self.tokens.clear();
            self.consumed = 0;
        }
        self.tokens.push(token);
    }

    #[inline]
    pub(super) fn pop_front(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.consumed).copied()?;
        self.consumed += 1;
        Some(token)
    }
}

impl Index<usize> for Queue {
    type Output = Token;

    fn index(&self, at: usize) -> &Token {
        &self.tokens[self.consumed + at]
    }
}
