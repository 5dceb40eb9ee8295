//! Directives that are words behind `#` to the grammar: loops, definitions, macros, and text that only
//! looks like a directive.

use super::{Parse, Parser, Place, Problem};
use crate::ast::{Define, Expr, ExprKind, Foreach, Form, Node, Reference, Span};
use crate::error::ErrorKind;
use crate::token::{Kind, Token};
use crate::tree::{One, Variable};

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
        let opening = *self.token();
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
                let scope = arguments.first().and_then(|argument| argument.value());
                Node::Break(scope, self.since(opening.start))
            }
            "stop" => Node::Stop(self.since(opening.start)),
            "foreach" => return self.foreach(&arguments, opening),
            "define" => self.define(&arguments, opening)?,
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
            let Span { start, end } = self.shared.exprs.get(*value).span;
            text.clear();
            self.push_kept(start - by, end - by, &mut text);
        } else if self.next == from {
            return Err(self.wrong("literal", "needs a body", opening));
        }
        self.close("#literal", opening)?;
        self.push_text(&text, opening.start, self.end)
    }

    /// The text of the tokens consumed from a place on.
    fn printed(&self, from: usize, within_literal: bool) -> String {
        let mut text = String::new();
        for at in from..self.next {
            let token = self.lexer.tokens[at];
            if within_literal {
                text.push_str(self.lexer.stray(at));
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
                Argument::Word(self.advance())
            } else {
                self.nested(Self::value)?;
                Argument::Value(self.shared.exprs.keep_last())
            });
        }
        self.blanks();
        Ok(arguments)
    }

    fn foreach(&mut self, arguments: &[Argument], opening: Token) -> Parse<()> {
        let variable = match arguments.first() {
            Some(item) => Some(self.argument_name(*item)?),
            None => None,
        };
        let mut body = self.block()?;
        self.close("#foreach", opening)?;
        // A fourth argument is what Velocity takes for the body.
        if let Some(argument) = arguments.get(3) {
            let begin = self.shared.nodes.begin();
            if let Some(reference) = self.as_reference(*argument) {
                self.push(Node::Reference(reference));
            }
            body = self.shared.nodes.keep(begin);
        }
        let span = self.since(opening.start);
        match (variable, arguments) {
            (Some(variable), [_, _, source, ..]) => {
                // Velocity accepts a loop over a word, and does not run it.
                if let Some(source) = source.value() {
                    self.push(Node::Foreach(Foreach { variable, source, body, span }));
                }
            }
            // Nor does it run a loop without a source.
            (_, [_, _]) => {}
            _ => self.push(Node::BadForeach(span)),
        }
        Ok(())
    }

    fn define(&mut self, arguments: &[Argument], opening: Token) -> Parse<Node> {
        let [name] = *arguments else {
            return Err(self.wrong("define", "is written #define($name)", opening));
        };
        // `$!name` and `${name}` name something that no reference finds.
        let form = self.as_reference(name).map(|name| self.shared.references.get(name).form);
        let variable = match form {
            Some(Form::Braced | Form::Quiet) => self.named("!")?,
            _ => self.argument_name(name)?,
        };
        let body = self.block()?;
        self.close("#define", opening)?;
        Ok(Node::Define(Define { variable, body, span: self.since(opening.start) }))
    }

    fn as_reference(&self, argument: Argument) -> Option<One<Reference>> {
        match self.shared.exprs.get(argument.value()?).kind {
            ExprKind::Reference(reference) => Some(reference),
            _ => None,
        }
    }

    /// The variable that an argument names. Velocity takes all but the first character of what is no
    /// reference.
    fn argument_name(&mut self, argument: Argument) -> Parse<Variable> {
        if let Some(reference) = self.as_reference(argument) {
            return Ok(self.shared.references.get(reference).variable);
        }
        match argument {
            Argument::Word(word) => self.named(self.image(word)),
            Argument::Value(value) => {
                let Span { start, end } = self.shared.exprs.get(value).span;
                let range = start as usize + 1..end as usize;
                self.named(self.source.get(range).unwrap_or(""))
            }
        }
    }

    /// API Gateway allows no macros: a definition prints nothing and its calls stay text.
    fn macro_definition(&mut self, arguments: &[Argument], opening: Token) -> Parse<()> {
        let Some(Argument::Word(name)) = arguments.first() else {
            return Err(self.wrong("macro", "needs a name", opening));
        };
        self.block()?;
        self.close("#macro", opening)?;
        self.shared.macros.insert(self.image(*name).to_owned());
        Ok(())
    }
}

/// An argument of a directive.
#[derive(Clone, Copy)]
enum Argument {
    Word(Token),
    Value(One<Expr>),
}

impl Argument {
    fn value(self) -> Option<One<Expr>> {
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
