//! What a program of the table does with its arguments.

use action::{Certainty, Resource, Verb};

use super::Reader;
use super::arguments::Arguments;
use super::expand::Text;
use super::scope::Scope;
use super::table::{self, Class, Found, Program};
use super::walk::Input;
use crate::environment::Spot;
use crate::place::{Place, Touch};
use crate::reach::leaving;

mod acts;
mod archive;
mod by_hand;
mod carried;
mod lands;
mod looks;

/// Directories whose programs are the system's own.
const SYSTEM: [&str; 6] = ["/bin/", "/usr/bin/", "/usr/local/bin/", "/sbin/", "/usr/sbin/", "/usr/local/sbin/"];

/// Whether this surely is a folder below the one that it is done in.
fn is_own_folder(directory: &Text) -> bool {
    let named = |text: &str| !text.starts_with('/') && !text.split('/').any(|part| part == "..") && text.split('/').any(|part| !["", "."].contains(&part));
    directory.exact().is_some_and(named)
}

impl Reader<'_> {
    /// Runs a program by name or path. Returns what it surely prints.
    pub(super) fn program(&mut self, name: &str, words: &[Text], scope: &mut Scope, input: &Input) -> Option<String> {
        let system = SYSTEM.iter().find_map(|dir| name.strip_prefix(dir)).filter(|base| !base.contains('/'));
        let base = match (name.contains('/'), system) {
            (false, _) => name,
            (true, Some(base)) => base,
            (true, None) => {
                self.by_path(name, words, scope);
                return None;
            }
        };
        if self.launches(base, words, scope, input) {
            return None;
        }
        let Some(found) = table::find(base, words) else {
            self.runs_opaque(base);
            self.mentions(words, scope);
            return None;
        };
        let unlisted = self.ground.facts.by_hand && !self.is_listed_look(base, words, scope);
        let around = std::mem::replace(&mut self.unlisted, unlisted);
        if self.ground.facts.by_hand {
            if self.does_more(&found, words, scope) {
                self.runs_opaque(base);
                self.mentions(words, scope);
            }
            self.asks_around(&found, words);
        }
        let printed = self.of_row(base, &found, words, scope, input);
        self.unlisted = around;
        printed
    }

    fn of_row(&mut self, base: &str, found: &Found, words: &[Text], scope: &mut Scope, input: &Input) -> Option<String> {
        if base == "ar" {
            self.ar(words, scope);
            return None;
        }
        let moves = may_move_clusters(found);
        let printed = match found.program.class {
            Class::Acts => {
                self.acts(base, found, scope, input);
                None
            }
            _ if found.hidden && found.program.class != found.top.class => {
                self.of_class(base, &found.top, words, scope, input);
                self.of_class(base, &found.program, &found.words, scope, input)
            }
            _ if found.program.name == found.top.name => self.of_class(base, &found.program, words, scope, input),
            _ => self.of_class(base, &found.program, &found.words, scope, input),
        };
        self.moved |= moves;
        printed
    }

    fn of_class(&mut self, typed: &str, program: &Program, words: &[Text], scope: &mut Scope, input: &Input) -> Option<String> {
        if is_asked_for_help(program, words) {
            self.find(self.ground.runs(typed, Certainty::Exact));
            return None;
        }
        // Of a program that is another by a second name, the other's; what its subcommand was stays in the name.
        let name = program.name.split(' ').next().unwrap_or(typed);
        self.known(name, program, words, scope, input)
    }

    fn known(&mut self, name: &str, program: &Program, words: &[Text], scope: &mut Scope, input: &Input) -> Option<String> {
        match program.class {
            Class::Git => {
                if !leaves_the_tree(words) {
                    self.overwritten.insert(self.ground.facts.tree.clone());
                }
                return self.git(words, scope);
            }
            Class::Shell => {
                self.shell(name, program, words, scope, input);
                return None;
            }
            Class::Wraps => return self.wrapper(name, program, words, scope, input),
            Class::Feeds => {
                self.feeder(program, words, scope, input);
                return None;
            }
            Class::Finds => {
                self.finder(words, scope);
                return None;
            }
            Class::Aws => {
                self.aws(words, scope);
                return None;
            }
            Class::Starts => {
                self.starts(program, words, scope, input);
                return None;
            }
            _ => {}
        }
        let modern = if program.class == Class::Unpacks && name.ends_with("tar") { by_hand::new_style(words) } else { words.to_vec() };
        let words = modern.as_slice();
        let arguments = Arguments::new(words, program, false);
        self.sinks(&arguments, program, scope);
        self.sources(&arguments, program, scope);
        let doubtful = arguments.doubtful || (arguments.wild && self.ground.place == Place::Host);
        if arguments.has(program.runs) || (doubtful && !self.is_mere_output(name, program)) {
            self.runs_opaque(name);
            self.mentions(words, scope);
        }
        self.by_class(name, program, &arguments, words, scope, input);
        self.print(name, &arguments, words, scope, input)
    }

    /// Whether words that nobody can read change nothing: there is only output. By hand only where no option does anything else.
    fn is_mere_output(&self, name: &str, program: &Program) -> bool {
        const NOTHING_ELSE: [&str; 14] =
            ["[", "basename", "dirname", "echo", "expr", "false", "id", "printf", "pwd", "seq", "sleep", "test", "true", "tr"];
        program.class == Class::Inert && (!self.ground.facts.by_hand || NOTHING_ELSE.contains(&name))
    }

    /// Files that options name to be written.
    pub(super) fn sinks(&mut self, arguments: &Arguments, program: &Program, scope: &Scope) {
        for file in arguments.values(program.writes) {
            if file.exact() != Some("-") {
                self.touch(Touch::new(Verb::Update), file, scope);
            }
        }
    }

    /// Files that options name to be read.
    pub(super) fn sources(&mut self, arguments: &Arguments, program: &Program, scope: &Scope) {
        for file in arguments.values(program.reads) {
            if file.exact() != Some("-") && !file.known_prefix().contains("://") {
                self.touch(Touch::new(Verb::Read), file, scope);
            }
        }
    }

    /// `npx prisma …`, `bundle exec rake …`: what is started comes from the project or a registry, so nobody has read it; what it
    /// is called says what it does besides.
    fn starts(&mut self, program: &Program, words: &[Text], scope: &mut Scope, input: &Input) {
        self.runs_opaque(program.name);
        self.mentions(words, scope);
        let arguments = Arguments::new(words, program, true);
        let Some((first, rest)) = arguments.operands.split_first() else { return };
        let bare = |name: &str| name.split('@').next().is_some_and(|n| !n.is_empty() && !n.contains('/') && table::find(n, &[]).is_some());
        if let Some(name) = first.exact().filter(|name| bare(name)) {
            let name = name.split('@').next().unwrap_or(name).to_owned();
            self.deeper(|reader| reader.program(&name, rest, &mut scope.child(None), input));
        }
    }

    fn by_class(&mut self, name: &str, program: &Program, arguments: &Arguments, words: &[Text], scope: &Scope, input: &Input) {
        let (skip, unless) = program.skip;
        let skipped = if !unless.is_empty() && arguments.has(unless) { 0 } else { skip };
        let paths = arguments.operands.get(skipped..).unwrap_or_default();
        // The same letters mean other things to these.
        const FLAT: [&str; 10] = ["tee", "jq", "yq", "gojq", "sort", "tail", "tac", "file", "touch", "date"];
        let recursive = arguments.has("-r -R -a --recursive --archive") && !FLAT.contains(&name);
        let deep = |touch: Touch| if recursive { touch.recursive() } else { touch };
        match program.class {
            Class::Inert if name == "date" && paths.iter().any(|p| !p.known_prefix().starts_with('+')) => {
                self.find(self.ground.adrift(Verb::Update, "clock", "the time"));
            }
            Class::Inert if name == "envsubst" => self.shows_variables(name, &substituted(paths)),
            Class::Inert if name == "printenv" => self.shows_variables(name, paths),
            Class::Inert if name == "ps" && shows_environments(words) => self.shows_environment(name),
            // What package managers show of one setting may be a token.
            Class::Inert if program.name.ends_with(" config get") && paths.iter().any(may_be_token) => self.shows_secret(program.name),
            Class::Inert => self.find(self.ground.runs(name, Certainty::Exact)),
            Class::Reads if ["jq", "gojq"].contains(&name) && paths_skipped(arguments, paths).iter().any(asks_for_environment) => {
                self.shows_environment(name);
                self.reads(Touch::new(Verb::Read), program, paths, scope);
            }
            Class::Reads => self.reads(deep(Touch::new(Verb::Read)), program, paths, scope),
            Class::Searches => self.reads(Touch::new(Verb::Read).recursive(), program, paths, scope),
            // A file of a name that it makes up, in the folder for such.
            Class::Creates if name == "mktemp" && paths.is_empty() => self.find(self.ground.runs(name, Certainty::Exact)),
            Class::Creates => self.touch_all(Touch::new(Verb::Create), paths, scope),
            Class::Writes => self.touch_all(deep(Touch::new(Verb::Update)), paths, scope),
            Class::Deletes if name == "rmdir" => self.touch_all(Touch::new(Verb::Delete).only_empty(), paths, scope),
            Class::Deletes => self.touch_all(deep(Touch::new(Verb::Delete)), paths, scope),
            Class::Copies => self.copies(name, deep(Touch::new(Verb::Read)), arguments, paths, scope),
            Class::Moves => self.copies(name, Touch::new(Verb::Delete).recursive(), arguments, paths, scope),
            Class::Unpacks => self.unpacks(name, arguments, paths, scope),
            Class::Edits => self.edits(arguments, scope),
            Class::Filters => self.filters(name, arguments, scope),
            Class::Blocks => self.blocks(words, scope),
            Class::Database => self.database(name, arguments, words, scope, input),
            Class::Runs => {
                self.runs_opaque(name);
                self.mentions(words, scope);
                for script in arguments.operands.iter().take(2) {
                    if let Some((_, text)) = self.script(script, scope) {
                        self.mentions_in(text);
                    }
                }
            }
            Class::Fetches => self.fetches(name, arguments, scope),
            Class::Remote => self.remote(name, words, scope),
            Class::Ends => self.ends(arguments, words),
            Class::Machine => self.machine(name, words, scope),
            Class::Acts | Class::Aws | Class::Git | Class::Shell | Class::Wraps | Class::Feeds | Class::Finds | Class::Starts => {}
        }
    }

    fn reads(&mut self, touch: Touch, program: &Program, paths: &[Text], scope: &Scope) {
        if paths.is_empty() && program.here {
            for target in scope.here() {
                self.touch_target(touch.recursive(), &target);
            }
        }
        let files: Vec<Text> = paths.iter().filter(|p| p.exact() != Some("-")).cloned().collect();
        self.touch_all(touch, &files, scope);
    }

    /// `cp`, `ln`, `install`, `mv`: the last operand, or `-t`, is where it goes.
    fn copies(&mut self, name: &str, touch: Touch, arguments: &Arguments, paths: &[Text], scope: &Scope) {
        let into: Vec<Text> = arguments.values("-t --target-directory").cloned().collect();
        let directories_only = name == "install" && arguments.has("-d --directory");
        let (sources, targets) = match paths.split_last() {
            _ if directories_only => (&[][..], paths.to_vec()),
            _ if !into.is_empty() => (paths, into),
            Some((only, [])) if name == "ln" => (std::slice::from_ref(only), vec![Text::known(".")]),
            Some((only, [])) => (std::slice::from_ref(only), Vec::new()),
            Some((last, sources)) => (sources, vec![last.clone()]),
            None => (&[][..], Vec::new()),
        };
        // A hard link is the file itself; what is done through it is done to the file.
        let touch = match (name, arguments.has("-s --symbolic --symbolic-link")) {
            ("ln", false) | ("link", _) => Touch::new(Verb::Update),
            ("cp", false) if arguments.has("-l --link") => Touch::new(Verb::Update).recursive(),
            ("ln" | "cp", true) if self.ground.facts.by_hand => touch.recursive(), // whatever is below can be read through it later
            _ => touch,
        };
        self.touch_all(touch, sources, scope);
        self.touch_all(Touch::new(Verb::Update), &targets, scope);
        for target in &targets {
            for source in sources.iter().filter(|s| target.exact().is_some() && s.exact().is_some()) {
                let base = source.text.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
                // The target may be a directory; then the file that matters is inside.
                if crate::protected::protected(&format!("{}/{base}", target.text)).is_some() {
                    self.touch(Touch::new(Verb::Update), &Text::known(format!("{}/{base}", target.text)), scope);
                }
            }
        }
    }

    /// Where an archive is made or only looked into. Says whether it is that.
    fn packs(&mut self, name: &str, arguments: &Arguments, archives: &[Text], paths: &[Text], scope: &Scope) -> bool {
        let making = arguments.has("-c -r -u --create --append --update");
        // The letters of `unzip` mean other things.
        if name == "unzip" || arguments.has("-x --extract --get") || !(making || arguments.has("-t --list")) {
            return false;
        }
        // `host:file` is on another machine, reached by a program for that.
        if archives.iter().any(|archive| archive.text.contains(':')) && !arguments.has("--force-local") {
            self.runs_opaque(name);
        }
        self.touch_all(Touch::new(if making { Verb::Update } else { Verb::Read }), archives, scope);
        if making {
            let verb = if arguments.has("--remove-files") { Verb::Delete } else { Verb::Read };
            self.touch_all(Touch::new(verb).recursive(), paths, scope);
        }
        true
    }

    /// Archives name inside themselves what they write.
    fn unpacks(&mut self, name: &str, arguments: &Arguments, paths: &[Text], scope: &Scope) {
        let directory = arguments.values("-C --directory -d --directory-prefix").last().cloned().unwrap_or_else(|| Text::known("."));
        let archives: Vec<Text> = arguments.values("-f --file -i").filter(|f| f.exact() != Some("-")).cloned().collect();
        if self.packs(name, arguments, &archives, paths, scope) {
            return;
        }
        if name == "unzip" && arguments.has("-l -t -p -Z -v") {
            self.touch_all(Touch::new(Verb::Read), paths, scope);
            return;
        }
        self.touch_all(Touch::new(Verb::Read), &archives, scope);
        self.touch(Touch::new(Verb::Update), &Text::below(&directory), scope);
        // `-P`: the archive decides where in the file system it writes. Without a box, also settings of agents at the top of the tree are
        // among what it may hold.
        let anything = self.ground.facts.by_hand && !is_own_folder(&directory);
        if arguments.has("-P --absolute-names -:") || anything {
            self.runs_opaque(name);
        }
    }

    /// `sed`: an in-place edit changes every operand; a script may write and run.
    fn edits(&mut self, arguments: &Arguments, scope: &Scope) {
        let in_place = arguments.has("-i --in-place") || arguments.options.iter().any(|(n, _)| n.starts_with("--in-place"));
        let scripts: Vec<Text> = arguments.values("-e --expression").cloned().collect();
        let from_option = !scripts.is_empty() || arguments.has("-f --file");
        let (script, files) = match arguments.operands.split_first() {
            Some((script, files)) if !from_option => (vec![script.clone()], files),
            _ => (scripts, arguments.operands.as_slice()),
        };
        if !script.iter().all(|s| s.exact().is_some_and(is_plain_sed) || s.glob.is_some() && s.is_known() && is_plain_sed(&s.text)) {
            self.runs_opaque("sed");
        }
        self.touch_all(Touch::new(if in_place { Verb::Update } else { Verb::Read }), files, scope);
    }

    fn filters(&mut self, name: &str, arguments: &Arguments, scope: &Scope) {
        let (program, files) = match arguments.operands.split_first() {
            Some((program, files)) => (program.clone(), files),
            None => (Text::unknown("?"), &[][..]),
        };
        // Output to files, pipes and `system` all need one of these.
        // By hand, files that no operand names are read as well.
        let unnamed = self.ground.facts.by_hand && program.text.contains("ARG");
        let reaches = ["system", "getline"].iter().any(|word| program.text.contains(word)) || program.text.contains(['|', '>', '@', '&']);
        let plain = program.is_known() && !reaches && !unnamed;
        if program.text.contains("ENVIRON") {
            self.shows_environment(name);
        }
        if !plain {
            self.runs_opaque(name);
            self.mentions_in(&program.text);
        }
        let files: Vec<Text> = files.iter().filter(|f| !f.text.contains('=')).cloned().collect();
        self.touch_all(Touch::new(Verb::Read), &files, scope);
    }

    fn blocks(&mut self, words: &[Text], scope: &Scope) {
        for word in words {
            match word.known_prefix().split_once('=') {
                Some(("of", _)) => self.touch(Touch::new(Verb::Update), &word.after(3), scope),
                Some(("if", _)) => self.touch(Touch::new(Verb::Read), &word.after(3), scope),
                Some(_) => {}
                None => self.runs_opaque("dd"),
            }
        }
    }

    /// A database's own program, on a file.
    fn database(&mut self, name: &str, arguments: &Arguments, words: &[Text], scope: &Scope, input: &Input) {
        if self.statements_on_a_file(name, arguments, words, scope, input) {
            return;
        }
        self.runs_opaque(name);
        if let Some(file) = arguments.operands.first() {
            self.touch(Touch::new(Verb::Update).opaque(), file, scope);
        }
        self.mentions(words, scope);
    }

    /// Speaks to systems outside through settings of its own: which ones is not in the text.
    pub(super) fn remote(&mut self, name: &str, words: &[Text], scope: &Scope) {
        let first = words.first().and_then(Text::exact).filter(|word| is_plain_word(word)).unwrap_or_default();
        let resource = Resource::new("system", format!("{name} {first}").trim_end());
        self.find(leaving(Verb::Opaque, resource, Spot::unknown()));
        self.mentions(words, scope);
    }

    /// Processes by number or name; a second number with a dash is a whole group, `-1` all of them.
    fn ends(&mut self, arguments: &Arguments, words: &[Text]) {
        let dashed = words.iter().filter(|w| w.known_prefix().starts_with('-')).skip(1);
        let groups = dashed.filter(|w| w.text.len() > 1 && w.text.bytes().skip(1).all(|b| b.is_ascii_digit()));
        let processes: Vec<Text> = arguments.operands.iter().chain(groups).cloned().collect();
        let lists = arguments.has("-l -L --list --table");
        if processes.is_empty() && !lists {
            self.find(self.ground.adrift(Verb::Delete, "process", "?"));
        }
        for process in processes {
            let certainty = if process.exact().is_some() { Certainty::Exact } else { Certainty::Opaque };
            let effect = self.ground.adrift(Verb::Delete, "process", &process.text).with_certainty(certainty);
            self.find(effect);
        }
    }

    /// Gets at the machine itself. In the box it fails; that it is tried is worth telling.
    pub(super) fn machine(&mut self, name: &str, words: &[Text], scope: &Scope) {
        self.runs_opaque(name);
        self.mentions(words, scope);
        if self.ground.place == Place::Boxed {
            let spot = Spot::host();
            let effect = self.ground.opaque("program", name, "works on the machine itself");
            self.find(effect.at(spot.environment, spot.tier));
        }
    }

    /// What a few programs print, where a text goes on with it.
    fn print(&mut self, name: &str, arguments: &Arguments, words: &[Text], scope: &Scope, input: &Input) -> Option<String> {
        let only = match words {
            [only] => only.exact(),
            _ => None,
        };
        match (name, only) {
            ("cat", None) if words.is_empty() => match input {
                Input::Text(text) => Some(text.clone()),
                Input::Inherited | Input::Unknown => None,
            },
            ("cat", Some(_)) => words.first().and_then(|file| self.text_of(file, scope)),
            ("dirname", Some(path)) => Some(match path.trim_end_matches('/').rsplit_once('/') {
                Some(("", _)) => "/\n".into(),
                Some((parent, _)) => format!("{parent}\n"),
                None => ".\n".into(),
            }),
            ("basename", Some(path)) => path.trim_end_matches('/').rsplit('/').next().filter(|b| !b.is_empty()).map(|b| format!("{b}\n")),
            ("realpath", Some(path)) => {
                let places = self.directories_of(&Text::known(path), scope)?;
                places.first().filter(|_| places.len() == 1).map(|p| format!("{}\n", self.ground.resolved(p)))
            }
            // The name is made up, the place is not.
            ("mktemp", _) if arguments.operands.is_empty() && !arguments.has("-p --tmpdir") && !arguments.doubtful => {
                Some("/tmp/tmp.XXXXXXXXXX\n".into())
            }
            _ => None,
        }
    }
}

