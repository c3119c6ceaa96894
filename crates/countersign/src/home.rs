//! The service's folder, resolved once: where it is, its keys, its ledger, who sits here.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use action::{Digest, PersonId};
use agent::{Book, Budget, Office, Teams};
use anyhow::{Context, bail};
use broker::mcp::login::Logins;
use guard::{Guard, GuardKey, Person, PolicySource, Roster, Signer};
use ledger::LogKey;
use model::Prices;
use serde::{Deserialize, Serialize};

use crate::args::Common;
use crate::screen::{self, Misuse, Outside};
use crate::channels::Channel;
use crate::clock;
use crate::mcp_settings::{McpClient, McpVariables};
use crate::passkeys::PasskeysConfig;

/// The first argument that makes this program the inside of a box.
pub(crate) const BOX_WORD: &str = "box";

const SCHEMA: &str = include_str!("../../../policies/schema.cedarschema");
const POLICIES: &str = include_str!("../../../policies/default.cedar");
const INVARIANTS: &str = include_str!("../../../policies/invariants.cedar");
/// The policy, as `cargo run -p guard --example prepare_policy` makes it; a test holds the two together.
const PREPARED: &str = include_str!("../../../policies/default.json");

/// The policy in this program.
pub(crate) fn built_in() -> PolicySource<'static> {
    PolicySource { policies: POLICIES, schema: SCHEMA }
}

/// The text of the policy in force: the one that people signed, else the one in this program.
pub(crate) fn policy_of(book: &Book) -> anyhow::Result<String> {
    match book.roster()?.standing().policy() {
        None => Ok(POLICIES.to_owned()),
        Some(digest) => policy_text(book, digest, "in force"),
    }
}

/// The text of a policy that people signed.
pub(crate) fn policy_text(book: &Book, digest: Digest, which: &str) -> anyhow::Result<String> {
    let bytes = book.get(&digest).with_context(|| format!("the policy {which}, {digest}, cannot be read\nhint: put the service's blobs back from a copy")).map_err(Outside)?;
    String::from_utf8(bytes).map_err(|_| Outside(anyhow::anyhow!("the policy {which}, {digest}, is no text")).into())
}

/// What no policy may permit, with the same schema.
pub(crate) fn invariants() -> PolicySource<'static> {
    PolicySource { policies: INVARIANTS, schema: SCHEMA }
}

/// `config.toml`: who sits here.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)] // a limit under a name that nobody reads would not hold
pub(crate) struct Config {
    /// The person that agents on this machine act for.
    pub person: Option<String>,
    /// Their key: a private key file, or a public one whose private half the agent holds.
    pub key: Option<PathBuf>,
    /// Further `host:port` that the dependency door opens for (a company's registry).
    #[serde(default)]
    pub registries: Vec<String>,
    /// Names of variables of this machine that MCP servers of projects may see.
    #[serde(default, skip_serializing_if = "McpVariables::is_none")]
    pub mcp_variables: McpVariables,
    /// Hosts on private networks at which MCP servers may be reached by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mcp_private: Vec<String>,
    /// Who we are to whoever vouches for an MCP server, by the server's address.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub mcp_logins: BTreeMap<String, McpClient>,
    /// Where pages may be fetched without a signature.
    #[serde(default, skip_serializing_if = "FetchConfig::is_none")]
    pub fetch: FetchConfig,
    /// For whom passkeys are made, and on which pages they sign.
    #[serde(default, skip_serializing_if = "PasskeysConfig::is_none")]
    pub passkeys: PasskeysConfig,
    /// Who is in which team, for budgets.
    #[serde(default, skip_serializing_if = "Teams::is_none")]
    pub teams: Teams,
    /// Where people are told what must not be overlooked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<Channel>,
    /// How much may be spent on models.
    #[serde(default, skip_serializing_if = "Budget::is_none")]
    pub budget: Budget,
}

/// `[fetch]` of `config.toml`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FetchConfig {
    /// Hosts of documentation, each by its own name: `docs.rs`, `localhost:8000`.
    #[serde(default)]
    pub hosts: Vec<String>,
}

impl FetchConfig {
    fn is_none(&self) -> bool {
        self.hosts.is_empty()
    }

    /// The hosts as policy names them.
    fn named(&self) -> anyhow::Result<Vec<String>> {
        let name = |host: &String| {
            let url = action::PageUrl::parse(&format!("https://{host}/")).ok().map(|url| url.name());
            let named = url.filter(|name| name.eq_ignore_ascii_case(host.strip_suffix(":443").unwrap_or(host)));
            named.ok_or_else(|| Misuse(format!("`{host}` under [fetch] in config.toml is not HOST or HOST:PORT")).into())
        };
        self.hosts.iter().map(name).collect()
    }
}

