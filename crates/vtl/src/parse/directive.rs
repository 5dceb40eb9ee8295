//! Directives that are words behind `#` to the grammar: loops, definitions, macros, and text that only
//! looks like a directive.

use super::{Parse, Parser, Place, Problem};
use crate::ast::{Define, Expr, ExprKind, Foreach, Form, Node};
use crate::error::ErrorKind;
use crate::token::{Kind, Token};
use crate::tree::Variable;

/// The directives that are classes in Velocity and not words of its grammar.
pub(super) fn known(name: &str) -> Option<&'static str> {
    Some(match name {
        "foreach" => "foreach",
        "macro" => "macro",
        "literal" => "literal",
        "break" => "break",
        "define" => "define",
        "stop" => "stop",
        _ => return None,
    })
}

impl Parser<'_, '_> {
    /// A word behind `#`: a directive, or text that looks like one.
    pub(super) fn directive(&mut self) -> Parse<()> {
        let opening = self.token();
        let image = self.image(opening);
        let name = match opening.kind {
            Kind::BracedWord => image.get(2..image.len() - 1).unwrap_or(""),
            _ => &image[1..],
        };
        match known(name) {
            Some(name) => self.known_directive(name),
            None => self.unknown_directive(name.starts_with('@')),
        }
    }

    /// Consumes the word and the arguments behind it; `None` without parentheses.
    fn opening(&mut self, known: Option<&'static str>) -> Parse<(Token, Option<Vec<Argument>>)> {
        let opening = self.advance();
        self.lexer.enter_arguments();
        if !self.lexer.at_parenthesis() {
            self.lexer.leave_directive();
            return Ok((opening, None));
        }
        self.blanks();
        self.expect(Kind::ParenOpen, "`(`")?;
        let arguments = self.directive_arguments(known)?;
        self.expect(Kind::ParenClose, "an argument or `)`")?;
        Ok((opening, Some(arguments)))
    }

    fn known_directive(&mut self, name: &'static str) -> Parse<()> {
        let (opening, arguments) = self.opening(Some(name))?;
        let is_line = matches!(name, "break" | "stop");
        let arguments = match arguments {
            Some(arguments) => arguments,
            None if is_line => Vec::new(),
            None => return Err(self.wrong(name, "needs arguments in parentheses", opening)),
        };
        if is_line && arguments.len() > 1 {
            return Err(self.wrong(name, "takes one argument at most", opening));
        }
        let node = match name {
            "break" => {
                let scope = arguments.into_iter().next().and_then(Argument::into_expr);
                let scope = scope.map(|scope| self.shared.exprs.one(scope));
                Node::Break(scope, self.since(opening.start))
            }
            "stop" => Node::Stop(self.since(opening.start)),
            "foreach" => return self.foreach(arguments, opening),
            "define" => self.define(arguments, opening)?,
            "macro" => return self.macro_definition(&arguments, opening),
            _ => return self.literal(&arguments, opening),
        };
        self.push(node);
        Ok(())
    }

    fn wrong(
        &self,
        directive: &'static str,
        problem: &'static str,
        opening: Token,
    ) -> Box<Problem> {
        Problem::new(
            ErrorKind::Directive { directive, problem },
            self.span(opening.start, opening.end),
        )
    }

    /// What is no directive is text with its arguments, and a call with a body (`#@name`) with that.
    fn unknown_directive(&mut self, has_body: bool) -> Parse<()> {
        let from = self.next;
        let (opening, arguments) = self.opening(None)?;
        if has_body && arguments.is_some() {
            self.block()?;
            self.close("a macro call with a body", opening)?;
        }
        let mut text = self.printed(from, false);
        if has_body
            && arguments.is_none()
            && let Some(name) = text.get(1..)
        {
            // Velocity writes the `#` anew, even where a stray `$` has left the word without one.
            text = format!("#{name}");
        }
        self.push_text(&text, opening.start, self.end)
    }

    /// `#literal()` prints its body as it is written; with an argument, that argument instead.
    fn literal(&mut self, arguments: &[Argument], opening: Token) -> Parse<()> {
        let from = self.next;
        self.block()?;
        let mut text = self.printed(from, true);
        if let (Some(Argument::Value(value)), Place::Shifted(by)) = (arguments.first(), self.place)
        {
            text.clear();
            self.push_kept(value.span.start - by, value.span.end - by, &mut text);
        } else if self.next == from {
            return Err(self.wrong("literal", "needs a body", opening));
        }
        self.close("#literal", opening)?;
        self.push_text(&text, opening.start, self.end)
    }

