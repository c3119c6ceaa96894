//! Bytes of a page as text, in the encoding that the page is said to be in.

use encoding_rs::{Encoding, UTF_8};

/// How far an HTML page may go before it says its encoding (WHATWG HTML, 13.2.3.2).
const PRESCAN: usize = 1024;

/// The text. A mark at its beginning counts first, then what the server says, then what the page says; else it is UTF-8. What
/// does not fit becomes U+FFFD.
pub(super) fn text(bytes: &[u8], content_type: &str) -> String {
    let begins = String::from_utf8_lossy(bytes.get(..PRESCAN.min(bytes.len())).unwrap_or_default()).to_ascii_lowercase();
    let named = after_charset(content_type).or_else(|| after_charset(&begins).filter(|_| content_type.contains("html")));
    let (text, _, _) = named.unwrap_or(UTF_8).decode(bytes);
    text.into_owned()
}

fn after_charset(text: &str) -> Option<&'static Encoding> {
    let (_, rest) = text.split_once("charset")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let label = rest.trim_start_matches(['"', '\'']).split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '>' | '/')).next()?;
    Encoding::for_label(label.as_bytes())
}
