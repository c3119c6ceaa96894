//! Programs that run a command in ways of their own: as a text for a shell (`watch`, `script -c`, `su -c`), once for each argument
//! (`parallel`), as one of many in one (`busybox`), behind `--` (`npx`, `uv run`, `op run`). The command is read as if it stood
//! alone; where a launcher does more than that, its row says so as well.

use action::{Certainty, Verb};

use super::Reader;
use super::arguments::Arguments;
use super::expand::Text;
use super::invoke::exact;
use super::parse::Dialect;
use super::scope::{Scope, Value};
use super::table;
use super::walk::Input;
use crate::place::Touch;

/// More arguments than this are not put into a template one by one.
const MOST_ARGUMENTS: usize = 32;
/// What stands for an argument that is not known, in the text that `parallel` makes.
const EACH: &str = "each_argument";

/// Programs that run the command among their words.
const RUNNERS: [&str; 22] = [
    "npx", "bunx", "uvx", "dotenv", "dotenvx", "fakeroot", "xvfb-run", "torsocks", "proxychains", "proxychains4", "firejail", "valgrind",
    "prlimit", "setpriv", "numactl", "systemd-run", "systemd-inhibit", "dbus-run-session", "cgexec", "proot", "bwrap", "ltrace",
];
/// Programs that do so behind one of these words.
const RUNNERS_BY_WORD: [(&str, &str); 22] = [
    ("npm", "exec x"), ("pnpm", "exec dlx"), ("yarn", "exec dlx"), ("bun", "x"), ("uv", "run"), ("pipx", "run"), ("poetry", "run"),
    ("pipenv", "run"), ("pdm", "run"), ("rye", "run"), ("hatch", "run"), ("pixi", "run"), ("conda", "run"), ("bundle", "exec"),
    ("direnv", "exec"), ("mise", "exec x"), ("asdf", "exec"), ("op", "run"), ("doppler", "run"), ("infisical", "run"), ("chamber", "exec"),
    ("aws-vault", "exec"),
];

/// Programs of frameworks that a project carries as files, and those whose rows say what their subcommands do.
const FRAMEWORKS: [(&str, &str); 3] = [("manage.py", "django-admin"), ("rails", "rails"), ("rake", "rake")];

