//! What a shell knows while it runs: its directory, variables, arguments, functions. Values are known exactly or not at all.
//!
//! Where two ways of a text meet again, only what is the same on both stays known; a directory may be one of several.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::expand::Text;
use super::parse::Dialect;
use super::syntax::Command;
use crate::path::{climbs, normal};
use crate::place::Target;

/// More possible directories than this are all directories.
const MOST_DIRECTORIES: usize = 8;

/// More variables than this are not kept.
const MOST_VARIABLES: usize = 512;

/// What `sudo` sets.
const SOMEBODY_ELSE: &str = "SUDO_USER";

/// The state of one shell.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    /// Where it may be. Empty: anywhere.
    directories: BTreeSet<String>,
    /// Where the last `cd` led.
    landed: BTreeSet<String>,
    pub(crate) before: Option<String>,
    variables: Rc<BTreeMap<String, Variable>>,
    /// `$1` and on; absent when nothing is known of them.
    pub(crate) arguments: Option<Rc<Vec<String>>>,
    functions: Rc<BTreeMap<String, Function>>,
    /// There were more variables than are kept: from here on nothing is known of new ones.
    crowded: bool,
    /// `set -e`: a failing `cd` ends it.
    pub(crate) ends_on_failure: bool,
    /// Whether `local` means something here.
    pub(crate) in_function: bool,
    /// Which shell it is.
    pub(crate) dialect: Dialect,
    /// Nothing after this runs.
    pub(crate) ended: bool,
    /// By hand: the directories from which `..` surely leads where it seems to.
    pub(crate) real: Option<Rc<BTreeSet<String>>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Variable {
    value: Value,
    exported: Exported,
    /// It may be read-only: what is assigned to it may not arrive.
    fixed: bool,
}

/// Whether programs get a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exported {
    Yes,
    No,
    /// It may have been local to something that has ended, or exported on one of two ways.
    Perhaps,
}

/// What a name may call: bodies from different ways, and perhaps none of them but a program.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    pub(crate) bodies: Vec<Rc<Command>>,
    pub(crate) perhaps: bool,
}

/// What a variable holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    List(Vec<String>),
    Unknown,
}

impl Scope {
    pub(crate) fn new(directory: String, home: &str) -> Self {
        let mut scope = Self {
            directories: BTreeSet::from([directory]),
            landed: BTreeSet::new(),
            before: None,
            variables: Rc::default(),
            arguments: None,
            functions: Rc::default(),
            crowded: false,
            ends_on_failure: false,
            in_function: false,
            dialect: Dialect::Bash,
            ended: false,
            real: None,
        };
        if !home.is_empty() {
            scope.set("HOME", Value::Text(home.to_owned()), true);
        }
        scope
    }

    /// The shell that a program starts anew: only exported variables, no functions, these arguments.
    pub(crate) fn child(&self, arguments: Option<Rc<Vec<String>>>) -> Self {
        let exported = self.variables.iter().map(|(name, variable)| {
            let value = if variable.exported == Exported::Yes { variable.value.clone() } else { Value::Unknown };
            (name.clone(), Variable { value, exported: variable.exported, fixed: false })
        });
        Self {
            variables: Rc::new(exported.filter(|(name, _)| name != "IFS").collect()),
            arguments,
            functions: Rc::default(),
            ends_on_failure: false,
            in_function: false,
            ended: false,
            ..self.clone()
        }
    }

    /// The value of a variable; unknown when the text never set it.
    pub(crate) fn get(&self, name: &str) -> Value {
        match (self.variables.get(name), name) {
            _ if is_dynamic(name) => Value::Unknown,
            (Some(variable), _) => variable.value.clone(),
            (None, "PWD") => self.directory().map_or(Value::Unknown, |d| Value::Text(d.to_owned())),
            (None, "OLDPWD") => self.before.clone().map_or(Value::Unknown, Value::Text),
            (None, "IFS") => Value::Text(" \t\n".into()),
            (None, _) => Value::Unknown,
        }
    }

    /// What a program gets of a variable: nothing where the text never set it, and then what is so outside.
    pub(crate) fn exported(&self, name: &str) -> Option<Value> {
        let variable = self.variables.get(name)?;
        Some(if variable.exported == Exported::Yes { variable.value.clone() } else { Value::Unknown })
    }

