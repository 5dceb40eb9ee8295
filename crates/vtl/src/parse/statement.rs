//! Text, comments, escapes, `#if` and `#set`.

use super::directive::known;
use super::{Parse, Parser, Problem};
use crate::ast::{Block, Expr, Form, If, Node, Set, Text};
use crate::error::ErrorKind;
use crate::slice::Slice;
use crate::token::{Kind, Token};

/// The words of the grammar.
const WORDS: [&str; 5] = ["if", "end", "set", "else", "elseif"];

impl Parser<'_, '_> {
    /// A whole template.
    pub(super) fn template(&mut self) -> Parse<Block> {
        let block = self.block()?;
        if self.peek(0) != Kind::EndOfInput {
            let mut problem = self.unexpected("text, a reference or a directive");
            if matches!(self.peek(0), Kind::End | Kind::Else | Kind::ElseIf) {
                problem.help = Some("no #if, #foreach or #define is open here");
            }
            return Err(problem);
        }
        // Strays in front of the end belong to no token that prints them.
        Ok(block)
    }

    /// Statements up to something that starts none.
    pub(super) fn block(&mut self) -> Parse<Block> {
        let mut block = Block::new();
        while self.statement(&mut block)? {}
        Ok(block)
    }

    fn statement(&mut self, block: &mut Block) -> Parse<bool> {
        match self.peek(0) {
            Kind::If => {
                let node = self.nested(Self::if_statement)?;
                block.push(node);
            }
            Kind::Identifier | Kind::CurlyOpen if self.at_reference() => {
                let reference = self.nested(Self::reference)?;
                block.push(Node::Reference(reference));
            }
            Kind::LineComment | Kind::BlockComment | Kind::FormalComment => self.comment(block),
            Kind::TextBlock => self.text_block(block),
            Kind::Set => {
                let node = self.set()?;
                block.push(node);
            }
            Kind::EscapedDirective => {
                let token = self.advance();
                let text = self.escaped_directive(token);
                self.changed.push((token.start..token.end, Box::from(text.as_str())));
                self.push_text(block, text, token.start, token.end);
            }
            Kind::DoubleEscape => self.escapes(block),
            Kind::Word | Kind::BracedWord => self.nested(|parser| parser.directive(block))?,
            Kind::Text
            | Kind::Dot
            | Kind::ParenClose
            | Kind::ParenOpen
            | Kind::Integer
            | Kind::Float
            | Kind::String
            | Kind::Escape
            | Kind::CurlyOpen
            | Kind::CurlyClose
            | Kind::EmptyIndex => self.text(block),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Text that stands in the source as it is printed.
    fn push_source(&self, block: &mut Block, start: u32, end: u32) {
        let text = Slice::new(self.source, start, end);
        let span = self.span(start, end);
        if let Some(Node::Text(last)) = block.last_mut()
            && last.text.join(&text)
        {
            last.span.end = span.end;
        } else if start < end {
            block.push(Node::Text(Text { text, span }));
        }
    }

    /// Text that is printed for a range of the source.
    pub(super) fn push_text(&self, block: &mut Block, text: String, start: u32, end: u32) {
        if !text.is_empty() {
            block.push(Node::Text(Text { text: Slice::from(text), span: self.span(start, end) }));
        }
    }

    /// A token that is text, and the stray characters in front of it.
    fn text(&mut self, block: &mut Block) {
        let token = self.advance();
        if token.stray == 0 {
            return self.push_source(block, token.start, token.end);
        }
        let stray = self.lexer.stray(token);
        let start = token.start.saturating_sub(stray.len() as u32);
        if self.source.get(start as usize..token.start as usize) == Some(stray) {
            return self.push_source(block, start, token.end);
        }
        self.push_text(block, stray.to_owned(), token.start, token.start);
        self.push_source(block, token.start, token.end);
    }

    /// A comment prints what stood in front of it in the same token, such as a stray `$`.
    fn comment(&mut self, block: &mut Block) {
        let token = self.advance();
        let image = self.image(token);
        if let Some(at) = image.find("##").or_else(|| image.find("#*")) {
            self.push_source(block, token.start, token.start + at as u32);
        }
        if token.kind == Kind::LineComment {
            self.skip(Kind::LineCommentEnd);
        }
    }

    /// `#[[text]]#`: Velocity takes three characters off either end, whatever they are.
    fn text_block(&mut self, block: &mut Block) {
        let token = self.advance();
        let image = self.image(token);
        let from = image.char_indices().nth(3).map_or(image.len(), |(at, _)| at);
        self.push_source(block, token.start + from as u32, token.end - 3);
    }

    /// `\#if` prints `#if`; a backslash in front of what is no directive stays.
    fn escaped_directive(&self, token: Token) -> String {
        let image = self.image(token);
        let directive = image.trim_start_matches('\\');
        let slashes = image.len() - directive.len();
        let name = directive[1..].trim_start_matches('{').trim_end_matches('}');
        if self.is_directive(name) || WORDS.contains(&name) {
            format!("{}{directive}", &image[..(slashes - 1) / 2])
        } else {
            image.to_owned()
        }
    }

    fn is_directive(&self, name: &str) -> bool {
        known(name).is_some() || self.shared.macros.contains(name)
    }

    /// Pairs of backslashes: in front of a directive each pair is one.
    fn escapes(&mut self, block: &mut Block) {
        let start = self.ahead[0].start;
        let mut pairs = 0;
        while self.peek(0) == Kind::DoubleEscape {
            self.advance();
            pairs += 1;
        }
        let next = self.peek(0);
        let token = self.ahead[0];
        let image = self.image(token);
        let name = image.char_indices().nth(1).map_or("", |(at, _)| &image[at..]);
        let control = matches!(next, Kind::End | Kind::If | Kind::ElseIf | Kind::Else)
            || self.is_directive(name);
        let text = if control { "\\" } else { "\\\\" }.repeat(pairs);
        let end = self.last.end;
        self.push_text(block, text, start, end);
    }

    fn if_statement(&mut self) -> Parse<Node> {
        let opening = self.advance();
        let mut branches = vec![self.branch()?];
        while self.skip(Kind::ElseIf) {
            branches.push(self.branch()?);
        }
        let otherwise = if self.skip(Kind::Else) { Some(self.block()?) } else { None };
        self.close("#if", opening)?;
        Ok(Node::If(Box::new(If { branches, otherwise, span: self.since(opening.start) })))
    }

    fn branch(&mut self) -> Parse<(Expr, Block)> {
        self.blanks();
        self.expect(Kind::ParenOpen, "`(` and a condition")?;
        let condition = self.expression()?;
        self.expect(Kind::ParenClose, "an operator or `)`")?;
        Ok((condition, self.block()?))
    }

    /// The `#end` of a block.
    pub(super) fn close(&mut self, directive: &'static str, opening: Token) -> Parse<()> {
        match self.peek(0) {
            Kind::End => {
                self.advance();
                Ok(())
            }
            Kind::EndOfInput => {
                let mut problem = Problem::new(
                    ErrorKind::UnexpectedEnd(directive),
                    self.span(opening.start, opening.end),
                );
                problem.help = Some("close it with #end");
                Err(problem)
            }
            _ => Err(self.unexpected("#end")),
        }
    }

    fn set(&mut self) -> Parse<Node> {
        let opening = self.advance();
        self.blanks();
        let mut target = self.reference()?;
        if target.parts.is_empty() {
            // Velocity names the variable by all of the first token but its first character.
            let name = match target.form {
                Form::Braced => "{".to_owned(),
                Form::Quiet => format!("!{}", target.variable.name),
                _ => target.variable.name.to_string(),
            };
            if *name != *target.variable.name {
                target.variable = self.variable(&name);
            }
        }
        self.blanks();
        self.expect(Kind::Assign, "`=`")?;
        let value = self.expression()?;
        self.expect(Kind::ParenClose, "an operator or `)`")?;
        self.lexer.leave_set();
        Ok(Node::Set(Box::new(Set { target, value, span: self.since(opening.start) })))
    }
}