/// Operands that are no paths.
fn paths_skipped<'a>(arguments: &'a Arguments, paths: &[Text]) -> &'a [Text] {
    arguments.operands.get(..arguments.operands.len() - paths.len().min(arguments.operands.len())).unwrap_or_default()
}

/// Whether a filter of `jq` asks for the environment: `env`, `$ENV`. A field of that name stands behind a point.
fn asks_for_environment(filter: &Text) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    let text = filter.text.as_str();
    text.contains("$ENV") || text.match_indices("env").any(|(at, word)| {
        let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + word.len()..).unwrap_or_default());
        !before.ends_with(is_name) && !after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// The variables that `envsubst` is told to put in; all, where it is told none.
fn substituted(formats: &[Text]) -> Vec<Text> {
    let of = |format: &Text| -> Vec<Text> {
        let Some(text) = format.exact() else { return vec![format.clone()] };
        text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|name| !name.is_empty()).map(Text::known).collect()
    };
    formats.iter().flat_map(of).collect()
}

fn may_be_token(setting: &Text) -> bool {
    setting.exact().is_none_or(|name| ["auth", "token", "password", "secret", "key", "cert"].iter().any(|word| name.to_lowercase().contains(word)))
}

/// `ps eww`: an `e` in letters without a dash, or behind a dash where it is capital, shows the environment of each process.
fn shows_environments(words: &[Text]) -> bool {
    let letters = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphabetic());
    words.iter().any(|word| match word.exact() {
        Some(text) if letters(text) => text.contains('e'),
        Some(text) => text.strip_prefix('-').is_some_and(|rest| letters(rest) && rest.contains('E')) || text.contains("environ"),
        None => true,
    })
}

