//! The tree of a shell text: what bash would do, without doing it. Owned and plain, so that a function's body can outlive
//! the text that it came from.

use std::rc::Rc;

use crate::sighting::Span;

/// Commands in order.
pub(crate) type List = Vec<AndOr>;

/// Pipelines joined by `&&` and `||`, in the background or not.
#[derive(Debug)]
pub(crate) struct AndOr {
    pub(crate) first: Pipeline,
    pub(crate) rest: Vec<(Join, Pipeline)>,
    pub(crate) background: bool,
}

/// How a pipeline hangs on the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Join {
    /// `&&`
    IfDone,
    /// `||`
    IfFailed,
}

/// Commands joined by `|`; never empty.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) stages: Vec<Command>,
}

/// One command and where its files go.
#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) shape: Shape,
    pub(crate) redirects: Vec<Redirect>,
    /// Where it stands in the text that was parsed; absent inside a text that was unescaped first.
    pub(crate) span: Option<Span>,
}

/// What kind of command.
#[derive(Debug)]
pub(crate) enum Shape {
    /// Assignments and words; either may be empty.
    Simple { assignments: Vec<Assignment>, words: Vec<Word> },
    /// `{ … }`
    Group(List),
    /// `( … )`
    Subshell(List),
    /// Each arm with its condition; the `else` arm has an empty one.
    If(Vec<(List, List)>),
    /// `while` and `until`.
    While { condition: List, body: List },
    /// `for` and `select`; without `in`, over the arguments.
    For { name: String, words: Option<Vec<Word>>, body: List },
    /// `for ((…))`
    Count { expression: Word, body: List },
    /// `case`
    Case { subject: Word, arms: Vec<(Vec<Word>, List)> },
    /// A function's definition; nothing happens yet.
    Function { name: String, body: Rc<Command> },
    /// `[[ … ]]` and `(( … ))`: only what is expanded inside matters.
    Test(Vec<Word>),
}

/// `name=value`, `name+=value`, `name[index]=value`.
#[derive(Debug)]
pub(crate) struct Assignment {
    pub(crate) name: String,
    /// Present for an element of an array.
    pub(crate) index: Option<Word>,
    pub(crate) append: bool,
    pub(crate) value: Word,
}

/// Where a descriptor goes.
#[derive(Debug)]
pub(crate) struct Redirect {
    pub(crate) way: Way,
    pub(crate) target: Word,
    /// As of a command.
    pub(crate) span: Option<Span>,
}

/// Kinds of redirection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// `<`
    From,
    /// `>`, `>>`, `>|`, `&>`, `&>>`
    To,
    /// `<>`
    Both,
    /// `>&` and `<&`: a descriptor, or (for `>&`) a file.
    Duplicate,
    /// `<<` and `<<<`: the target is the text itself.
    Text,
}

/// One word as written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Word {
    pub(crate) parts: Vec<Part>,
}

/// A piece of a word.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// Characters outside quotes: braces, tildes and globs count.
    Plain(String),
    /// Characters that were quoted, or are the value of an escape.
    Quoted(String),
    /// `$name`, `${name…}`.
    Parameter(Parameter),
    /// `$(…)` and backticks.
    Substitution { list: Rc<List>, quoted: bool },
    /// `<(…)` and `>(…)`.
    Process(Rc<List>),
    /// `$((…))`: its value is not computed, what it expands is read.
    Arithmetic { inside: Box<Word>, quoted: bool },
    /// `(…)` after `name=`.
    Array(Vec<Word>),
}

/// A parameter expansion.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    /// `[…]`, as written between the brackets.
    pub(crate) index: Option<Box<Word>>,
    pub(crate) operation: Operation,
    pub(crate) quoted: bool,
    /// `$x` without braces: what brace expansion puts behind it becomes part of the name.
    pub(crate) bare: bool,
}

/// What is done with a parameter's value.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    /// `$x`, `${x}`
    Plain,
    /// `${x:-word}`, `${x-word}`
    Default(Box<Word>),
    /// `${x:=word}`, `${x=word}`
    Assign(Box<Word>),
    /// Everything else: the value is not computed.
    Other(Box<Word>),
}

impl Word {
    /// The text, where the whole word is plain characters outside quotes (keywords, names).
    pub(crate) fn plain(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [Part::Plain(text)] => Some(text),
            _ => None,
        }
    }
}