    /// Variables that the text set, whose names begin so.
    pub(crate) fn variables_named(&self, start: &str) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str).filter(move |name| name.starts_with(start))
    }

    /// Whether the text sets any variable but these.
    pub(crate) fn sets_other_than(&self, names: &[&str]) -> bool {
        self.crowded || self.variables.keys().any(|name| !names.contains(&name.as_str()))
    }

    /// Whether programs may get a variable of the text that is none of these; `LC_` stands for all that begin so.
    pub(crate) fn exports_other_than(&self, names: &[&str]) -> bool {
        let listed = |name: &String| names.iter().any(|known| name == known || (known.ends_with('_') && name.starts_with(known)));
        self.crowded || self.variables.iter().any(|(name, variable)| variable.exported != Exported::No && !listed(name))
    }

    /// Whether the text sets it, or may.
    pub(crate) fn is_mentioned(&self, name: &str) -> bool {
        self.variables.contains_key(name)
    }

    /// Gives a variable a value. One that was exported stays so.
    pub(crate) fn set(&mut self, name: &str, value: Value, export: bool) {
        let (before, fixed) = self.variables.get(name).map_or((Exported::No, false), |v| (v.exported, v.fixed));
        let exported = if export { Exported::Yes } else { before };
        let value = if fixed { Value::Unknown } else { value };
        self.keep(name, Variable { value, exported, fixed });
    }

    /// A name that is not kept has no known value; those that have one unasked are always kept.
    fn keep(&mut self, name: &str, variable: Variable) {
        let special = ["PWD", "OLDPWD", "IFS", "HOME"].contains(&name);
        if self.crowded && !special && !self.variables.contains_key(name) {
            return;
        }
        Rc::make_mut(&mut self.variables).insert(name.to_owned(), variable);
        self.crowded |= self.variables.len() >= MOST_VARIABLES;
    }

    pub(crate) fn functions(&self) -> usize {
        self.functions.len()
    }

    pub(crate) fn export(&mut self, name: &str) {
        self.set(name, self.get(name), true);
    }

    /// From here on programs run as somebody else, or with another file system: their settings are not the person's.
    pub(crate) fn becomes_somebody_else(&mut self) {
        self.set(SOMEBODY_ELSE, Value::Unknown, true);
    }

    /// Whether programs find the person's own settings in this home.
    pub(crate) fn has_settings_of(&self, home: &str) -> bool {
        self.has_home(home) && !self.is_mentioned(SOMEBODY_ELSE)
    }

    /// Whether the text has put no other home in the place of this one.
    pub(crate) fn has_home(&self, home: &str) -> bool {
        self.exported("HOME").is_none_or(|now| now == Value::Text(home.to_owned()))
    }

    /// From here on it may be read-only.
    pub(crate) fn fix(&mut self, name: &str) {
        if let Some(variable) = Rc::make_mut(&mut self.variables).get_mut(name) {
            variable.fixed = true;
        }
    }

    /// From here on nothing is known of it.
    pub(crate) fn forget(&mut self, name: &str) {
        let fixed = self.variables.get(name).is_some_and(|v| v.fixed);
        self.keep(name, Variable { value: Value::Unknown, exported: Exported::Perhaps, fixed });
    }

    /// Forgets every variable that the text sets, those in whose place it could, and the arguments.
    pub(crate) fn forget_all(&mut self) {
        for variable in Rc::make_mut(&mut self.variables).values_mut() {
            *variable = Variable { value: Value::Unknown, exported: Exported::Perhaps, fixed: variable.fixed };
        }
        for name in ["PWD", "OLDPWD", "IFS"] {
            self.forget(name);
        }
        self.arguments = None;
    }

    pub(crate) fn function(&self, name: &str) -> Option<Function> {
        self.functions.get(name).cloned()
    }

    pub(crate) fn define(&mut self, name: &str, body: Rc<Command>) {
        Rc::make_mut(&mut self.functions).insert(name.to_owned(), Function { bodies: vec![body], perhaps: false });
    }

    /// Functions may have been taken away: programs of their names may run instead.
    pub(crate) fn doubt_functions(&mut self) {
        for function in Rc::make_mut(&mut self.functions).values_mut() {
            function.perhaps = true;
        }
    }

    /// Where it is, when there is only one possibility.
    pub(crate) fn directory(&self) -> Option<&str> {
        match self.directories.len() {
            1 => self.directories.first().map(String::as_str),
            _ => None,
        }
    }

    /// A `cd` to these places (nothing: anywhere). Where it may fail and the text go on, the shell may also still be where
    /// it was.
    pub(crate) fn enter(&mut self, places: Option<BTreeSet<String>>, may_stay: bool) {
        self.before = self.directory().map(str::to_owned);
        for name in ["PWD", "OLDPWD"] {
            Rc::make_mut(&mut self.variables).remove(name);
        }
        self.landed = places.unwrap_or_default();
        match may_stay && !self.landed.is_empty() && !self.directories.is_empty() {
            true => self.directories.extend(self.landed.iter().cloned()),
            false if may_stay && self.directories.is_empty() => {}
            false => self.directories.clone_from(&self.landed),
        }
        self.bounded();
    }

    /// The last `cd` did work: what hangs on it by `&&` runs only there.
    pub(crate) fn arrived(&mut self) {
        self.directories.clone_from(&self.landed);
    }

    /// It is where that other one is.
    pub(crate) fn beside(mut self, other: &Self) -> Self {
        self.directories.clone_from(&other.directories);
        self
    }

    /// It may be anywhere.
    pub(crate) fn lost(&mut self) {
        self.directories.clear();
        self.landed.clear();
    }

    pub(crate) fn is_where(&self, other: &Self) -> bool {
        self.directories == other.directories
    }

    pub(crate) fn has_function(&self, name: &str) -> bool {
        self.functions.contains_key(name)
    }

    fn bounded(&mut self) {
        if self.directories.len() > MOST_DIRECTORIES {
            self.directories.clear();
        }
    }

    /// What holds whichever of the two came about.
    pub(crate) fn or(mut self, other: Self) -> Self {
        match (self.ended, other.ended) {
            (true, false) => return other,
            (false, true) => return self,
            _ => {}
        }
        if self.directories.is_empty() || other.directories.is_empty() {
            self.directories.clear();
        } else {
            self.directories.extend(other.directories);
            self.bounded();
        }
        if !Rc::ptr_eq(&self.variables, &other.variables) {
            let mine = Rc::make_mut(&mut self.variables);
            for (name, variable) in mine.iter_mut() {
                if other.variables.get(name) != Some(variable) {
                    let fixed = variable.fixed || other.variables.get(name).is_some_and(|v| v.fixed);
                    *variable = Variable { value: Value::Unknown, exported: Exported::Perhaps, fixed };
                }
            }
            for name in other.variables.keys() {
                mine.entry(name.clone()).or_insert(Variable { value: Value::Unknown, exported: Exported::Perhaps, fixed: false });
            }
        }
        if !Rc::ptr_eq(&self.functions, &other.functions) {
            let mine = Rc::make_mut(&mut self.functions);
            for (name, function) in mine.iter_mut() {
                function.join(other.functions.get(name));
            }
            for (name, function) in other.functions.iter() {
                mine.entry(name.clone()).or_insert_with(|| Function { perhaps: true, ..function.clone() });
            }
        }
        if self.arguments != other.arguments {
            self.arguments = None;
        }
        if self.before != other.before {
            self.before = None;
        }
        self.ends_on_failure &= other.ends_on_failure;
        self.crowded |= other.crowded || self.variables.len() >= MOST_VARIABLES;
        self
    }

    /// Where a word leads, from everywhere that the shell may be.
    pub(crate) fn targets(&self, word: &Text) -> Vec<Target> {
        let absolute = word.known_prefix().starts_with('/');
        if absolute || self.directories.is_empty() {
            let directory = absolute.then_some("/").filter(|root| self.leads(word, root));
            return vec![target(word, directory)];
        }
        let from = |directory: &String| target(word, Some(directory.as_str()).filter(|directory| self.leads(word, directory)));
        self.directories.iter().map(from).collect()
    }

    /// Whether the text of a word alone says where it leads: by hand no `..` may come after what may be a link.
    fn leads(&self, word: &Text, directory: &str) -> bool {
        let Some(real) = &self.real else { return true };
        let first = word.text.split('/').find(|part| !part.is_empty() && *part != ".");
        !climbs(&word.text) && (first != Some("..") || word.text.starts_with('/') || real.contains(directory))
    }

    /// All the directories it may be in, as targets.
    pub(crate) fn here(&self) -> Vec<Target> {
        self.targets(&Text::known("."))
    }
}