/// The folder and what was typed about it.
pub(crate) struct Home {
    pub folder: PathBuf,
    pub config: Config,
    common: Common,
}

impl Home {
    /// Finds the folder; does not make it.
    pub(crate) fn find(common: &Common) -> anyhow::Result<Self> {
        let folder = match &common.home {
            Some(folder) => absolute(folder)?,
            None => data_folder()?.join("countersign"),
        };
        let config = match fs::read_to_string(folder.join("config.toml")) {
            Ok(text) => toml::from_str(&text).map_err(|e| Misuse(format!("{} cannot be read: {e}", folder.join("config.toml").display())))?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Config::default(),
            Err(e) => return Err(e).with_context(|| format!("{} cannot be read", folder.join("config.toml").display())),
        };
        Ok(Self { folder, config, common: common.clone() })
    }

    /// Whether `init` has been here and has done all of its work: `config.toml` is the last thing it writes.
    pub(crate) fn is_founded(&self) -> bool {
        self.folder.join("config.toml").exists()
    }

    /// Opens the service.
    pub(crate) fn service(&self) -> anyhow::Result<Office> {
        self.opened(|source, hosts, key| Guard::with_registries(source, hosts, key))
    }

    /// Opens the service for one question: the policy in this program, which its tests check whole, is only read.
    pub(crate) fn service_for_one(&self) -> anyhow::Result<Office> {
        self.opened(|source, hosts, key| Guard::with_prepared(source, PREPARED, hosts, key))
    }

