//! One piece of a script through `sqlparser`, within bounds of depth, and where in the text it failed.
//!
//! The parser bounds its own recursion, but builds chains of operators of any length as trees that are as deep as the chain is
//! long; what walks and drops them recurses. So chains are measured before.

use sqlparser::ast::Statement;
use sqlparser::dialect::{BigQueryDialect, Dialect as Grammar, MsSqlDialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError, ParserOptions};
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

use super::Dialect;

/// Levels that the parser goes down.
const DEEPEST: usize = 50;

/// Operators and keywords in a row, with those of the parentheses within, that one expression may have.
const LONGEST_CHAIN: usize = 600;

/// Why a piece has no statements.
pub(super) enum Failure {
    /// It is no statement of the dialect, or none that the parser knows; where that showed, in the piece, if it said so.
    Grammar(Option<(usize, usize)>),
    /// It is nested deeper than is read.
    Depth,
}

impl Failure {
    /// Line and column in the text, where the piece begins at `start`.
    pub(super) fn position(&self, start: (usize, usize)) -> (usize, usize) {
        match self {
            Self::Grammar(Some((1, column))) => (start.0, start.1 + column.saturating_sub(1)),
            Self::Grammar(Some((line, column))) => (start.0 + line.saturating_sub(1), *column),
            Self::Grammar(None) | Self::Depth => start,
        }
    }

    /// In words. The parser's own message repeats what was written, which may be a secret.
    pub(super) fn reason(&self, dialect: Dialect) -> String {
        match self {
            Self::Grammar(_) => format!("not readable as {}", dialect.engine()),
            Self::Depth => "nested deeper than is read".into(),
        }
    }
}

/// The statements of a piece.
pub(super) fn parse(sql: &str, dialect: Dialect) -> Result<Vec<Statement>, Failure> {
    let grammar = grammar(dialect);
    let failed = |error: ParserError| match error {
        ParserError::RecursionLimitExceeded => Failure::Depth,
        ParserError::ParserError(message) | ParserError::TokenizerError(message) => Failure::Grammar(place_in(&message)),
    };
    let tokens = Tokenizer::new(grammar, sql).tokenize_with_location().map_err(|e| failed(e.into()))?;
    if depth(&tokens) > LONGEST_CHAIN {
        return Err(Failure::Depth);
    }
    let parser = Parser::new(grammar).with_recursion_limit(DEEPEST);
    // Only Transact-SQL knows statements with nothing in between.
    let options = ParserOptions { require_semicolon_stmt_delimiter: dialect != Dialect::Mssql, ..ParserOptions::new() };
    let options = options.with_trailing_commas(grammar.supports_trailing_commas());
    let mut parser = parser.with_options(options).with_tokens_with_locations(tokens);
    let statements = parser.parse_statements().map_err(failed)?;
    // It stops at a loose `END`, with whatever follows unread.
    match parser.peek_token_ref().token {
        Token::EOF => Ok(statements),
        _ => Err(Failure::Grammar(None)),
    }
}

fn grammar(dialect: Dialect) -> &'static dyn Grammar {
    match dialect {
        Dialect::Postgres => &PostgreSqlDialect {},
        Dialect::Mysql => &MySqlDialect {},
        Dialect::Sqlite => &SQLiteDialect {},
        Dialect::Bigquery => &BigQueryDialect {},
        Dialect::Mssql => &MsSqlDialect {},
    }
}

/// An upper bound of how deep the tree of these tokens is. What stands between commas or semicolons is beside, not below.
fn depth(tokens: &[TokenWithSpan]) -> usize {
    #[derive(Default)]
    struct Level {
        chain: usize,
        below: usize,
        deepest: usize,
    }
    impl Level {
        fn cut(&mut self) {
            self.deepest = self.deepest.max(self.chain + self.below);
            (self.chain, self.below) = (0, 0);
        }
    }
    let mut levels = vec![Level::default()];
    let mut worst = 0;
    for token in tokens {
        match &token.token {
            Token::LParen | Token::LBracket | Token::LBrace => levels.push(Level { chain: 1, ..Level::default() }),
            Token::RParen | Token::RBracket | Token::RBrace => {
                let closed = levels.pop().map_or(0, |mut level| {
                    level.cut();
                    level.deepest
                });
                worst = worst.max(closed);
                match levels.last_mut() {
                    // What follows `)` may hang on it, as in `a[1][2][3]`.
                    Some(level) => (level.chain, level.below) = (level.chain + 1, level.below.max(closed)),
                    None => levels.push(Level { chain: 1, below: closed, deepest: 0 }),
                }
            }
            Token::Comma | Token::SemiColon => levels.iter_mut().rev().take(1).for_each(Level::cut),
            Token::Whitespace(_) | Token::Number(..) | Token::SingleQuotedString(_) | Token::EOF => {}
            Token::Word(word) if word.keyword == Keyword::NoKeyword => {}
            _ => levels.iter_mut().rev().take(1).for_each(|level| level.chain += 1),
        }
    }
    // What was never closed.
    let open = levels.into_iter().rev().fold(0, |inner, mut level| {
        level.below = level.below.max(inner);
        level.cut();
        level.deepest
    });
    worst.max(open)
}

/// `… at Line: 3, Column: 14` of a message.
fn place_in(message: &str) -> Option<(usize, usize)> {
    let (_, rest) = message.rsplit_once("at Line: ")?;
    let (line, rest) = rest.split_once(", Column: ")?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    Some((line.parse().ok()?, rest.get(..digits)?.parse().ok()?))
}

/// Lines and columns of places that are asked for in their order.
pub(super) struct Cursor<'t> {
    text: &'t str,
    at: usize,
    line: usize,
    column: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0, line: 1, column: 1 }
    }

    /// Of a byte that is not before the last one asked for.
    pub(super) fn at(&mut self, place: usize) -> (usize, usize) {
        for c in self.text.get(self.at..place).unwrap_or_default().chars() {
            (self.line, self.column) = if c == '\n' { (self.line + 1, 1) } else { (self.line, self.column + 1) };
        }
        self.at = self.at.max(place);
        (self.line, self.column)
    }
}

#[cfg(test)]
mod tests;