impl Reader<'_> {
    /// Reads the command that a launcher gets. Says whether that is all that the launcher does; if not, its row is read as well.
    pub(super) fn launches(&mut self, name: &str, words: &[Text], scope: &mut Scope, input: &Input) -> bool {
        match name {
            "ssh" => return self.ssh(words, scope, input),
            "busybox" | "toybox" => return self.applet(name, words, scope, input),
            "watch" => return self.watch(words, scope, input),
            "script" => return self.typescript(words, scope, input),
            "parallel" => return self.parallel(words, scope),
            "entr" => return self.on_change(words, scope),
            "docker" | "podman" | "nerdctl" | "docker-compose" => self.docker(name, words, input),
            "kubectl" | "oc" => self.kubectl(words, input),
            "su" | "runuser" => self.as_somebody(words, scope, input),
            "chroot" => self.behind(words, "--userspec --groups", 1, &lost(scope), input),
            "unshare" => self.behind(words, "-S --setuid -G --setgid -R --root -w --wd --propagation --setgroups --map-user --map-group", 0, scope, input),
            "nsenter" => self.behind(words, "-t --target -S --setuid -G --setgid", 0, &lost(scope), input),
            _ if self.interpreter(name, words, scope, input) => {
                let at = words.iter().position(|word| word.exact().is_some_and(|text| !text.starts_with('-'))).unwrap_or(words.len());
                if let [file, rest @ ..] = words.get(at..).unwrap_or_default() {
                    self.framework(&file.text, rest, scope, input);
                    return name != "php" || file.text != "artisan"; // that one has rows of its own
                }
                return true;
            }
            _ => self.among(name, words, scope, input),
        }
        false
    }

    /// `python manage.py flush`, `bin/rails db:drop`: the project's code runs, and the subcommand says what for.
    pub(super) fn framework(&mut self, file: &str, words: &[Text], scope: &Scope, input: &Input) {
        let name = file.rsplit('/').next().unwrap_or_default();
        let Some((_, program)) = FRAMEWORKS.iter().find(|(known, _)| *known == name) else { return };
        let words: Vec<Text> = std::iter::once(Text::known(*program)).chain(words.iter().cloned()).collect();
        let mut child = scope.child(None);
        self.deeper(|reader| reader.outside_the_shell(&words, &mut child, input));
    }

    /// A text that some shell of the person's runs.
    pub(super) fn some_shell(&mut self, what: &str, words: &[Text], scope: &Scope, input: &Input) {
        let mut child = scope.child(None);
        child.dialect = Dialect::Sh;
        match exact(words) {
            Some(words) => {
                let text = words.join(" ");
                self.deeper(|reader| reader.text_from(what, &text, &mut child, input));
            }
            None => {
                self.runs_opaque(what);
                self.mentions(words, scope);
            }
        }
    }

    /// Options, some operands, then the command.
    fn behind(&mut self, words: &[Text], valued: &str, skip: usize, scope: &Scope, input: &Input) {
        let arguments = Arguments::with(words, &[valued], "", true);
        let command = arguments.operands.get(skip..).unwrap_or_default();
        let mut child = scope.child(None);
        if !command.is_empty() {
            self.deeper(|reader| reader.outside_the_shell(command, &mut child, input));
        }
    }

    fn applet(&mut self, name: &str, words: &[Text], scope: &Scope, input: &Input) -> bool {
        match words.first().map(Text::exact) {
            None | Some(Some("--list" | "--help" | "--list-full")) => self.find(self.ground.runs(name, Certainty::Exact)),
            Some(_) => {
                let mut child = scope.child(None);
                self.deeper(|reader| reader.outside_the_shell(words, &mut child, input));
            }
        }
        true
    }

    fn watch(&mut self, words: &[Text], scope: &Scope, input: &Input) -> bool {
        let arguments = Arguments::with(words, &["-n --interval -q --equexit -s --shotsdir"], "-x --exec", true);
        match arguments.has("-x --exec") {
            _ if arguments.operands.is_empty() => self.find(self.ground.runs("watch", Certainty::Exact)),
            true => {
                let mut child = scope.child(None);
                self.deeper(|reader| reader.outside_the_shell(&arguments.operands, &mut child, input));
            }
            false => self.some_shell("watch", &arguments.operands, scope, input),
        }
        true
    }

    /// `script`: it writes what a terminal would show.
    fn typescript(&mut self, words: &[Text], scope: &Scope, input: &Input) -> bool {
        const LOGS: &str = "-T --log-timing -I --log-in -O --log-out -B --log-io";
        const VALUED: &str = "-c --command -E --echo -m --logging-format -o --output-limit";
        let anywhere = Arguments::with(words, &[VALUED, LOGS], "", false);
        let in_front = Arguments::with(words, &[VALUED, LOGS], "", true);
        let logs: Vec<Text> = anywhere.values(LOGS).cloned().collect();
        let commands: Vec<Text> = anywhere.values("-c --command").cloned().collect();
        let file = in_front.operands.first().cloned().unwrap_or_else(|| Text::known("typescript"));
        self.touch_all(Touch::new(Verb::Update), &[logs, vec![file]].concat(), scope);
        let behind = in_front.operands.get(1..).filter(|rest| !rest.is_empty() && commands.is_empty());
        if let Some(command) = behind {
            let mut child = scope.child(None);
            self.deeper(|reader| reader.outside_the_shell(command, &mut child, input));
        }
        if commands.is_empty() && behind.is_none() {
            self.runs_opaque("script");
        }
        for command in commands {
            self.some_shell("script -c", &[command], scope, input);
        }
        true
    }

    /// `su`, `runuser`: the text after `-c`, or a command.
    fn as_somebody(&mut self, words: &[Text], scope: &Scope, input: &Input) {
        const VALUED: &str = "-c --command --session-command -s --shell -g --group -G --supp-group -w --whitelist-environment -u --user";
        let arguments = Arguments::with(words, &[VALUED], "", false);
        let texts: Vec<Text> = arguments.values("-c --command --session-command").cloned().collect();
        let mut scope = scope.clone();
        scope.becomes_somebody_else();
        for text in &texts {
            self.some_shell("su -c", std::slice::from_ref(text), &scope, input);
        }
        if texts.is_empty() && arguments.has("-u --user") {
            self.behind(words, VALUED, 0, &scope, input);
        }
    }

    /// `entr`: `/_` is the file that changed.
    fn on_change(&mut self, words: &[Text], scope: &Scope) -> bool {
        let arguments = Arguments::with(words, &[], "-s", true);
        if arguments.has("-s") {
            self.some_shell("entr -s", arguments.operands.get(..1).unwrap_or_default(), scope, &Input::Unknown);
        } else {
            let changed = Text::unknown("(the file that changed)");
            let command: Vec<Text> =
                arguments.operands.iter().map(|w| if w.exact() == Some("/_") { changed.clone() } else { w.clone() }).collect();
            let mut child = scope.child(None);
            self.deeper(|reader| reader.outside_the_shell(&command, &mut child, &Input::Unknown));
        }
        true
    }

    /// GNU `parallel`: a template for a shell, and arguments to put in.
    fn parallel(&mut self, words: &[Text], scope: &Scope) -> bool {
        const VALUED: &str = "-j --jobs -P --max-procs -n --max-args -N -L -l --max-lines -I -a --arg-file --delay --timeout --retries --joblog \
            --halt --tmpdir --results --wd --workdir --colsep -C -d --delimiter --load --memfree --nice --shuf --tagstring -s --max-chars \
            --progress-file --env --block --recstart --recend -S --sshlogin --sshloginfile --slf --basefile --bf --return --transferfile --tf";
        const PLAIN: &str = "-j --jobs -P --max-procs -n --max-args -N -L --max-lines -a --arg-file --delay --timeout --retries --halt -d --delimiter \
            -0 --null -k --keep-order -v --verbose -t -u --ungroup --bar --eta --progress --will-cite --tag --line-buffer --lb -r --no-run-if-empty \
            --load --memfree --nice --shuf --citation --version --help --joblog -X -m --dry-run --fg --bg --group --linebuffer";
        let arguments = Arguments::with(words, &[VALUED], "", true);
        let odd = arguments.options.iter().any(|(name, _)| !PLAIN.split_whitespace().any(|plain| plain == name));
        if odd || arguments.doubtful {
            self.runs_opaque("parallel");
            self.mentions(words, scope);
        }
        self.touch_all(Touch::new(Verb::Update), &arguments.values("--joblog --results").cloned().collect::<Vec<_>>(), scope);
        self.touch_all(Touch::new(Verb::Read), &arguments.values("-a --arg-file").cloned().collect::<Vec<_>>(), scope);
        let is_source = |w: &Text| w.exact().is_some_and(|t| t.len() >= 3 && t.trim_end_matches('+').bytes().all(|b| b == b':'));
        let sources = arguments.operands.iter().filter(|w| is_source(w)).count();
        let at = arguments.operands.iter().position(is_source).unwrap_or(arguments.operands.len());
        let template = arguments.operands.get(..at).unwrap_or_default();
        let given = arguments.operands.get(at + 1..).unwrap_or_default();
        let files = arguments.operands.get(at).is_some_and(|w| w.text.starts_with("::::"));
        let Some(template) = exact(template).map(|words| words.join(" ")) else {
            self.runs_opaque("parallel");
            self.mentions(words, scope);
            return true;
        };
        let one_by_one = sources == 1 && !files && !arguments.has("-n --max-args -N -L --max-lines -X -m -d --delimiter");
        let listed = exact(given).filter(|given| one_by_one && given.len() <= MOST_ARGUMENTS);
        let mut child = scope.child(None);
        child.dialect = Dialect::Sh;
        child.set(EACH, Value::Unknown, false);
        for argument in listed.map_or_else(|| vec![None], |given| given.into_iter().map(Some).collect()) {
            match instantiated(&template, argument.as_deref()) {
                Some(text) => drop(self.deeper(|reader| reader.text("parallel", &text, &mut child))),
                None => self.runs_opaque("parallel"),
            }
        }
        true
    }

    /// A command behind `--`, or the first word that names a program which is known.
    fn among(&mut self, name: &str, words: &[Text], scope: &Scope, input: &Input) {
        let by_word = |of: &str| words.first().and_then(Text::exact).is_some_and(|w| of.split_whitespace().any(|o| o == w));
        let of_row = table::find(name, words);
        let separated = || words.iter().position(|w| w.exact() == Some("--")).and_then(|at| words.get(at + 1..));
        let candidates = match RUNNERS_BY_WORD.iter().find(|(runner, _)| *runner == name) {
            Some((_, of)) if by_word(of) => words.get(1..),
            Some(_) => None,
            None if of_row.as_ref().is_some_and(|row| row.program.name.contains(' ')) => None,
            None if RUNNERS.contains(&name) => Some(words),
            None if of_row.is_none() => separated(),
            None => None,
        };
        let candidates = candidates.unwrap_or_default();
        let known = |w: &Text| w.exact().is_some_and(|t| table::find(t.rsplit('/').next().unwrap_or(t), &[]).is_some());
        if let Some(command) = candidates.iter().position(known).and_then(|at| candidates.get(at..)) {
            let mut child = scope.child(None);
            self.deeper(|reader| reader.outside_the_shell(command, &mut child, input));
        }
    }
}

/// The same, somewhere else.
fn lost(scope: &Scope) -> Scope {
    let mut elsewhere = scope.clone();
    elsewhere.lost();
    elsewhere.becomes_somebody_else();
    elsewhere
}

/// The text that `parallel` makes of its template for an argument. Nothing where it holds more than `{}` in braces.
fn instantiated(template: &str, argument: Option<&str>) -> Option<String> {
    let plain = |argument: &&str| !argument.is_empty() && argument.bytes().all(|b| b.is_ascii_alphanumeric() || b"_./-".contains(&b));
    let word = argument.filter(plain).map_or_else(|| format!("\"${EACH}\""), str::to_owned);
    if template.is_empty() {
        // Without a template each argument is a command itself.
        return argument.map(str::to_owned);
    }
    let filled = template.replace("{}", "\u{1}");
    if filled.contains('{') {
        return None;
    }
    match filled.contains('\u{1}') {
        true => Some(filled.replace('\u{1}', &word)),
        false => Some(format!("{filled} {word}")),
    }
}

#[cfg(test)]
mod tests;