/// Whether a command of git surely changes no file of the work tree.
fn leaves_the_tree(words: &[Text]) -> bool {
    const LEAVES: [&str; 17] = [
        "add", "blame", "branch", "commit", "describe", "diff", "fetch", "grep", "log", "ls-files", "ls-remote", "push", "remote", "rev-parse",
        "shortlog", "show", "status",
    ];
    words.first().and_then(Text::exact).is_some_and(|word| LEAVES.contains(&word) || word == "--version")
}

/// Whether it may change which cluster `kubectl` and its like mean: any program of a cloud or a cluster, unless it is known that it
/// never does.
fn may_move_clusters(found: &Found) -> bool {
    const NEVER: [&str; 10] = ["kubectl", "helm", "docker", "terraform", "psql", "mysql", "sqlcmd", "bq", "redis-cli", "gh"];
    let configures = found.path.first().is_some_and(|word| word == "config" || word == "login");
    match found.program.class {
        Class::Acts => configures || found.hidden || !NEVER.contains(&found.top.name),
        class => class == Class::Aws,
    }
}

/// Whether all that is asked is help or a version: the words of the row for that, where nothing can take them for its own.
fn is_asked_for_help(program: &Program, words: &[Text]) -> bool {
    match words {
        [only] => only.exact().is_some_and(|word| program.help.split_whitespace().any(|w| w == word)),
        _ => false,
    }
}

