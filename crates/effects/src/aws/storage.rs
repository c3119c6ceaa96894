//! `aws s3`: copies, moves and deletions between buckets and local files, told of both sides.

use action::{Certainty, Effect, Resource, Reversibility, Tier, Verb};

use super::Command;
use crate::path::shown;
use crate::place::Touch;
use crate::protected::looks_like_data;
use crate::shell::{Arguments, Reader, Scope, Text};

/// Options with a value.
const VALUED: &str = "--exclude --include --acl --grants --sse --sse-c --sse-c-key --sse-kms-key-id --sse-c-copy-source --sse-c-copy-source-key \
                      --storage-class --website-redirect --content-type --cache-control --content-disposition --content-encoding \
                      --content-language --expires --source-region --page-size --metadata --metadata-directive --expected-size --copy-props \
                      --checksum-algorithm --checksum-mode --expires-in --index-document --error-document --bucket-name-prefix \
                      --bucket-region --case-conflict --tags";
/// Options that matter by being there. `--dryrun` is not among them: shortened, it does not count.
const NOTED: &str = "--recursive --delete --force";

/// One end of a transfer.
enum Side<'w> {
    /// In a bucket.
    Bucket(Stored),
    /// A local path.
    Local(&'w Text),
    /// The program's own input or output.
    Stream,
}

/// Objects, by the bucket and the beginning of their keys.
#[derive(Clone)]
struct Stored {
    bucket: String,
    key: String,
    certainty: Certainty,
}

impl Reader<'_> {
    pub(super) fn aws_storage(&mut self, command: &Command<'_>, words: &[Text], scope: &mut Scope) {
        let arguments = Arguments::with(&command.rest, &[VALUED], NOTED, false);
        if arguments.is_doubtful() || command.call.doubtful {
            self.aws_opaque(&format!("s3 {}", command.operation), words, scope);
        }
        let sides: Vec<Side<'_>> = arguments.operands().iter().map(side).collect();
        let transfer = Transfer { command, arguments: &arguments, scope };
        match (command.operation, sides.as_slice()) {
            ("ls", []) => {
                let spot = self.aws_spot(&command.call, false, &[], scope);
                let effect = Effect::in_workspace(Verb::Read, Resource::new("s3 bucket", "all")).at(spot.environment, spot.tier);
                self.find(self.aws_notes(effect.noted("s3 ls, list"), command));
            }
            ("ls", [Side::Bucket(stored)]) => self.stored(&transfer, Verb::Read, stored),
            ("cp" | "mv" | "sync", [from, to]) => self.transfer(&transfer, from, to),
            ("rm", [Side::Bucket(stored)]) => self.stored(&transfer, Verb::Delete, stored),
            ("mb", [Side::Bucket(stored)]) => self.stored(&transfer, Verb::Create, stored),
            ("rb", [Side::Bucket(stored)]) => self.stored(&transfer, Verb::Delete, stored),
            ("presign" | "website", [Side::Bucket(stored)]) => self.stored(&transfer, Verb::Expose, stored),
            // `aws s3 ls bucket` goes without the scheme.
            ("ls" | "mb" | "rb" | "website" | "presign" | "rm", [Side::Local(word)]) => {
                let stored = Stored { certainty: certainty(word), ..parts(&word.text) };
                let verb = match command.operation {
                    "ls" => Verb::Read,
                    "mb" => Verb::Create,
                    "rb" | "rm" => Verb::Delete,
                    _ => Verb::Expose,
                };
                self.stored(&transfer, verb, &stored);
            }
            (operation, _) => self.aws_opaque(&format!("s3 {operation}"), words, scope),
        }
    }

    fn transfer(&mut self, transfer: &Transfer<'_>, from: &Side<'_>, to: &Side<'_>) {
        let moves = transfer.command.operation == "mv";
        let deep = transfer.is_deep();
        let touch = |verb| if deep { Touch::new(verb).recursive() } else { Touch::new(verb) };
        match from {
            Side::Bucket(stored) => {
                self.stored(transfer, Verb::Read, stored);
                if moves {
                    self.stored(transfer, Verb::Delete, stored);
                }
            }
            Side::Local(path) => {
                let verb = if moves && !transfer.is_dry() { Verb::Delete } else { Verb::Read };
                self.touch(touch(verb), path, transfer.scope);
            }
            Side::Stream => {}
        }
        let takes_away = transfer.command.operation == "sync" && transfer.arguments.has("--delete");
        match to {
            Side::Bucket(stored) => {
                self.stored(transfer, Verb::Update, stored);
                if takes_away {
                    self.stored(transfer, Verb::Delete, stored);
                }
                if transfer.arguments.has("--acl --grants") && !transfer.is_private() {
                    self.stored(transfer, Verb::Expose, stored);
                }
            }
            Side::Local(_) if transfer.is_dry() => {}
            Side::Local(path) => {
                let directory = deep || path.text.ends_with('/') || matches!(path.exact(), Some("." | ".."));
                let target = if directory { Text::below(path) } else { (*path).clone() };
                self.touch(touch(Verb::Update), &target, transfer.scope);
                if takes_away {
                    self.touch(touch(Verb::Delete), path, transfer.scope);
                }
            }
            Side::Stream => {}
        }
    }

    /// Something is done to objects, or to their bucket.
    fn stored(&mut self, transfer: &Transfer<'_>, verb: Verb, stored: &Stored) {
        let Transfer { command, arguments, scope } = transfer;
        let spot = self.spot_of_bucket(&command.call, &stored.bucket, scope);
        let bucket_itself = matches!(command.operation, "mb" | "rb" | "website");
        let deep = transfer.is_deep() || command.operation == "ls";
        let (kind, name) = match (bucket_itself, stored.key.is_empty(), deep) {
            (true, ..) | (_, true, true) => ("s3 bucket", stored.bucket.clone()),
            (false, _, true) => ("s3 object", format!("{}/{}*", stored.bucket, stored.key)),
            (false, _, false) => ("s3 object", format!("{}/{}", stored.bucket, stored.key)),
        };
        let dry = transfer.is_dry() && verb != Verb::Read;
        let said = if dry { Verb::Read } else { verb };
        // What goes where nobody knows, others may see.
        let verb = if said == Verb::Update && spot.tier == Tier::Unknown { Verb::Expose } else { said };
        let mut effect = Effect::in_workspace(verb, Resource::new(kind, shown(&name))).at(spot.environment, spot.tier);
        effect.certainty = match transfer.certainty() {
            Certainty::Exact if verb != Verb::Read => stored.certainty,
            certainty => certainty.max(stored.certainty.min(Certainty::AtLeast)),
        };
        effect.data_bearing = match verb {
            Verb::Create => false,
            Verb::Read => !dry && command.operation != "ls",
            // What was there under these keys, if anything, is written over.
            Verb::Update => looks_like_data(&stored.key) || looks_like_data(&stored.bucket),
            _ => true,
        };
        if !matches!(verb, Verb::Read | Verb::Create) {
            effect.reversibility = Reversibility::Irreversible;
        }
        effect.notes.push(format!("s3 {}", command.operation));
        effect.notes.extend(dry.then(|| "only tells what it would do".to_owned()));
        let empties = verb == Verb::Delete && kind == "s3 bucket" && (!bucket_itself || arguments.has("--force"));
        effect.notes.extend(empties.then(|| "all objects in it".to_owned()));
        self.find(self.aws_notes(effect, command));
    }
}

