//! Text, comments, escapes and directives.

use std::sync::Arc;

use super::{Parse, Parser, Problem};
use crate::ast::{Block, Define, Expr, ExprKind, Foreach, If, Node, Set, Span, Text, Variable};
use crate::error::ErrorKind;
use crate::token::{Kind, Token};

/// The directives that are classes in Velocity and not words of its grammar.
const DIRECTIVES: [&str; 6] = ["foreach", "macro", "literal", "break", "define", "stop"];
/// The words of the grammar.
const WORDS: [&str; 5] = ["if", "end", "set", "else", "elseif"];

impl Parser<'_, '_> {
    /// A whole template.
    pub(super) fn template(&mut self) -> Parse<Block> {
        let block = self.block()?;
        if self.peek(0)? != Kind::EndOfInput {
            let mut problem = self.unexpected("text, a reference or a directive");
            if matches!(self.peek(0)?, Kind::End | Kind::Else | Kind::ElseIf) {
                problem.help = Some("no #if, #foreach or #define is open here");
            }
            return Err(problem);
        }
        // Strays in front of the end belong to no token that prints them.
        Ok(block)
    }

    /// Statements up to something that starts none.
    fn block(&mut self) -> Parse<Block> {
        let mut block = Block::new();
        while self.statement(&mut block)? {}
        Ok(block)
    }

