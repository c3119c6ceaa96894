//! One row: fields between bars, each a key and words. Nothing is copied; a field is looked at when it is asked for.

use action::{Certainty, Reversibility, Verb};

/// What a program does with its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::shell) enum Class {
    /// What its row says: deeds, and conditions on them.
    Acts,
    /// Nothing beyond its output.
    Inert,
    /// Reads them.
    Reads,
    /// Reads them and all below.
    Searches,
    /// Makes them, or touches them.
    Creates,
    /// Changes them.
    Writes,
    /// Takes them away.
    Deletes,
    /// Reads all but the last, and writes that.
    Copies,
    /// Takes all but the last away, and writes that.
    Moves,
    /// Writes below its directory.
    Unpacks,
    /// `sed`: reads or changes them, by its options and script.
    Edits,
    /// `awk`: its first operand is a program.
    Filters,
    /// `dd`: `of=` and `if=`.
    Blocks,
    /// A database's own program; the first operand is the file.
    Database,
    /// Runs code: the project's, or its arguments. Opaque; the box bounds it.
    Runs,
    /// `aws`: its own grammar is read.
    Aws,
    /// Runs a program that the project or a registry gives; what that is called says what it does besides.
    Starts,
    /// A shell: `-c` text, a script, or its input.
    Shell,
    /// Runs the command that its arguments are.
    Wraps,
    /// Runs the command that its arguments are, on names from its input.
    Feeds,
    /// `find`.
    Finds,
    /// `git`.
    Git,
    /// Speaks to the hosts among its operands.
    Fetches,
    /// Speaks to systems outside whose names are not among its arguments, and may change them.
    Remote,
    /// Ends processes.
    Ends,
    /// Becomes somebody else, or gets at the machine under everything: opaque, and out of any box.
    Machine,
}