/// A command of `aws s3` on its way.
struct Transfer<'c> {
    command: &'c Command<'c>,
    arguments: &'c Arguments,
    scope: &'c Scope,
}

impl Transfer<'_> {
    fn is_deep(&self) -> bool {
        self.command.operation == "sync" || self.arguments.has("--recursive")
    }

    fn is_dry(&self) -> bool {
        matches!(self.command.operation, "cp" | "mv" | "rm" | "sync")
            && self.arguments.has("--dryrun")
            && !self.arguments.is_doubtful()
            && !self.command.call.doubtful
    }

    fn is_private(&self) -> bool {
        let harmless = |acl: &Text| acl.exact().is_some_and(|a| ["private", "bucket-owner-read", "bucket-owner-full-control"].contains(&a));
        !self.arguments.has("--grants") && self.arguments.values("--acl").all(harmless)
    }

    /// Filters, and globs that the shell expands first, leave open how much it is.
    fn certainty(&self) -> Certainty {
        match () {
            () if self.arguments.is_doubtful() || self.command.call.doubtful => Certainty::Opaque,
            () if self.command.rest.iter().any(|word| word.glob.is_some()) => Certainty::AtLeast,
            () => Certainty::Exact,
        }
    }
}

fn side(word: &Text) -> Side<'_> {
    match word.known_prefix() {
        "-" => Side::Stream,
        known if known.starts_with("s3://") => Side::Bucket(Stored { certainty: certainty(word), ..parts(&word.text) }),
        _ => Side::Local(word),
    }
}

fn certainty(word: &Text) -> Certainty {
    if word.is_known() { Certainty::Exact } else { Certainty::Opaque }
}

fn parts(text: &str) -> Stored {
    let path = text.strip_prefix("s3://").unwrap_or(text);
    // `arn:aws:s3:eu-west-1:111122223333:accesspoint/name/key`
    let from = if path.starts_with("arn:") { path.find('/').map_or(0, |at| at + 1) } else { 0 };
    let end = path.get(from..).and_then(|rest| rest.find('/')).map_or(path.len(), |at| from + at);
    let key = path.get(end..).unwrap_or_default().trim_start_matches('/');
    Stored { bucket: path.get(..end).unwrap_or_default().to_owned(), key: key.to_owned(), certainty: Certainty::Exact }
}

#[cfg(test)]
mod tests;
