//! The fonts of a page: those that are part of the crate, and those that a caller brings for what they lack.

use std::collections::BTreeSet;
use std::sync::Arc;

use parley::FontContext;
use parley::fontique::{Blob, Collection, CollectionOptions, FontInfoOverride, SourceCache};
use skrifa::raw::{FileRef, TableProvider};
use skrifa::{FontRef, MetadataProvider};

/// The family of text, of code, and the one that stands in for signs that a bold or slanted cut lacks.
const TEXT: &str = "Text";
const CODE: &str = "Code";
const PLAIN: &str = "Plain";
/// Fonts that a caller may bring.
const MOST: usize = 32;

/// Fonts, in the order in which they are asked for a character.
pub struct Fonts {
    brought: Vec<Arc<Vec<u8>>>,
}

impl Fonts {
    /// Those of the crate.
    pub fn embedded() -> Self {
        Self { brought: Vec::new() }
    }

    /// The characters of a text that no font has.
    pub fn missing(&self, text: &str) -> BTreeSet<char> {
        let shown: BTreeSet<char> = text.chars().filter(|c| needs_a_glyph(*c)).collect();
        let mut missing = without(shown, dejavu::sans::regular());
        for font in &self.brought {
            missing = without(missing, font);
        }
        missing
    }

    /// Takes a font if it has one of these characters; says whether it did.
    pub fn bring(&mut self, bytes: Vec<u8>, wanted: &BTreeSet<char>) -> Result<bool, Unusable> {
        let has_some = fonts_of(&bytes).ok_or(Unusable::NoFont)?.iter().any(|font| wanted.iter().any(|c| has(font, *c)));
        if !has_some {
            return Ok(false);
        }
        if self.brought.len() >= MOST {
            return Err(Unusable::TooMany);
        }
        self.brought.push(Arc::new(bytes));
        Ok(true)
    }

    /// All of them, for setting text.
    pub(crate) fn context(&self) -> (FontContext, Families) {
        let mut collection = Collection::new(CollectionOptions { shared: false, system_fonts: false });
        let mut register = |name: &str, blob: Blob<u8>| {
            let named = FontInfoOverride { family_name: Some(name), ..FontInfoOverride::default() };
            collection.register_fonts(blob, Some(named));
        };
        use dejavu::{sans, sans_mono};
        for cut in [sans::regular(), sans::bold(), sans::oblique(), sans::bold_oblique()] {
            register(TEXT, Blob::new(Arc::new(cut)));
        }
        for cut in [sans_mono::regular(), sans_mono::bold()] {
            register(CODE, Blob::new(Arc::new(cut)));
        }
        register(PLAIN, Blob::new(Arc::new(sans::regular())));
        let mut others = vec![PLAIN.to_owned()];
        for (n, font) in self.brought.iter().enumerate() {
            let name = format!("Brought {n}");
            register(&name, Blob::new(Arc::clone(font) as Arc<dyn AsRef<[u8]> + Send + Sync>));
            others.push(name);
        }
        (FontContext { collection, source_cache: SourceCache::default() }, Families { others })
    }
}

/// The names of families, in the order in which they are asked.
pub(crate) struct Families {
    others: Vec<String>,
}

impl Families {
    /// For text or for code.
    pub(crate) fn of(&self, code: bool) -> impl Iterator<Item = &str> {
        let first: &[&str] = if code { &[CODE, TEXT] } else { &[TEXT] };
        first.iter().copied().chain(self.others.iter().map(String::as_str))
    }
}

/// White space, marks that only steer others, and what is spelled out instead have none.
fn needs_a_glyph(c: char) -> bool {
    let steers = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}');
    !(steers || c.is_control() || c.is_whitespace())
}

fn without(wanted: BTreeSet<char>, bytes: &[u8]) -> BTreeSet<char> {
    let fonts = fonts_of(bytes).unwrap_or_default();
    wanted.into_iter().filter(|c| !fonts.iter().any(|font| has(font, *c))).collect()
}

/// The fonts of a file that are made of outlines: pictures of letters cannot be set.
fn fonts_of(bytes: &[u8]) -> Option<Vec<FontRef<'_>>> {
    let fonts = match FileRef::new(bytes).ok()? {
        FileRef::Font(font) => vec![font],
        FileRef::Collection(all) => all.iter().filter_map(Result::ok).collect(),
    };
    Some(fonts.into_iter().filter(|font| font.glyf().is_ok() || font.cff().is_ok()).collect())
}

fn has(font: &FontRef<'_>, c: char) -> bool {
    font.charmap().map(c).is_some_and(|glyph| glyph.to_u32() != 0)
}

/// Why a font was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// These bytes are none.
    #[error("it is no TrueType or OpenType font")]
    NoFont,
    /// There is a bound.
    #[error("more than {MOST} fonts are not taken")]
    TooMany,
}
