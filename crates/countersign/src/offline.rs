//! Answers that are signed elsewhere: on a machine with no service, with a key that never leaves it.
//!
//! `show --export` writes a page that a person reads; `ssh-keygen -Y sign` signs those very bytes; `sign --import` and
//! `refuse --import` take the signature back. What comes back is believed as little as anything: it is verified like an answer that
//! was signed here.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use action::{Answer, BadSignature, Namespace, Reply, Signed};
use agent::{Office, SettleError, Story};
use anyhow::{Context, bail};
use guard::BadAnswer;

use crate::screen::{self, GOOD, Misuse};
use crate::words;

/// The largest page or signature that is read.
const LIMIT: u64 = 1024 * 1024;

/// Writes the page of an answer to a file, or to standard output where none is named.
pub(crate) fn export(answer: &Answer, story: &Story, file: Option<&Path>, json: bool) -> anyhow::Result<()> {
    let page = answer.to_page().map_err(|e| Misuse(e.to_string()))?;
    if page.len() as u64 > LIMIT {
        bail!("the page would be larger than one that is taken back\nhint: sign it here, with `countersign sign`");
    }
    let Some(file) = file else {
        match json {
            true => screen::json(&serde_json::json!({"page": page, "namespace": Namespace::Person.as_str(), "person": answer.person})),
            false => page.lines().for_each(screen::say),
        }
        return Ok(());
    };
    let made = std::fs::OpenOptions::new().write(true).create_new(true).open(file);
    let mut made = match made {
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => bail!(Misuse(format!("`{}` is there already, and nothing was written\nhint: name a new file", file.display()))),
        made => made.with_context(|| format!("`{}` cannot be written", file.display()))?,
    };
    made.write_all(page.as_bytes()).and_then(|()| made.sync_all()).with_context(|| format!("`{}` cannot be written", file.display()))?;
    let (name, short) = (file.display(), words::short(&story.intent.id));
    let (command, word) = if answer.reply == Reply::Yes { ("sign", "yes") } else { ("refuse", "no") };
    if json {
        screen::json(&serde_json::json!({"file": file, "namespace": Namespace::Person.as_str(), "person": answer.person, "reply": word}));
        return Ok(());
    }
    screen::say_in(GOOD, &format!("✓ {name} holds what {} signs to say {word}", answer.person));
    screen::say(&format!("  read it, then sign it: ssh-keygen -Y sign -n {} -f KEY {name}", Namespace::Person.as_str()));
    screen::say(&format!("  and send it back with its signature: countersign {command} {short} --import {name}.sig"));
    Ok(())
}

/// Reads a signature and the page beside it, which is where `ssh-keygen` puts it. Where only the signature was sent back, the page is
/// the one of the yes of whoever the signature says that it is by.
pub(crate) fn import(service: &Office, story: &Story, signature: &Path) -> anyhow::Result<(Signed, Answer)> {
    let armored = text_of(signature)?;
    let page = signature.extension().filter(|end| *end == "sig").map(|_| signature.with_extension(""));
    let text = match page.filter(|page| page.exists()) {
        Some(page) => text_of(&page)?,
        None => page_of_signer(service, story, &armored).with_context(|| format!("the page that `{}` signs is not beside it, and cannot be made again", signature.display()))?,
    };
    let signed = Signed { text, signature: armored };
    let answer = Answer::read(&signed.text).map_err(|e| Misuse(format!("what was signed is no answer: {e}\nhint: sign the exported file byte for byte, and send that very file back")))?;
    Ok((signed, answer))
}

fn page_of_signer(service: &Office, story: &Story, armored: &str) -> anyhow::Result<String> {
    let signed = Signed { text: String::new(), signature: armored.to_owned() };
    let key = signed.claimed_key()?;
    let roster = service.book.roster()?;
    let person = roster.person_of(&key).context("the signature is by a key that nobody is enrolled with")?;
    Ok(crate::commands::sign::answer_of(service, story, person.clone(), Reply::Yes, "")?.to_page()?)
}

fn text_of(file: &Path) -> anyhow::Result<String> {
    let cannot = || format!("`{}` cannot be read", file.display());
    let mut bytes = Vec::new();
    std::fs::File::open(file).with_context(cannot)?.take(LIMIT + 1).read_to_end(&mut bytes).with_context(cannot)?;
    if bytes.len() as u64 > LIMIT {
        bail!(Misuse(format!("`{}` is too large to be an answer or a signature", file.display())));
    }
    String::from_utf8(bytes).map_err(|_| Misuse(format!("`{}` is not text", file.display())).into())
}

/// What to do about an answer that was not believed.
pub(crate) fn with_hint(error: SettleError) -> anyhow::Error {
    let hint = match &error {
        SettleError::Answer(BadAnswer::Signature(BadSignature::Namespace { .. })) => "sign it with `ssh-keygen -Y sign -n countersign`",
        SettleError::Answer(BadAnswer::Signature(BadSignature::Unreadable { .. })) => "send the whole signature file back, from its BEGIN line to its END line",
        SettleError::Answer(BadAnswer::Signature(BadSignature::Mismatch)) => "the page was changed after it was signed, or is another one: sign the exported file byte for byte",
        SettleError::Answer(BadAnswer::OtherIntent { .. }) => "this was signed for another intent: export this one",
        SettleError::Answer(BadAnswer::OtherEffects { .. } | BadAnswer::OtherPolicy { .. } | BadAnswer::OtherGeneration { .. } | BadAnswer::Expired { .. }) => {
            "what was signed is not what is asked now: export it again, or have it asked for again"
        }
        SettleError::Answer(BadAnswer::UnknownKey { .. }) => "`countersign people` lists the keys that are known; `countersign people add` gives somebody a further one",
        _ => return error.into(),
    };
    anyhow::Error::from(error).context(format!("nothing was recorded\nhint: {hint}"))
}

/// Where a signature comes from, on the command line.
#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// Take a signature that was made elsewhere, of the page that `show --export` wrote: FILE.sig beside FILE.
    #[arg(long = "import", value_name = "FILE.sig")]
    pub file: Option<PathBuf>,
}
