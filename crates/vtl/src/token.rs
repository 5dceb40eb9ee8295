//! The tokens of the language and the states of the lexer.
//!
//! Velocity's lexer is a state machine whose token set depends on what the parser and the lexer did
//! before. Much of what templates do by accident follows from that, so the states are kept as they
//! are.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    End,
    EndOfInput,
    If,
    ElseIf,
    Else,
    /// `[` that opens an index.
    IndexOpen,
    /// `]` that closes an index.
    IndexClose,
    BracketOpen,
    BracketClose,
    Comma,
    DoubleDot,
    Colon,
    /// `{` of a map.
    MapOpen,
    /// `}` of a map.
    MapClose,
    ParenOpen,
    /// `)` of a directive, with the line end behind it.
    ParenClose,
    /// `)` of a method call.
    CallClose,
    /// A directive with an odd number of backslashes in front.
    EscapedDirective,
    /// Blanks, `#set` and its parenthesis.
    Set,
    /// `##`
    LineComment,
    /// The line end that closes `##`.
    LineCommentEnd,
    BlockComment,
    /// A comment that opens with `#**`.
    FormalComment,
    TextBlock,
    /// `\\`
    DoubleEscape,
    /// `\`
    Escape,
    Text,
    Whitespace,
    String,
    True,
    False,
    Minus,
    Plus,
    Multiply,
    Divide,
    Modulus,
    And,
    Or,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    Not,
    Assign,
    Integer,
    Float,
    Word,
    BracedWord,
    Identifier,
    Dot,
    /// `{` of a reference.
    CurlyOpen,
    /// `}` of a reference.
    CurlyClose,
    /// `$[` and `$.`
    EmptyIndex,
    /// Where the lexer cannot go on. No grammar rule takes it.
    Bad,
}

/// The state of the lexer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Plain text.
    Default,
    /// After `$`.
    Reference,
    /// After the dot of a reference.
    Modifier,
    /// Inside the parentheses of a method call.
    Arguments,
    /// Inside the brackets of an index.
    Index,
    /// After `#`.
    PreDirective,
    /// Inside the parentheses of a directive.
    Directive,
    TextBlock,
    BlockComment,
    FormalComment,
    LineComment,
}

/// One token: a stretch of the source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: u32,
    pub(crate) end: u32,
}