    /// The text of the tokens consumed from a place on.
    fn printed(&self, from: usize, within_literal: bool) -> String {
        let mut text = String::new();
        for token in &self.lexer.tokens[from..self.next] {
            if within_literal {
                text.push_str(self.lexer.stray(*token));
            }
            if !(within_literal && token.kind == Kind::BlockComment) {
                self.push_kept(token.start, token.end, &mut text);
            }
        }
        text
    }

    fn directive_arguments(&mut self, known: Option<&'static str>) -> Parse<Vec<Argument>> {
        let mut arguments = Vec::new();
        loop {
            let blanks = usize::from(self.peek(0) == Kind::Whitespace);
            let comma = self.peek(blanks) == Kind::Comma;
            if !comma && !starts_argument(self.peek(blanks)) {
                break;
            }
            self.blanks();
            if comma {
                self.advance();
                self.blanks();
            }
            let is_word = self.peek(0) == Kind::Word;
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
                let token = self.advance();
                Argument::Word(self.image(token).to_owned())
            } else {
                Argument::Value(self.nested(Self::value)?)
            });
        }
        self.blanks();
        Ok(arguments)
    }

    fn foreach(&mut self, arguments: Vec<Argument>, opening: Token) -> Parse<()> {
        let mut arguments = arguments.into_iter();
        let (item, word, source) = (arguments.next(), arguments.next(), arguments.next());
        let variable = item.map(|item| self.argument_name(item)).transpose()?;
        let mut body = self.block()?;
        self.close("#foreach", opening)?;
        // A fourth argument is what Velocity takes for the body.
        if let Some(argument) = arguments.next() {
            let begin = self.shared.nodes.begin();
            if let Some(Expr { kind: ExprKind::Reference(reference), .. }) = argument.into_expr() {
                self.push(Node::Reference(reference));
            }
            body = self.shared.nodes.keep(begin);
        }
        let span = self.since(opening.start);
        let (Some(variable), Some(_)) = (variable, word) else {
            self.push(Node::BadForeach(span));
            return Ok(());
        };
        // Velocity accepts a loop without a source, and does not run it.
        if let Some(source) = source.and_then(Argument::into_expr) {
            let source = self.shared.exprs.one(source);
            self.push(Node::Foreach(Foreach { variable, source, body, span }));
        }
        Ok(())
    }

    fn define(&mut self, arguments: Vec<Argument>, opening: Token) -> Parse<Node> {
        let Ok([name]) = <[Argument; 1]>::try_from(arguments) else {
            return Err(self.wrong("define", "is written #define($name)", opening));
        };
        // `$!name` and `${name}` name something that no reference finds.
        let variable = match &name {
            Argument::Value(Expr { kind: ExprKind::Reference(reference), .. })
                if matches!(reference.form, Form::Braced | Form::Quiet) =>
            {
                self.named("!")?
            }
            _ => self.argument_name(name)?,
        };
        let body = self.block()?;
        self.close("#define", opening)?;
        Ok(Node::Define(Define { variable, body, span: self.since(opening.start) }))
    }

    /// The variable that an argument names. Velocity takes all but the first character of what is no
    /// reference.
    fn argument_name(&mut self, argument: Argument) -> Parse<Variable> {
        match argument {
            Argument::Value(Expr { kind: ExprKind::Reference(reference), .. }) => {
                Ok(reference.variable)
            }
            Argument::Value(value) => {
                let range = value.span.start as usize + 1..value.span.end as usize;
                self.named(self.source.get(range).unwrap_or(""))
            }
            Argument::Word(word) => self.named(&word),
        }
    }

    /// API Gateway allows no macros: a definition prints nothing and its calls stay text.
    fn macro_definition(&mut self, arguments: &[Argument], opening: Token) -> Parse<()> {
        let Some(Argument::Word(name)) = arguments.first() else {
            return Err(self.wrong("macro", "needs a name", opening));
        };
        self.block()?;
        self.close("#macro", opening)?;
        self.shared.macros.insert(name.clone());
        Ok(())
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