    fn opened(&self, guard_of: impl Fn(PolicySource<'static>, Vec<&str>, GuardKey) -> Result<Guard, guard::BadPolicy> + Sync) -> anyhow::Result<Office> {
        if !self.folder.join("keys/guard").exists() && !self.is_founded() {
            bail!(Misuse(format!("there is no service in {}\nhint: run `countersign init` first, or name another folder with --home", self.folder.display())));
        }
        let guard_key = GuardKey::from_openssh(&self.secret("guard")?).context("keys/guard cannot be read").map_err(Outside)?;
        let log_key = LogKey::from_text(&self.secret("log")?).context("keys/log cannot be read").map_err(Outside)?;
        self.check_ledger()?;
        let reachable = crate::door::reachable(self)?;
        let policy = || guard_of(built_in(), reachable.iter().map(String::as_str).collect(), guard_key);
        // Each takes milliseconds, and whoever asks one question waits for both.
        let (book, guard) = std::thread::scope(|scope| {
            let guard = scope.spawn(policy);
            (Book::open(&self.folder, log_key, Box::new(clock::now)), guard.join())
        });
        let (book, guard) = (book?, guard.map_err(|_| anyhow::anyhow!("the policy could not be read: a defect of countersign, please report it"))?);
        let book = book.keeping(self.folder.join("roster"), GuardKey::from_openssh(&self.secret("guard")?).context("keys/guard cannot be read").map_err(Outside)?);
        let guard = match book.roster()?.standing().policy() {
            None => guard,
            Some(_) => {
                let key = GuardKey::from_openssh(&self.secret("guard")?).context("keys/guard cannot be read").map_err(Outside)?;
                let policies = policy_of(&book)?;
                Guard::with_registries(PolicySource { policies: &policies, ..built_in() }, reachable.iter().map(String::as_str), key)
            }
        };
        self.office(&self.folder, book, guard, reachable)
    }

    /// The policy that people observe. It signs nothing, and has a key that nobody knows.
    fn observed(&self, book: &Book, reachable: &[String]) -> anyhow::Result<Option<(Digest, Guard)>> {
        let Some(digest) = book.roster()?.standing().observed() else { return Ok(None) };
        let policies = policy_text(book, digest, "that is observed")?;
        let source = PolicySource { policies: &policies, ..built_in() };
        let guard = Guard::with_registries(source, reachable.iter().map(String::as_str), GuardKey::generate(clock::seed()?));
        Ok(Some((digest, guard.context("the policy that is observed is not valid")?)))
    }

    /// A service in a folder that is thrown away, with nobody in it and no environment: for what is only supposed where there is none.
    pub(crate) fn scratch(&self, folder: &Path) -> anyhow::Result<Office> {
        let book = Book::open(folder, LogKey::generate("scratch", clock::seed()?), Box::new(clock::now))?;
        let key = GuardKey::generate(clock::seed()?);
        let reachable = crate::door::reachable(self)?;
        let guard = Guard::with_registries(built_in(), reachable.iter().map(String::as_str), key);
        self.office(folder, book, guard, reachable)
    }

    fn office(&self, folder: &Path, book: Book, guard: Result<Guard, guard::BadPolicy>, reachable: Vec<String>) -> anyhow::Result<Office> {
        let guard = guard.context("the policy in force is not valid")?;
        let documentation = self.config.fetch.named()?;
        let naming = |guard: Guard| guard.naming_documentation(documentation.iter().map(String::as_str)).context("the built-in policy is not valid");
        let guard = naming(guard)?;
        // What is only looked at holds nobody up.
        let observed = self.observed(&book, &reachable).and_then(|observed| observed.map(|(policies, guard)| Ok((policies, naming(guard)?))).transpose());
        let observed = observed.unwrap_or_else(|e| {
            screen::complain(&format!("no policy is observed: {e:#}"));
            None
        });
        let variables = variables();
        let teams = self.config.teams.clone().with_signed(book.roster()?.teams());
        Ok(Office {
            book,
            guard,
            observed,
            folder: folder.to_owned(),
            home: user_home()?,
            reachable,
            documentation,
            gh_host: variables.iter().find(|(name, _)| name == "GH_HOST").map(|(_, host)| host.clone()),
            gh: variables.into_iter().filter(|(name, _)| sandbox::gh_may_see(name)).collect(),
            passkeys: self.config.passkeys.party()?,
            budget: self.config.budget.clone(),
            teams,
            prices: self.prices()?,
            ids: Box::new(clock::id),
        })
    }

    /// The published prices, and those that people added in `prices.toml`.
    pub(crate) fn prices(&self) -> anyhow::Result<Prices> {
        let published = Prices::published().context("the built-in prices are not valid")?;
        let own = self.folder.join("prices.toml");
        match fs::read_to_string(&own) {
            Ok(text) => published.with(&text).map_err(|e| Misuse(format!("{} cannot be read: {e}", own.display())).into()),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(published),
            Err(e) => Err(e).with_context(|| format!("{} cannot be read", own.display())),
        }
    }

    /// A ledger that was lost must not begin anew in silence, with nobody enrolled and nothing that ever happened.
    fn check_ledger(&self) -> anyhow::Result<()> {
        let ledger = self.folder.join("ledger.sqlite");
        if self.is_founded() && !is_database(&ledger) {
            bail!(Outside(anyhow::anyhow!("the ledger {} is missing or empty, or is none\nhint: put it back from a copy; to begin anew, name another folder with --home", ledger.display())));
        }
        Ok(())
    }

    /// Makes the folder and the service's own keys, those that are absent. Returns the log's and the guard's public keys.
    pub(crate) fn found(&self) -> anyhow::Result<(String, String)> {
        for folder in [self.folder.clone(), self.folder.join("keys"), self.folder.join("sessions")] {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        }
        // A crash may have left one of them: what is there is used, so that a ledger never changes its key.
        if self.secret("log").is_err() {
            self.write_secret("log", &LogKey::generate("countersign", clock::seed()?).to_text())?;
        }
        if self.secret("guard").is_err() {
            self.write_secret("guard", &GuardKey::generate(clock::seed()?).to_openssh()?)?;
        }
        let (log, guard) = (LogKey::from_text(&self.secret("log")?)?, GuardKey::from_openssh(&self.secret("guard")?)?);
        Ok((log.vkey(), guard.public().to_openssh()?))
    }

    /// Writes `config.toml`, whole or not at all.
    pub(crate) fn save(&self, config: &Config) -> anyhow::Result<()> {
        let temporary = self.folder.join("config.toml.new");
        fs::write(&temporary, toml::to_string_pretty(config)?)?;
        Ok(fs::rename(temporary, self.folder.join("config.toml"))?)
    }

    /// A new private key of a person in the service's folder.
    pub(crate) fn make_key(&self, person: &str) -> anyhow::Result<PathBuf> {
        let name = format!("person-{person}");
        self.write_secret(&name, &guard::generate_person_key(clock::seed()?, person)?)?;
        Ok(self.folder.join("keys").join(name))
    }

    /// The MCP servers that a project asks for, and what is wrong with how it asks.
    pub(crate) fn mcp_servers(&self, root: &Path) -> (Vec<agent::mcp::Wanted>, Vec<String>) {
        let variables = variables();
        let allowed = |server: &str, address: Option<&str>, name: &str| {
            let may = self.config.mcp_variables.allow(server, address, name);
            variables.iter().find(|(known, _)| may && known == name).map(|(_, value)| value.clone())
        };
        let (mut wanted, mut notes) = agent::mcp::Wanted::read(root, &allowed, &self.logins());
        wanted.iter_mut().for_each(|one| one.private.clone_from(&self.config.mcp_private));
        notes.extend(self.config.mcp_private.iter().filter(|host| host.contains([':', '/'])).map(|host| format!("`{host}` under mcp_private in config.toml is no host name, so it names none")));
        (wanted, notes)
    }

    /// Where people are logged in to MCP servers.
    pub(crate) fn logins(&self) -> Logins {
        Logins::of(&self.folder.join("keys/mcp"), clock::now)
    }

    /// The person that is meant: typed, or of the typed key, or of `init`.
    pub(crate) fn person(&self, service: &Office) -> anyhow::Result<PersonId> {
        let roster = service.book.roster()?;
        if let Some(name) = &self.common.person {
            let person = PersonId::new(name);
            check_enrolled(&roster, &person)?;
            let key = self.common.key.as_ref().or(self.config.key.as_ref());
            let Some((path, public)) = key.and_then(|path| Some((path, public_key(path).ok()?))).filter(|(_, key)| roster.person_of(key) == Some(&person)) else {
                bail!("to act as `{name}` takes a key of theirs\nhint: give it with --key FILE");
            };
            check_not_revoked(&roster, path, &public)?;
            return Ok(person);
        }
        if let Some(path) = &self.common.key {
            let public = public_key(path)?;
            check_not_revoked(&roster, path, &public)?;
            let found = roster.person_of(&public).cloned();
            return found.with_context(|| format!("the key {} belongs to nobody who is enrolled\nhint: `countersign people add NAME --public-key {}.pub`", path.display(), path.display()));
        }
        match &self.config.person {
            Some(name) => {
                let person = PersonId::new(name);
                check_enrolled(&roster, &person)?;
                if let Some((path, public)) = self.config.key.as_ref().and_then(|path| Some((path, public_key(path).ok()?))) {
                    check_not_revoked(&roster, path, &public)?;
                }
                Ok(person)
            }
            None => bail!("nobody sits here yet\nhint: run `countersign init`"),
        }
    }

    /// What signs for the person: the typed key, or the one of `init`; through the agent where it holds the key.
    pub(crate) fn signer(&self) -> anyhow::Result<Signer> {
        let path = self.key()?;
        if let Some(signer) = agent_signer(&path)? {
            return Ok(signer);
        }
        let bytes = fs::read(&path).with_context(|| format!("the key {} cannot be read", path.display()))?;
        if ssh_key::PublicKey::from_openssh(String::from_utf8_lossy(&bytes).trim()).is_ok() {
            bail!(Misuse(format!("{0} is a public key, and no ssh-agent that can be reached holds its private half\nhint: `ssh-add` it, or give --key the private key's file", path.display())));
        }
        match Signer::from_key_file(&bytes, None) {
            Ok(signer) => Ok(signer),
            Err(guard::NotSigned::PassphraseNeeded) => {
                let passphrase = crate::terminal_desk::passphrase(&path)?;
                Ok(Signer::from_key_file(&bytes, Some(&passphrase))?)
            }
            Err(e) => Err(e).with_context(|| format!("the key {} cannot be used", path.display())),
        }
    }

    /// Where the key is that signs here.
    fn key(&self) -> anyhow::Result<PathBuf> {
        let known = self.common.key.clone().or_else(|| self.config.key.clone());
        known.context("no key is known\nhint: run `countersign init`, or give --key FILE")
    }

    /// The key that signs here, in a line: its kind, its fingerprint, and whether an agent or a file has it.
    pub(crate) fn key_line(&self) -> anyhow::Result<String> {
        let path = self.key()?;
        let public = public_key(&path)?;
        let holder = match agent_signer(&path)? {
            Some(_) => "ssh-agent holds it",
            None => match Signer::from_key_file(&fs::read(&path).with_context(|| format!("the key {} cannot be read", path.display()))?, None) {
                Ok(_) => "a file without a passphrase",
                Err(guard::NotSigned::PassphraseNeeded) => "a file; its passphrase is asked for",
                Err(e) => return Err(e).with_context(|| format!("the key {} cannot be used", path.display())),
            },
        };
        Ok(format!("{} {} in {} ({holder})", public.algorithm(), public.fingerprint(ssh_key::HashAlg::Sha256), path.display()))
    }

    fn secret(&self, name: &str) -> anyhow::Result<String> {
        let path = self.folder.join("keys").join(name);
        fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))
    }

    fn write_secret(&self, name: &str, text: &str) -> anyhow::Result<()> {
        let path = self.folder.join("keys").join(name);
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("{} cannot be made", path.display()))?;
        file.write_all(text.as_bytes())?;
        Ok(file.sync_all()?)
    }
}

