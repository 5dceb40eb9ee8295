//! Text, comments, escapes, `#if` and `#set`.

use super::directive::known;
use super::{Parse, Parser, Problem};
use crate::ast::{Block, Branch, Form, If, Node, Reference, Set, Text};
use crate::error::ErrorKind;
use crate::token::{Kind, Token};

/// The words of the grammar.
const WORDS: [&str; 5] = ["if", "end", "set", "else", "elseif"];

impl Parser<'_, '_> {
    /// A whole template.
    pub(super) fn template(mut self) -> Parse<Block> {
        let begin = self.block;
        self.statements()?;
        Ok(self.shared.nodes.keep(begin))
    }

    /// The statements of a whole template, which are left waiting.
    pub(super) fn statements(&mut self) -> Parse<()> {
        while self.statement()? {}
        if self.peek(0) != Kind::EndOfInput {
            let mut problem = self.unexpected("text, a reference or a directive");
            if matches!(self.peek(0), Kind::End | Kind::Else | Kind::ElseIf) {
                problem.help = Some("no #if, #foreach or #define is open here");
            }
            return Err(problem);
        }
        // Strays in front of the end belong to no token that prints them.
        Ok(())
    }

    /// Statements up to something that starts none.
    pub(super) fn block(&mut self) -> Parse<Block> {
        let begin = self.shared.nodes.begin();
        let outer = std::mem::replace(&mut self.block, begin);
        while self.statement()? {}
        self.block = outer;
        Ok(self.shared.nodes.keep(begin))
    }

    fn statement(&mut self) -> Parse<bool> {
        match self.peek(0) {
            Kind::If => {
                let node = self.nested(Self::if_statement)?;
                self.push(node);
            }
            Kind::Identifier | Kind::CurlyOpen if self.at_reference() => {
                let reference = self.nested(Self::reference)?;
                self.push(Node::Reference(reference));
            }
            Kind::LineComment | Kind::BlockComment | Kind::FormalComment => self.comment(),
            Kind::TextBlock => self.text_block(),
            Kind::Set => {
                let node = self.set()?;
                self.push(node);
            }
            Kind::EscapedDirective => {
                let token = self.advance();
                let text = self.escaped_directive(token);
                self.changed.push((token.start..token.end, Box::from(text.as_str())));
                self.push_text(&text, token.start, token.end)?;
            }
            Kind::DoubleEscape => self.escapes()?,
            Kind::Word | Kind::BracedWord => self.nested(Self::directive)?,
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
            | Kind::EmptyIndex => self.text()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(super) fn push(&mut self, node: Node) {
        self.shared.nodes.push(node);
    }

    /// Text that stands in the source as it is printed.
    fn push_source(&mut self, start: u32, end: u32) {
        let (text, span) = (self.in_tree(start, end), self.span(start, end));
        if let Some(Node::Text(last)) = self.shared.nodes.since(self.block).last_mut()
            && last.text.end == text.start
        {
            last.text.end = text.end;
            last.span.end = span.end;
        } else if start < end {
            self.push(Node::Text(Text { text, span }));
        }
    }

    /// Text that is printed for a range of the source.
    pub(super) fn push_text(&mut self, text: &str, start: u32, end: u32) -> Parse<()> {
        if !text.is_empty() {
            let text = self.shared.add_text(text)?;
            self.push(Node::Text(Text { text, span: self.span(start, end) }));
        }
        Ok(())
    }

    /// A token that is text, and the stray characters in front of it.
    fn text(&mut self) -> Parse<()> {
        let token = self.advance();
        let stray = self.lexer.stray(self.next - 1);
        if !stray.is_empty() {
            let start = token.start.saturating_sub(stray.len() as u32);
            if self.source.get(start as usize..token.start as usize) == Some(stray) {
                self.push_source(start, token.end);
                return Ok(());
            }
            let stray = stray.to_owned();
            self.push_text(&stray, token.start, token.start)?;
        }
        self.push_source(token.start, token.end);
        Ok(())
    }

    /// A comment prints what stood in front of it in the same token, such as a stray `$`.
    fn comment(&mut self) {
        let token = self.advance();
        let image = self.image(token);
        if let Some(at) = image.find("##").or_else(|| image.find("#*")) {
            self.push_source(token.start, token.start + at as u32);
        }
        if token.kind == Kind::LineComment {
            self.skip(Kind::LineCommentEnd);
        }
    }

    /// `#[[text]]#`: Velocity takes three characters off either end, whatever they are.
    fn text_block(&mut self) {
        let token = self.advance();
        let image = self.image(token);
        let from = image.char_indices().nth(3).map_or(image.len(), |(at, _)| at);
        self.push_source(token.start + from as u32, token.end - 3);
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
    fn escapes(&mut self) -> Parse<()> {
        let start = self.token().start;
        let mut pairs = 0;
        while self.skip(Kind::DoubleEscape) {
            pairs += 1;
        }
        let next = *self.token();
        let image = self.image(next);
        let name = image.char_indices().nth(1).map_or("", |(at, _)| &image[at..]);
        let control = matches!(next.kind, Kind::End | Kind::If | Kind::ElseIf | Kind::Else)
            || self.is_directive(name);
        let text = if control { "\\" } else { "\\\\" }.repeat(pairs);
        self.push_text(&text, start, self.end)
    }

    fn if_statement(&mut self) -> Parse<Node> {
        let opening = self.advance();
        let begin = self.shared.branches.begin();
        let first = self.branch()?;
        self.shared.branches.push(first);
        while self.skip(Kind::ElseIf) {
            let next = self.branch()?;
            self.shared.branches.push(next);
        }
        let branches = self.shared.branches.keep(begin);
        let otherwise = if self.skip(Kind::Else) { Some(self.block()?) } else { None };
        self.close("#if", opening)?;
        Ok(Node::If(If { branches, otherwise, span: self.since(opening.start) }))
    }

    fn branch(&mut self) -> Parse<Branch> {
        self.blanks();
        self.expect(Kind::ParenOpen, "`(` and a condition")?;
        self.expression()?;
        let condition = self.shared.exprs.keep_last();
        self.expect(Kind::ParenClose, "an operator or `)`")?;
        Ok(Branch { condition, block: self.block()? })
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
        let target = self.reference()?;
        let Reference { parts, form, variable, .. } = *self.shared.references.get(target);
        if parts.is_empty() {
            // Velocity names the variable by all of the first token but its first character.
            let name = match form {
                Form::Braced => Some("{".to_owned()),
                Form::Quiet => Some(format!("!{}", self.shared.name(variable))),
                _ => None,
            };
            if let Some(name) = name {
                self.shared.references.get_mut(target).variable = self.named(&name)?;
            }
        }
        self.blanks();
        self.expect(Kind::Assign, "`=`")?;
        self.expression()?;
        let value = self.shared.exprs.keep_last();
        self.expect(Kind::ParenClose, "an operator or `)`")?;
        self.lexer.leave_set();
        Ok(Node::Set(Set { target, value, span: self.since(opening.start) }))
    }
}