impl Class {
    fn named(word: &str) -> Option<Self> {
        Some(match word {
            "inert" => Self::Inert,
            "reads" => Self::Reads,
            "searches" => Self::Searches,
            "creates" => Self::Creates,
            "writes" => Self::Writes,
            "deletes" => Self::Deletes,
            "copies" => Self::Copies,
            "moves" => Self::Moves,
            "unpacks" => Self::Unpacks,
            "edits" => Self::Edits,
            "filters" => Self::Filters,
            "blocks" => Self::Blocks,
            "database" => Self::Database,
            "runs" => Self::Runs,
            "aws" => Self::Aws,
            "starts" => Self::Starts,
            "shell" => Self::Shell,
            "wraps" => Self::Wraps,
            "feeds" => Self::Feeds,
            "finds" => Self::Finds,
            "git" => Self::Git,
            "fetches" => Self::Fetches,
            "remote" => Self::Remote,
            "ends" => Self::Ends,
            "machine" => Self::Machine,
            _ => return None,
        })
    }
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub(in crate::shell) struct Program {
    /// `name`, or `name subcommand …`.
    pub(in crate::shell) name: &'static str,
    pub(in crate::shell) class: Class,
    /// What it does, where the class is [`Class::Acts`].
    deeds: &'static str,
    /// Options that take a value, as their own word or joined.
    pub(in crate::shell) valued: &'static str,
    /// Options whose value is a file that is written. They take a value.
    pub(in crate::shell) writes: &'static str,
    /// Options whose value is a file that is read. They take a value.
    pub(in crate::shell) reads: &'static str,
    /// Options whose value is statements for a database. They take a value.
    pub(in crate::shell) sql: &'static str,
    /// Short options whose value, if they have one, stands in the same word: `-psecret`.
    pub(in crate::shell) joined: &'static str,
    /// Options that make it run or load something, or do what no row says.
    pub(in crate::shell) runs: &'static str,
    /// Options that change nothing of what the row says and take no value.
    pub(in crate::shell) flags: &'static str,
    /// Options and words that only ask for help or a version.
    pub(in crate::shell) help: &'static str,
    /// First words that lead to further words: `compute`.
    pub(super) groups: &'static str,
    /// Later words that lead to further words: `instances`.
    pub(super) subgroups: &'static str,
    /// Leading operands that are no paths, and the options whose presence makes them paths.
    pub(in crate::shell) skip: (usize, &'static str),
    /// Without operands it looks at the directory that it is in.
    pub(in crate::shell) here: bool,
    /// It works on this machine, not on a system somewhere.
    pub(in crate::shell) local: bool,
    /// It works on what the box has of its own: packages, keys, settings of the project or the person.
    pub(in crate::shell) within: bool,
    /// Options that the row does not name make it opaque.
    pub(in crate::shell) strict: bool,
    /// What follows the first operand belongs to something else.
    pub(in crate::shell) stops: bool,
    /// Long options have one dash: `-auto-approve`. The row spells them with two.
    pub(in crate::shell) dash: bool,
    /// Subcommands may be in capitals.
    pub(super) nocase: bool,
    /// All of it, for the fields that there may be several of.
    text: &'static str,
}

impl Program {
    /// Nothing where it is no row.
    pub(super) fn parse(text: &'static str) -> Option<Self> {
        let mut fields = text.split('|').map(str::trim);
        let name = fields.next()?;
        let does = fields.next()?;
        let class = Class::named(does);
        let deeds = if class.is_some() { "" } else { does };
        let mut row = Self { name, class: class.unwrap_or(Class::Acts), deeds, text, ..Self::EMPTY };
        for field in fields {
            let (key, value) = keyed(field);
            match key {
                "valued" => row.valued = value,
                "writes" => row.writes = value,
                "reads" => row.reads = value,
                "sql" => row.sql = value,
                "joined" => row.joined = value,
                "runs" => row.runs = value,
                "flags" => row.flags = value,
                "help" => row.help = value,
                "groups" => row.groups = value,
                "subgroups" => row.subgroups = value,
                "skip" => {
                    let (count, unless) = keyed(value);
                    row.skip = (count.parse().ok()?, unless);
                }
                "here" => row.here = true,
                "local" => row.local = true,
                "within" => row.within = true,
                "strict" => row.strict = true,
                "stops" => row.stops = true,
                "dash" => row.dash = true,
                "nocase" => row.nocase = true,
                _ => {} // those that there may be several of; the tidy test knows them all
            }
        }
        Some(row)
    }

    const EMPTY: Self = Self {
        name: "",
        class: Class::Runs,
        deeds: "",
        valued: "",
        writes: "",
        reads: "",
        sql: "",
        joined: "",
        runs: "",
        flags: "",
        help: "",
        groups: "",
        subgroups: "",
        skip: (0, ""),
        here: false,
        local: false,
        within: false,
        strict: false,
        stops: false,
        dash: false,
        nocase: false,
        text: "",
    };

    /// The values of a key that may stand several times.
    pub(in crate::shell) fn each(&self, key: &'static str) -> impl Iterator<Item = &'static str> + use<> {
        self.text.split('|').skip(2).map(|field| keyed(field.trim())).filter(move |(k, _)| *k == key).map(|(_, value)| value)
    }

    /// What it does when no condition says otherwise. Nothing of a deed that cannot be read: it is opaque.
    pub(in crate::shell) fn deeds(&self) -> impl Iterator<Item = Option<Deed>> + use<> {
        Deed::all(self.deeds)
    }

    /// What options and operands change.
    pub(in crate::shell) fn conditions(&self) -> impl Iterator<Item = Condition> + use<> {
        const KINDS: [(&str, When); 4] = [("if", When::Given), ("unless", When::Absent), ("only", When::Instead), ("look", When::Alone)];
        let row = *self;
        KINDS.into_iter().flat_map(move |(key, when)| {
            row.each(key).map(move |value| {
                let (words, deeds) = value.split_once("=>").unwrap_or((value, "opaque system"));
                Condition { when, words: words.trim(), deeds: deeds.trim() }
            })
        })
    }

    pub(in crate::shell) fn takes_value(&self, name: &str) -> bool {
        [self.valued, self.writes, self.reads, self.sql].iter().any(|list| lists(list, name))
    }

    pub(in crate::shell) fn is_flag(&self, name: &str) -> bool {
        lists(self.flags, name) || lists(self.joined, name) || self.conditions().any(|c| c.words.split_whitespace().any(|w| w == name))
    }

    pub(super) fn is_help(&self, name: &str) -> bool {
        lists(self.help, name)
    }

    #[cfg(test)]
    pub(super) fn text(&self) -> &'static str {
        self.text
    }
}

fn lists(list: &str, name: &str) -> bool {
    list.split_whitespace().any(|n| n == name)
}

/// The first word, and the rest.
pub(super) fn keyed(field: &'static str) -> (&'static str, &'static str) {
    field.split_once(char::is_whitespace).map_or((field, ""), |(key, value)| (key, value.trim()))
}

/// `if WORDS => DEEDS`.
#[derive(Clone, Copy, Debug)]
pub(in crate::shell) struct Condition {
    pub(in crate::shell) when: When,
    /// Options (`--force`, `--dry-run=client`, `--delete*`) and operands; one of them is enough.
    pub(in crate::shell) words: &'static str,
    deeds: &'static str,
}

/// How a condition counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::shell) enum When {
    /// `if`: one of the words is given; its deeds come on top.
    Given,
    /// `unless`: none of the words is given; its deeds come on top.
    Absent,
    /// `only`: one of the words is given; its deeds are all that is done.
    Instead,
    /// `look`: the same, where no `if` holds beside it.
    Alone,
}

impl Condition {
    pub(in crate::shell) fn deeds(&self) -> impl Iterator<Item = Option<Deed>> + use<> {
        Deed::all(self.deeds)
    }
}

/// `delete volume @1.. data`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::shell) struct Deed {
    pub(in crate::shell) verb: Verb,
    /// What kind of thing: a noun, `$1` for the first operand, `$group` for the word before the verb; `path` for a file of
    /// that name, `below` for it and all in it, `tree` for the directory that it runs in.
    pub(in crate::shell) kind: &'static str,
    pub(in crate::shell) names: Names,
    pub(in crate::shell) data_bearing: bool,
    pub(in crate::shell) whole: bool,
    pub(in crate::shell) certainty: Certainty,
    pub(in crate::shell) reversibility: Option<Reversibility>,
}