/// Nothing is done for a stranger, nor for somebody who was removed.
fn check_enrolled(roster: &Roster, person: &PersonId) -> anyhow::Result<()> {
    match roster.person(person) {
        Some(Person { removed: None, .. }) => Ok(()),
        Some(Person { removed: Some(at), .. }) => bail!("`{person}` was removed at {}: nothing is done for them any more\nhint: an admin can enrol them under another name, with a new key", at.text()),
        None => bail!("`{person}` is not enrolled\nhint: `countersign people` lists who is; `countersign people add` enrols"),
    }
}

/// A key that was taken away says of nobody that they are here.
fn check_not_revoked(roster: &Roster, path: &Path, public: &ssh_key::PublicKey) -> anyhow::Result<()> {
    let Some(known) = roster.key(public) else { return Ok(()) };
    check_enrolled(roster, &known.person)?;
    match known.revoked.filter(|from| *from <= clock::now().max(roster.latest())) {
        Some(from) => bail!("the key {0} of `{1}` is revoked and signs nothing from {2} on\nhint: use another key of theirs, or ask an admin for one: countersign people add {1} --public-key FILE", path.display(), known.person, from.text()),
        None => Ok(()),
    }
}

/// Whether a file begins as databases do: of one that is only a few bytes long SQLite would make a new one.
fn is_database(path: &Path) -> bool {
    let mut start = [0_u8; 16];
    fs::File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start == *b"SQLite format 3\0"
}

