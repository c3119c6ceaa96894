//! PDF documents: whether vendors take one, and about how many pages it has.
//!
//! Nothing of it is understood but names, so what a file says of itself can be wrong; the vendor counts anew. Time and memory
//! are bounded whatever is in it.

use std::borrow::Cow;
use std::io::Read;

use flate2::bufread::ZlibDecoder;

use super::{BadAttachment, Content};

/// How each begins.
pub(super) const MAGIC: &[u8] = b"%PDF-";
/// Bytes of one: in base64 they are 26.7 MB, which leaves room in the 32 MB of a request to Anthropic; OpenAI takes 50 MB
/// (platform.claude.com/docs/en/build-with-claude/pdf-support, developers.openai.com/api/docs/guides/pdf-files).
pub(super) const LARGEST: u64 = 20_000_000;
/// Tokens of the text of a page, as Anthropic says: 1500 to 3000. Beside it both vendors take a picture of the page.
pub(super) const MOST_TEXT_TOKENS: u64 = 3_000;
/// Where the end of the file has to be said.
const TAIL: usize = 1_024;
/// Where pages cannot be counted there is one for so many bytes: few have less.
const PAGE: u64 = 2_000;
/// Bytes of object streams that are unpacked to count pages, all together.
const MOST_UNPACKED: u64 = 64 << 20;
/// Longer names are none that are looked for.
const LONGEST_NAME: usize = 64;
/// How far after its type the data of an object stream begins, at most.
const DICTIONARY: usize = 1_024;

/// Pages of one request, for a model that takes so many tokens (Anthropic, as above).
pub(super) fn most_pages(context: u64) -> u64 {
    if context < 1_000_000 { 100 } else { 600 }
}

/// What it is, if it is whole and anybody may read it.
pub(super) fn read(bytes: &[u8]) -> Result<Content, BadAttachment> {
    if bytes.len() as u64 > LARGEST {
        return Err(BadAttachment::TooLarge { bytes: bytes.len() as u64, most: LARGEST });
    }
    let tail = bytes.get(bytes.len().saturating_sub(TAIL)..).unwrap_or(bytes);
    if !tail.windows(5).any(|five| five == b"%%EOF") {
        return Err(BadAttachment::Cut);
    }
    if names(bytes).any(|(name, _)| name == "Encrypt") {
        return Err(BadAttachment::Encrypted);
    }
    let (pages, all) = pages(bytes);
    Ok(match pages {
        1.. if all => Content::Pdf { pages, counted: true },
        _ => Content::Pdf { pages: pages.max((bytes.len() as u64 / PAGE + 1).min(most_pages(u64::MAX))), counted: false },
    })
}

/// How many pages can be seen, and whether everything was looked at.
fn pages(bytes: &[u8]) -> (u64, bool) {
    let mut pages = pages_in(bytes);
    let mut left = MOST_UNPACKED;
    for (_, after) in names(bytes).filter(|(name, after)| name == "Type" && value(after) == "ObjStm") {
        // What cannot be unpacked has cost time as well, so that is the end of it.
        let Some(objects) = data(after).and_then(|data| unpacked(data, left)) else { return (pages, false) };
        left = left.saturating_sub(objects.len() as u64);
        pages = pages.saturating_add(pages_in(&objects));
    }
    (pages, true)
}

/// Objects that say of themselves that they are pages.
fn pages_in(bytes: &[u8]) -> u64 {
    names(bytes).filter(|(name, after)| name == "Type" && value(after) == "Page").count() as u64
}

/// The bytes after the dictionary that goes on here.
fn data(dictionary: &[u8]) -> Option<&[u8]> {
    const BEGINS: &[u8] = b"stream";
    let near = dictionary.get(..DICTIONARY).unwrap_or(dictionary);
    let at = near.windows(BEGINS.len()).position(|six| six == BEGINS)?;
    dictionary.get(at + BEGINS.len()..).map(|rest| rest.strip_prefix(b"\r").unwrap_or(rest)).and_then(|rest| rest.strip_prefix(b"\n"))
}

/// What is packed there, if it is whole and no more than `most`; checked by its own sum.
fn unpacked(data: &[u8], most: u64) -> Option<Vec<u8>> {
    let mut objects = Vec::new();
    let read = ZlibDecoder::new(data).take(most.saturating_add(1)).read_to_end(&mut objects);
    read.is_ok_and(|read| read as u64 <= most).then_some(objects)
}

/// The name that follows here, or nothing.
fn value(after: &[u8]) -> Cow<'_, str> {
    let start = after.iter().position(|byte| !is_space(*byte)).and_then(|at| after.get(at..)).unwrap_or_default();
    start.strip_prefix(b"/").map(|rest| name(rest).0).unwrap_or_default()
}

/// All names in these bytes, each with what follows it. Bytes of pictures may look like one.
fn names(bytes: &[u8]) -> impl Iterator<Item = (Cow<'_, str>, &[u8])> {
    let slashes = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'/');
    slashes.map(|(at, _)| name(bytes.get(at + 1..).unwrap_or_default()))
}

/// The name that begins here, after its slash, and what follows it.
fn name(bytes: &[u8]) -> (Cow<'_, str>, &[u8]) {
    let ends = |byte: &u8| is_space(*byte) || b"()<>[]{}/%".contains(byte);
    let length = bytes.iter().take(LONGEST_NAME).position(ends).unwrap_or(bytes.len().min(LONGEST_NAME));
    let (name, after) = bytes.split_at_checked(length).unwrap_or((bytes, &[]));
    (plain(name), after)
}

/// `#45ncrypt` is `Encrypt` too.
fn plain(name: &[u8]) -> Cow<'_, str> {
    if !name.contains(&b'#') {
        return String::from_utf8_lossy(name);
    }
    let mut plain = Vec::new();
    let mut rest = name;
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| *first == b'#').and_then(|two| std::str::from_utf8(two).ok());
        match hex.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) => {
                plain.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                plain.push(*first);
                rest = after;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&plain).into_owned())
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\0' | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}
