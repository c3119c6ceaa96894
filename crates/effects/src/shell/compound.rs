//! Compound commands: groups, branches, loops, functions, `[[ … ]]` and `(( … ))`.

use std::rc::Rc;

use super::lex::Until;
use super::parse::{Parser, Unreadable, is_name};
use super::syntax::{Command, List, Part, Shape, Word};

impl Parser<'_> {
    /// `((…))` or `(…)`.
    pub(super) fn parenthesis(&mut self) -> Result<Shape, Unreadable> {
        let start = self.at;
        if self.peek_at(1) == Some(b'(') {
            self.only_in_bash("`((`")?;
            self.at += 2;
            if let Some(inside) = self.deeper(Self::arithmetic)? {
                return Ok(Shape::Test(vec![arithmetic_word(inside)]));
            }
            self.again_from(start)?;
        }
        self.at += 1;
        let list = self.closed_list()?;
        match list.is_empty() {
            true => Err(self.unexpected()),
            false => Ok(Shape::Subshell(list)),
        }
    }

    pub(super) fn compound(&mut self, keyword: &str) -> Result<Option<Shape>, Unreadable> {
        if ["select", "function", "[["].contains(&keyword) {
            self.only_in_bash("a keyword of bash")?;
        }
        match keyword {
            "{" | "if" | "while" | "until" | "for" | "select" | "case" | "function" | "[[" => self.at += keyword.len(),
            "}" | "then" | "else" | "elif" | "fi" | "do" | "done" | "esac" | "in" => return Err(self.unexpected()),
            "coproc" => return Err(Unreadable::Unsupported("`coproc`")),
            _ => return Ok(None),
        }
        let shape = match keyword {
            "{" => {
                let list = self.some_list()?;
                self.closing("}")?;
                Shape::Group(list)
            }
            "if" => self.conditional()?,
            "while" | "until" => {
                let condition = self.some_list()?;
                Shape::While { condition, body: self.do_group()? }
            }
            "for" | "select" => self.for_loop()?,
            "case" => self.case()?,
            "function" => {
                self.blanks();
                let name = self.word(Until::Operator)?;
                let name = name.plain().ok_or_else(|| self.unexpected())?.to_owned();
                self.blanks();
                if self.rest().starts_with('(') {
                    self.at += 1;
                    self.blanks();
                    self.expect(")")?;
                }
                self.function(name)?
            }
            _ => Shape::Test(self.test_words()?),
        };
        Ok(Some(shape))
    }

    fn some_list(&mut self) -> Result<List, Unreadable> {
        let list = self.list()?;
        match list.is_empty() {
            true => Err(self.unexpected()),
            false => Ok(list),
        }
    }

    fn conditional(&mut self) -> Result<Shape, Unreadable> {
        let mut arms = Vec::new();
        loop {
            let condition = self.some_list()?;
            self.closing("then")?;
            arms.push((condition, self.some_list()?));
            match self.keyword() {
                Some("elif") => self.at += 4,
                Some("else") => {
                    self.at += 4;
                    arms.push((List::new(), self.some_list()?));
                    self.closing("fi")?;
                    return Ok(Shape::If(arms));
                }
                _ => {
                    self.closing("fi")?;
                    return Ok(Shape::If(arms));
                }
            }
        }
    }

    fn do_group(&mut self) -> Result<List, Unreadable> {
        self.newlines()?;
        self.closing("do")?;
        let body = self.some_list()?;
        self.closing("done")?;
        Ok(body)
    }

    fn for_loop(&mut self) -> Result<Shape, Unreadable> {
        self.blanks();
        if self.rest().starts_with("((") {
            self.only_in_bash("`((`")?;
            self.at += 2;
            let expression = self.arithmetic()?.map(arithmetic_word).ok_or_else(|| self.unexpected())?;
            self.optional_semicolon()?;
            return Ok(Shape::Count { expression, body: self.loop_body()? });
        }
        let name = self.word(Until::Operator)?;
        let name = name.plain().filter(|n| is_name(n)).ok_or_else(|| self.unexpected())?.to_owned();
        self.newlines()?;
        let mut words = None;
        if self.keyword() == Some("in") {
            self.at += 2;
            words = Some(self.words()?);
        }
        self.optional_semicolon()?;
        Ok(Shape::For { name, words, body: self.loop_body()? })
    }

    fn loop_body(&mut self) -> Result<List, Unreadable> {
        if self.keyword() == Some("{") {
            self.at += 1;
            let body = self.some_list()?;
            self.closing("}")?;
            return Ok(body);
        }
        self.do_group()
    }

    fn optional_semicolon(&mut self) -> Result<(), Unreadable> {
        self.blanks();
        if self.peek() == Some(b';') && self.peek_at(1) != Some(b';') {
            self.at += 1;
        }
        self.newlines()
    }

    pub(super) fn words(&mut self) -> Result<Vec<Word>, Unreadable> {
        let mut words = Vec::new();
        loop {
            self.blanks();
            let start = self.at;
            let word = self.word(Until::Operator)?;
            if self.at == start {
                return Ok(words);
            }
            words.push(word);
        }
    }

    fn case(&mut self) -> Result<Shape, Unreadable> {
        self.blanks();
        let subject = self.word(Until::Operator)?;
        self.newlines()?;
        self.closing("in")?;
        let mut arms = Vec::new();
        loop {
            self.newlines()?;
            if self.keyword() == Some("esac") {
                self.at += 4;
                return Ok(Shape::Case { subject, arms });
            }
            if self.peek() == Some(b'(') {
                self.at += 1;
            }
            let patterns = self.patterns()?;
            let body = self.list()?;
            arms.push((patterns, body));
            match (self.peek(), self.peek_at(1), self.peek_at(2)) {
                (Some(b';'), Some(b';'), Some(b'&')) => {
                    self.only_in_bash("`;;&`")?;
                    self.at += 3;
                }
                (Some(b';'), Some(b'&'), _) => {
                    self.only_in_bash("`;&`")?;
                    self.at += 2;
                }
                (Some(b';'), Some(b';'), _) => self.at += 2,
                _ if self.keyword() == Some("esac") => {}
                _ => return Err(self.unexpected()),
            }
        }
    }

    fn patterns(&mut self) -> Result<Vec<Word>, Unreadable> {
        let mut patterns = Vec::new();
        loop {
            self.blanks();
            let start = self.at;
            patterns.push(self.word(Until::Operator)?);
            if self.at == start {
                return Err(self.unexpected());
            }
            self.blanks();
            match self.peek() {
                Some(b'|') => self.at += 1,
                Some(b')') => {
                    self.at += 1;
                    return Ok(patterns);
                }
                _ => return Err(self.unexpected()),
            }
        }
    }

    /// After `[[`, up to and with `]]`. Only what is expanded inside matters.
    fn test_words(&mut self) -> Result<Vec<Word>, Unreadable> {
        if !self.peek().is_some_and(|b| b" \t\n".contains(&b)) {
            return Err(self.unexpected());
        }
        let mut words = Vec::new();
        loop {
            while self.peek().is_some_and(|b| b" \t\n".contains(&b)) {
                if self.peek() == Some(b'\n') {
                    self.no_here_document_waits()?;
                }
                self.at += 1;
            }
            if self.rest().starts_with("]]") && self.peek_at(2).is_none_or(|b| b" \t\n;&|()<>".contains(&b)) {
                self.at += 2;
                return Ok(words);
            }
            if self.peek().is_none() || self.peek() == Some(b'#') {
                return Err(Unreadable::Unclosed);
            }
            words.push(self.word(Until::Blank)?);
        }
    }

    pub(super) fn function(&mut self, name: String) -> Result<Shape, Unreadable> {
        self.newlines()?;
        let body = self.deeper(Self::command)?;
        match body.shape {
            Shape::Simple { .. } | Shape::Function { .. } => Err(self.unexpected()),
            _ => Ok(Shape::Function { name, body: Rc::new(body) }),
        }
    }

    /// `name ()` makes a function; `(` after anything else is an extended glob or an error.
    pub(super) fn function_after(&mut self, words: &[Word], alone: bool) -> Result<Command, Unreadable> {
        let name = match words {
            [word] if alone => word.plain().map(str::to_owned),
            _ => None,
        };
        let name = name.ok_or_else(|| self.unexpected())?;
        self.at += 1;
        self.blanks();
        self.expect(")")?;
        let shape = self.function(name)?;
        Ok(Command { shape, redirects: Vec::new(), span: None })
    }
}

fn arithmetic_word(inside: Word) -> Word {
    Word { parts: vec![Part::Arithmetic { inside: Box::new(inside), quoted: true }] }
}
