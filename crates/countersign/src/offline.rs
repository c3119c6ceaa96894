//! Answers that are signed elsewhere: on a machine with no service, with a key that never leaves it.
//!
//! `show --export` writes a page that a person reads; `ssh-keygen -Y sign` or a passkey signs those very bytes; `sign --import` and
//! `refuse --import` take the signature back. What comes back is believed as little as anything: it is verified like an answer that
//! was signed here.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use action::{Answer, BadAssertion, BadSignature, Namespace, Reply, Signed};
use agent::{Office, SettleError, Story};
use anyhow::{Context, bail};
use guard::BadAnswer;

use crate::screen::{self, GOOD, Misuse};
use crate::words;

/// The largest page or signature that is read.
const LIMIT: u64 = 1024 * 1024;

/// The page of an answer.
pub(crate) fn page_of(answer: &Answer) -> anyhow::Result<String> {
    let page = answer.to_page().map_err(|e| Misuse(e.to_string()))?;
    if page.len() as u64 > LIMIT {
        bail!("the page would be larger than one that is taken back\nhint: sign it here, with `countersign sign`");
    }
    Ok(page)
}

/// Writes the page and, beside it, what a browser is asked so that the person's passkey signs this very page.
pub(crate) fn export_for_passkey(service: &Office, answer: &Answer, story: &Story, file: Option<&Path>, json: bool) -> anyhow::Result<()> {
    let page = page_of(answer)?;
    let request = crate::passkeys::request(service, &page, &answer.person)?;
    let Some(file) = file else {
        if !json {
            bail!(Misuse("with --passkey two texts are written: the page, and what a browser is asked\nhint: name a file, or add --json".into()));
        }
        screen::json(&serde_json::json!({"page": page, "request": request, "person": answer.person}));
        return Ok(());
    };
    let asked = PathBuf::from(format!("{}.request.json", file.display()));
    write_new(file, page.as_bytes())?;
    write_new(&asked, serde_json::to_string_pretty(&request)?.as_bytes())?;
    let (name, short) = (file.display(), words::short(&story.intent.id));
    let (command, word) = if answer.reply == Reply::Yes { ("sign", "yes") } else { ("refuse", "no") };
    if json {
        screen::json(&serde_json::json!({"file": file, "request": asked, "person": answer.person, "reply": word}));
        return Ok(());
    }
    screen::say_in(GOOD, &format!("✓ {name} holds what {} signs to say {word}", answer.person));
    screen::say(&format!("  read it, then give {} to a page of this service: navigator.credentials.get", asked.display()));
    screen::say(&format!("  and send its answer back as {name}.json: countersign {command} {short} --import {name}.json"));
    Ok(())
}

/// Writes the page of an answer to a file, or to standard output where none is named.
pub(crate) fn export(answer: &Answer, story: &Story, file: Option<&Path>, json: bool) -> anyhow::Result<()> {
    let page = page_of(answer)?;
    let Some(file) = file else {
        match json {
            true => screen::json(&serde_json::json!({"page": page, "namespace": Namespace::Person.as_str(), "person": answer.person})),
            false => page.lines().for_each(screen::say),
        }
        return Ok(());
    };
    write_new(file, page.as_bytes())?;
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

/// Writes a file that is not there yet.
pub(crate) fn write_new(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let made = std::fs::OpenOptions::new().write(true).create_new(true).open(file);
    let mut made = match made {
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => bail!(Misuse(format!("`{}` is there already, and was not written\nhint: name a new file", file.display()))),
        made => made.with_context(|| format!("`{}` cannot be written", file.display()))?,
    };
    made.write_all(bytes).and_then(|()| made.sync_all()).with_context(|| format!("`{}` cannot be written", file.display()))
}

/// Reads a signature and the page beside it, which is where `ssh-keygen` puts it. Where only the signature was sent back, the page is
/// the one of the yes of whoever the signature says that it is by.
pub(crate) fn import(service: &Office, story: &Story, signature: &Path) -> anyhow::Result<(Signed, Answer)> {
    let armored = text_of(signature)?;
    let assertion = if crate::passkeys::is_response(&armored) { Some(crate::passkeys::assertion(&armored)?) } else { None };
    let ending = if assertion.is_some() { "json" } else { "sig" };
    let page = signature.extension().filter(|end| *end == ending).map(|_| signature.with_extension(""));
    let yes_of = |person| page_of(&crate::commands::sign::answer_of(service, story, person, Reply::Yes, "")?);
    let text = match (page.filter(|page| page.exists()), &assertion) {
        (Some(page), _) => text_of(&page),
        (None, Some(assertion)) => crate::passkeys::page_of(service, assertion, yes_of),
        (None, None) => page_of_signer(service, story, &armored),
    };
    let text = text.with_context(|| format!("the page that `{}` signs is not beside it, and cannot be made again", signature.display()))?;
    let signed = match &assertion {
        Some(assertion) => crate::passkeys::signed(service, &service.book.roster()?, &text, assertion)?,
        None => Signed { text, signature: armored },
    };
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

/// What a file says, up to a limit.
pub(crate) fn text_of(file: &Path) -> anyhow::Result<String> {
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
        SettleError::Answer(BadAnswer::Signature(BadSignature::Passkey(BadAssertion::OtherChallenge))) => "the page was changed after it was exported, or the passkey was asked to sign another one: export it again with --passkey, and send the page back beside the answer",
        SettleError::Answer(BadAnswer::Signature(BadSignature::Passkey(BadAssertion::OtherOrigin { .. }) | BadSignature::OtherPage { .. })) => "have it signed on a page of this service: `[passkeys]` in config.toml names them",
        SettleError::Answer(BadAnswer::Signature(BadSignature::Passkey(BadAssertion::Unverified | BadAssertion::Absent))) => "sign it again, and let the device verify you (PIN, finger or face)",
        SettleError::Answer(BadAnswer::Signature(BadSignature::Passkey(_))) => "export the page again with --passkey, and have it signed on a page of this service",
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
    /// Take a signature that was made elsewhere, of the page that `show --export` wrote: FILE.sig beside FILE, or a passkey's answer, FILE.json.
    #[arg(long = "import", value_name = "FILE")]
    pub file: Option<PathBuf>,
}