/// The public half of a key file, private or public.
pub(crate) fn public_key(path: &Path) -> anyhow::Result<ssh_key::PublicKey> {
    let beside = PathBuf::from(format!("{}.pub", path.display()));
    for candidate in [path, &beside] {
        if let Some(key) = fs::read_to_string(candidate).ok().and_then(|text| ssh_key::PublicKey::from_openssh(text.trim()).ok()) {
            return Ok(key);
        }
    }
    let text = fs::read_to_string(path).with_context(|| format!("the key {} cannot be read", path.display()))?;
    let private = ssh_key::PrivateKey::from_openssh(text).with_context(|| format!("{} is not an OpenSSH key", path.display()))?;
    Ok(private.public_key().clone())
}

/// A signer through ssh-agent, where one runs and holds this key.
#[expect(clippy::disallowed_methods, reason = "the face resolves the environment")]
fn agent_signer(path: &Path) -> anyhow::Result<Option<Signer>> {
    let Some(socket) = std::env::var_os("SSH_AUTH_SOCK").filter(|socket| !socket.is_empty()) else {
        return Ok(None);
    };
    let Ok(public) = public_key(path) else { return Ok(None) };
    Ok(Signer::agent(Path::new(&socket), &public).ok())
}

/// This very program, as the inside of a box: also when its file was replaced by an update while it runs.
pub(crate) fn launcher() -> Vec<OsString> {
    vec!["/proc/self/exe".into(), BOX_WORD.into()]
}

/// The person's home folder.
#[expect(clippy::disallowed_methods, reason = "the face resolves the environment")]
pub(crate) fn user_home() -> anyhow::Result<PathBuf> {
    match std::env::var_os("HOME").filter(|home| !home.is_empty()) {
        Some(home) => Ok(PathBuf::from(home)),
        None => bail!("HOME is not set\nhint: set it to your home folder"),
    }
}

/// All environment variables that are text.
#[expect(clippy::disallowed_methods, reason = "the face resolves the environment")]
pub(crate) fn variables() -> Vec<(String, String)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect()
}

#[expect(clippy::disallowed_methods, reason = "the face resolves the environment")]
fn data_folder() -> anyhow::Result<PathBuf> {
    match std::env::var_os("XDG_DATA_HOME").filter(|folder| !folder.is_empty()) {
        Some(folder) => absolute(Path::new(&folder)),
        None => Ok(user_home()?.join(".local/share")),
    }
}

fn absolute(path: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("`{}` is not a usable path", path.display()))
}

#[cfg(test)]
mod tests;