/// Which things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::shell) enum Names {
    /// Those that the program means by itself.
    Unsaid,
    /// The operand with this number, from 0.
    Operand(usize),
    /// All operands from this number on.
    From(usize),
    /// The last operand.
    Last,
    /// The values of an option, `--name`, or of several, `--name/-n`.
    Option(&'static str),
    /// This.
    Literal(&'static str),
}

impl Deed {
    /// Deeds with `;` between them.
    fn all(text: &'static str) -> impl Iterator<Item = Option<Self>> {
        text.split(';').map(str::trim).filter(|t| !t.is_empty()).map(Self::parse)
    }

    fn parse(text: &'static str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let verb = verb(words.next()?)?;
        let mut deed = Self {
            verb,
            kind: words.next()?,
            names: Names::Unsaid,
            data_bearing: false,
            whole: false,
            certainty: Certainty::Exact,
            reversibility: None,
        };
        for word in words {
            match word {
                "data" => deed.data_bearing = true,
                "whole" => deed.whole = true,
                "more" => deed.certainty = Certainty::AtLeast,
                "unsure" => deed.certainty = Certainty::Opaque,
                "reversible" => deed.reversibility = Some(Reversibility::Reversible),
                "recoverable" => deed.reversibility = Some(Reversibility::Recoverable),
                "irreversible" => deed.reversibility = Some(Reversibility::Irreversible),
                _ => deed.names = Names::parse(word)?,
            }
        }
        Some(deed)
    }
}

impl Names {
    fn parse(word: &'static str) -> Option<Self> {
        if let Some(literal) = word.strip_prefix('=') {
            return Some(Self::Literal(literal));
        }
        let which = word.strip_prefix('@')?;
        if which == "last" {
            return Some(Self::Last);
        }
        if which.starts_with('-') {
            return Some(Self::Option(which));
        }
        let (number, from) = which.strip_suffix("..").map_or((which, false), |number| (number, true));
        let at = number.parse::<usize>().ok()?.checked_sub(1)?;
        Some(if from { Self::From(at) } else { Self::Operand(at) })
    }
}

fn verb(word: &str) -> Option<Verb> {
    Some(match word {
        "read" => Verb::Read,
        "create" => Verb::Create,
        "update" => Verb::Update,
        "execute" => Verb::Execute,
        "spend" => Verb::Spend,
        "unprotect" => Verb::DisableProtection,
        "grant" => Verb::Grant,
        "expose" => Verb::Expose,
        "replace" => Verb::Replace,
        "delete" => Verb::Delete,
        "opaque" => Verb::Opaque,
        _ => return None,
    })
}