    fn statement(&mut self, block: &mut Block) -> Parse<bool> {
        match self.peek(0)? {
            Kind::If => {
                let node = self.nested(Self::if_statement)?;
                block.push(node);
            }
            Kind::Identifier | Kind::CurlyOpen if self.at_reference()? => {
                let reference = self.nested(Self::reference)?;
                block.push(Node::Reference(reference));
            }
            Kind::LineComment | Kind::BlockComment | Kind::FormalComment => self.comment(block)?,
            Kind::TextBlock => self.text_block(block)?,
            Kind::Set => {
                let node = self.set()?;
                block.push(node);
            }
            Kind::EscapedDirective => {
                let token = self.advance()?;
                let text = self.escaped_directive(&token);
                self.push_text(block, &text, token.start, token.end);
            }
            Kind::DoubleEscape => self.escapes(block)?,
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
            | Kind::EmptyIndex => {
                let token = self.advance()?;
                if let Some(stray) = &token.stray {
                    self.push_text(block, stray, token.start, token.start);
                }
                let source = self.source;
                self.push_text(
                    block,
                    &source[token.start..token.end],
                    token.start,
                    token.end,
                );
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn push_text(&self, block: &mut Block, text: &str, start: usize, end: usize) {
        let span = self.span(start, end);
        match block.last_mut() {
            Some(Node::Text(last)) => {
                last.text.push_str(text);
                last.span.end = span.end;
            }
            _ if text.is_empty() => {}
            _ => block.push(Node::Text(Text {
                text: text.to_owned(),
                span,
            })),
        }
    }

    /// A comment prints what stood in front of it in the same token, such as a stray `$`.
    fn comment(&mut self, block: &mut Block) -> Parse<()> {
        let token = self.advance()?;
        let image = &self.source[token.start..token.end];
        if let Some(at) = image.find("##").or_else(|| image.find("#*")) {
            self.push_text(block, &image[..at], token.start, token.end);
        }
        if token.kind == Kind::LineComment {
            self.skip(Kind::LineCommentEnd)?;
        }
        Ok(())
    }

    /// `#[[text]]#`: Velocity takes three characters off either end, whatever they are.
    fn text_block(&mut self, block: &mut Block) -> Parse<()> {
        let token = self.advance()?;
        let image = &self.source[token.start..token.end];
        let from = image
            .char_indices()
            .nth(3)
            .map_or(image.len(), |(at, _)| at);
        self.push_text(block, &image[from..image.len() - 3], token.start, token.end);
        Ok(())
    }

    /// `\#if` prints `#if`; a backslash in front of what is no directive stays.
    fn escaped_directive(&self, token: &Token) -> String {
        let image = &self.source[token.start..token.end];
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
        DIRECTIVES.contains(&name) || self.shared.macros.contains(name)
    }

    /// Pairs of backslashes: in front of a directive each pair is one.
    fn escapes(&mut self, block: &mut Block) -> Parse<()> {
        let start = self.ahead[0].start;
        let mut pairs = 0;
        while self.peek(0)? == Kind::DoubleEscape {
            self.advance()?;
            pairs += 1;
        }
        let next = self.peek(0)?;
        let token = &self.ahead[0];
        let image = &self.source[token.start..token.end];
        let name = image
            .char_indices()
            .nth(1)
            .map_or("", |(at, _)| &image[at..]);
        let control = matches!(next, Kind::End | Kind::If | Kind::ElseIf | Kind::Else)
            || self.is_directive(name);
        let text = if control { "\\" } else { "\\\\" }.repeat(pairs);
        let end = self.last.end as usize;
        self.push_text(block, &text, start, end);
        Ok(())
    }

    fn if_statement(&mut self) -> Parse<Node> {
        let opening = self.advance()?;
        let mut branches = vec![self.branch()?];
        while self.skip(Kind::ElseIf)? {
            branches.push(self.branch()?);
        }
        let otherwise = if self.skip(Kind::Else)? {
            Some(self.block()?)
        } else {
            None
        };
        self.close("#if", &opening)?;
        Ok(Node::If(Box::new(If {
            branches,
            otherwise,
            span: self.since(opening.start),
        })))
    }

    fn branch(&mut self) -> Parse<(Expr, Block)> {
        self.blanks()?;
        self.expect(Kind::ParenOpen, "`(` and a condition")?;
        let condition = self.expression()?;
        self.expect(Kind::ParenClose, "an operator or `)`")?;
        Ok((condition, self.block()?))
    }

    /// The `#end` of a block.
    fn close(&mut self, directive: &'static str, opening: &Token) -> Parse<()> {
        match self.peek(0)? {
            Kind::End => self.advance().map(|_| ()),
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

    fn since(&self, start: usize) -> Span {
        self.span(start, self.last.end as usize)
    }

    fn set(&mut self) -> Parse<Node> {
        let opening = self.advance()?;
        self.blanks()?;
        let mut target = self.reference()?;
        if target.parts.is_empty() {
            // Velocity names the variable by all of the first token but its first character.
            let name = match target.form {
                crate::ast::Form::Braced => "{".to_owned(),
                crate::ast::Form::Quiet => format!("!{}", target.variable.name),
                _ => target.variable.name.to_string(),
            };
            if *name != *target.variable.name {
                target.variable = self.variable(&name);
            }
        }
        self.blanks()?;
        self.expect(Kind::Assign, "`=`")?;
        let value = self.expression()?;
        self.expect(Kind::ParenClose, "an operator or `)`")?;
        self.lexer.leave_set();
        Ok(Node::Set(Box::new(Set {
            target,
            value,
            span: self.since(opening.start),
        })))
    }

    /// A word behind `#`: a directive, or text that looks like one.
    fn directive(&mut self, block: &mut Block) -> Parse<()> {
        let mark = self.record.len();
        self.recording += 1;
        let result = self.recorded_directive(block, mark);
        self.recording -= 1;
        if self.recording == 0 {
            self.record.clear();
        }
        result
    }

    fn recorded_directive(&mut self, block: &mut Block, mark: usize) -> Parse<()> {
        let opening = self.advance()?;
        let image = &self.source[opening.start..opening.end];
        let name = match opening.kind {
            Kind::BracedWord => image.get(2..image.len() - 1).unwrap_or(""),
            _ => &image[1..],
        };
        let known = DIRECTIVES
            .iter()
            .find(|directive| **directive == name)
            .copied();
        self.lexer.enter_arguments();
        if !self.lexer.at_parenthesis() {
            self.lexer.leave_directive();
            return self.bare_directive(block, known, &opening);
        }
        self.blanks()?;
        self.expect(Kind::ParenOpen, "`(`")?;
        let arguments = self.directive_arguments(known)?;
        self.expect(Kind::ParenClose, "an argument or `)`")?;
        let problem = |problem| {
            let kind = ErrorKind::Directive {
                directive: known.unwrap_or(""),
                problem,
            };
            Problem::new(kind, Span::default())
        };
        let node = match known {
            Some("break") if arguments.len() < 2 => {
                let scope = arguments.into_iter().next().and_then(Argument::into_expr);
                Node::Break(scope, self.since(opening.start))
            }
            Some("stop") if arguments.len() < 2 => Node::Stop(self.since(opening.start)),
            Some(name @ ("break" | "stop")) => {
                let kind = ErrorKind::Directive {
                    directive: name,
                    problem: "takes one argument at most",
                };
                return Err(Problem::new(kind, self.since(opening.start)));
            }
            Some(name) => {
                let body_mark = self.record.len();
                let body = self.block()?;
                let body_end = self.record.len();
                self.close(hashed(name), &opening)?;
                let span = self.since(opening.start);
                let node = match name {
                    "foreach" => match self.foreach(arguments, body, span) {
                        Ok(Some(node)) => Ok(node),
                        Ok(None) => return Ok(()),
                        Err(text) => Err(text),
                    },
                    "define" => self.define(arguments, body, span),
                    "macro" => return self.macro_definition(&arguments, span),
                    _ if !arguments.is_empty() => Err("takes no argument"),
                    _ if body_end == body_mark => Err("needs a body"),
                    _ => {
                        let text = self.printed(body_mark, body_end, true);
                        self.push_text(block, &text, opening.start, span.end as usize);
                        return Ok(());
                    }
                };
                node.map_err(|text| {
                    let mut problem = problem(text);
                    problem.span = span;
                    problem
                })?
            }
            None => {
                if name.starts_with('@') {
                    self.block()?;
                    self.close("a macro call with a body", &opening)?;
                }
                let text = self.printed(mark, self.record.len(), false);
                self.push_text(block, &text, opening.start, self.last.end as usize);
                return Ok(());
            }
        };
        block.push(node);
        Ok(())
    }

    /// A directive without parentheses.
    fn bare_directive(
        &mut self,
        block: &mut Block,
        known: Option<&'static str>,
        opening: &Token,
    ) -> Parse<()> {
        let span = self.span(opening.start, opening.end);
        match known {
            Some("break") => block.push(Node::Break(None, span)),
            Some("stop") => block.push(Node::Stop(span)),
            Some(directive) => {
                let kind = ErrorKind::Directive {
                    directive,
                    problem: "needs arguments in parentheses",
                };
                return Err(Problem::new(kind, span));
            }
            None => {
                let source = self.source;
                self.push_text(
                    block,
                    &source[opening.start..opening.end],
                    opening.start,
                    opening.end,
                );
            }
        }
        Ok(())
    }

    fn directive_arguments(&mut self, known: Option<&'static str>) -> Parse<Vec<Argument>> {
        let mut arguments = Vec::new();
        loop {
            let blanks = usize::from(self.peek(0)? == Kind::Whitespace);
            let comma = self.peek(blanks)? == Kind::Comma;
            if !comma && !starts_argument(self.peek(blanks)?) {
                break;
            }
            self.blanks()?;
            if comma {
                self.advance()?;
                self.blanks()?;
            }
            let is_word = self.peek(0)? == Kind::Word;
            let allowed = match known {
                Some("foreach") => !is_word || arguments.len() == 1,
                Some("macro") => is_word == arguments.is_empty(),
                Some(_) => !is_word,
                None => true,
            };
            if !allowed {
                return Err(self.unexpected("a reference or a value"));
            }
            arguments.push(if is_word {
                let token = self.advance()?;
                Argument::Word(self.source[token.start..token.end].to_owned())
            } else {
                Argument::Value(self.nested(Self::value)?)
            });
        }
        self.blanks()?;
        Ok(arguments)
    }

    /// `None` for a loop without a source, which Velocity accepts and does not run.
    fn foreach(
        &mut self,
        mut arguments: Vec<Argument>,
        body: Block,
        span: Span,
    ) -> Result<Option<Node>, &'static str> {
        const SHAPE: &str = "is written #foreach($item in $list)";
        // A fourth argument is what Velocity takes for the body.
        let body = match arguments.drain(3.min(arguments.len())..).next() {
            None => body,
            Some(Argument::Value(Expr {
                kind: ExprKind::Reference(reference),
                ..
            })) => vec![Node::Reference(reference)],
            Some(_) => Block::new(),
        };
        let mut arguments = arguments.into_iter();
        let variable = self.named(arguments.next().ok_or(SHAPE)?);
        match (arguments.next(), arguments.next()) {
            (Some(Argument::Word(_) | Argument::Value(_)), Some(Argument::Value(source))) => {
                Ok(Some(Node::Foreach(Box::new(Foreach {
                    variable,
                    source,
                    body,
                    span,
                }))))
            }
            (Some(_), _) => Ok(None),
            (None, _) => Err(SHAPE),
        }
    }

    fn define(
        &mut self,
        arguments: Vec<Argument>,
        body: Block,
        span: Span,
    ) -> Result<Node, &'static str> {
        const SHAPE: &str = "is written #define($name)";
        let Ok([name]) = <[Argument; 1]>::try_from(arguments) else {
            return Err(SHAPE);
        };
        let variable = self.named(name);
        Ok(Node::Define(Box::new(Define {
            variable,
            body: Arc::new(body),
            span,
        })))
    }

    /// The variable that an argument names. Velocity takes all but the first character of what is no
    /// reference.
    fn named(&mut self, argument: Argument) -> Variable {
        match argument {
            Argument::Value(Expr {
                kind: ExprKind::Reference(reference),
                ..
            }) => reference.variable,
            Argument::Value(value) => {
                let name = self
                    .source
                    .get(value.span.start as usize + 1..value.span.end as usize)
                    .unwrap_or("");
                self.variable(name)
            }
            Argument::Word(word) => self.variable(&word),
        }
    }

    /// API Gateway allows no macros: a definition prints nothing and its calls stay text.
    fn macro_definition(&mut self, arguments: &[Argument], span: Span) -> Parse<()> {
        let Some(Argument::Word(name)) = arguments.first() else {
            let kind = ErrorKind::Directive {
                directive: "macro",
                problem: "needs a name",
            };
            return Err(Problem::new(kind, span));
        };
        self.shared.macros.insert(name.clone());
        Ok(())
    }

    /// The text of recorded tokens, as Velocity prints a directive that it does not know.
    fn printed(&self, from: usize, to: usize, with_strays: bool) -> String {
        let mut text = String::new();
        for image in &self.record[from..to] {
            if with_strays && let Some(stray) = &image.stray {
                text.push_str(stray);
            }
            if !(with_strays && image.kind == Kind::BlockComment) {
                self.without_stripped(image.start, image.end, &mut text);
            }
        }
        text
    }
}

/// An argument of a directive.
enum Argument {
    Word(String),
    Value(Expr),
}

impl Argument {
    fn into_expr(self) -> Option<Expr> {
        match self {
            Argument::Word(_) => None,
            Argument::Value(value) => Some(value),
        }
    }
}

fn starts_argument(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Identifier
            | Kind::CurlyOpen
            | Kind::Word
            | Kind::String
            | Kind::Integer
            | Kind::Float
            | Kind::BracketOpen
            | Kind::MapOpen
            | Kind::True
            | Kind::False
    )
}

fn hashed(name: &str) -> &'static str {
    match name {
        "foreach" => "#foreach",
        "define" => "#define",
        "macro" => "#macro",
        _ => "#literal",
    }
}