/// Variables that the shell itself sets as it goes, or never lets be set.
fn is_dynamic(name: &str) -> bool {
    const NAMES: [&str; 16] = [
        "_", "RANDOM", "SRANDOM", "SECONDS", "LINENO", "EPOCHSECONDS", "EPOCHREALTIME", "FUNCNAME", "GROUPS", "DIRSTACK", "PIPESTATUS",
        "UID", "EUID", "PPID", "HISTCMD", "COPROC",
    ];
    NAMES.contains(&name) || name.starts_with("BASH")
}

impl Function {
    fn join(&mut self, other: Option<&Self>) {
        self.perhaps |= other.is_none_or(|o| o.perhaps);
        for body in other.iter().flat_map(|o| &o.bodies) {
            if !self.bodies.iter().any(|b| Rc::ptr_eq(b, body)) {
                self.bodies.push(Rc::clone(body));
            }
        }
    }
}

fn target(word: &Text, directory: Option<&str>) -> Target {
    let shown = word.text.clone();
    let Some(directory) = directory else { return Target::Unknown { base: None, shown } };
    let fixed = word.fixed_prefix();
    let parent = || fixed.rsplit_once('/').map_or("", |(parent, _)| parent);
    let base = || match fixed.starts_with('/') {
        true => normal("/", &format!("{}/", parent())),
        false => normal(directory, parent()),
    };
    match (word.is_known(), word.glob) {
        (true, None) => Target::Path(normal(directory, &word.text)),
        (true, Some(_)) => Target::Below { base: base(), shown },
        // What is not known may hold `/` or `..`; only where it surely begins elsewhere is that worth telling.
        (false, _) if fixed.contains('/') => Target::Unknown { base: Some(base()), shown },
        (false, _) => Target::Unknown { base: None, shown },
    }
}