/// A word that is surely no secret: short, letters only.
fn is_plain_word(word: &str) -> bool {
    word.len() <= 24 && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-' || b == b':') && !word.starts_with('-')
}

/// Whether a `sed` script surely neither writes a file nor runs a program: substitutions, prints, deletes, appends.
fn is_plain_sed(script: &str) -> bool {
    script.split([';', '\n']).all(|command| {
        let command = command.trim().trim_start_matches('{').trim_end_matches('}').trim();
        let after_address = without_address(command);
        match after_address.chars().next() {
            None => true,
            Some('s' | 'y') => after_address.get(1..).is_some_and(plain_substitution),
            Some('p' | 'd' | 'q' | 'Q' | 'n' | 'N' | 'h' | 'H' | 'g' | 'G' | 'x' | 'D' | 'P' | '=' | 'l') => {
                after_address.get(1..).is_some_and(|rest| rest.trim().bytes().all(|b| b.is_ascii_digit()))
            }
            Some('a' | 'i' | 'c') => !after_address.contains('\\'),
            Some(_) => false,
        }
    })
}

fn without_address(command: &str) -> &str {
    let mut rest = command;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || " ,$~+!".contains(c));
        match rest.strip_prefix('/').and_then(|r| r.find('/').and_then(|end| r.get(end + 1..))) {
            Some(after) => rest = after,
            None => return rest,
        }
    }
}

/// After the `s`: a delimiter, two parts without it, and flags that neither write nor run.
fn plain_substitution(rest: &str) -> bool {
    let Some(delimiter) = rest.chars().next().filter(|c| c.is_ascii_punctuation() && *c != '\\') else { return false };
    let parts: Vec<&str> = rest.split(delimiter).collect();
    match parts.as_slice() {
        ["", from, to, flags] => {
            !from.ends_with('\\') && !to.ends_with('\\') && flags.trim().bytes().all(|b| b"gpiIm0123456789".contains(&b))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
