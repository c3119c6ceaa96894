//! A file that is put before a model as it is: an image, or a PDF document.
//!
//! What it is is read from its own bytes, never from its name. One that is cut off, too large or of another kind is refused
//! here, since a vendor would refuse the whole conversation with it, now and ever after. Pixels are not unpacked, and pages
//! are counted, not read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

mod image;
mod pdf;

pub use image::ImageKind;

/// A whole file, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its name, for people and for the model.
    pub name: String,
    /// What it is.
    pub content: Content,
    /// Its bytes in base64.
    pub data: String,
}

/// What a file is that goes to a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Content {
    /// A picture.
    Image {
        /// In which format.
        kind: ImageKind,
        /// Pixels across.
        width: u64,
        /// Pixels down.
        height: u64,
    },
    /// A PDF document.
    Pdf {
        /// How many pages.
        pages: u64,
        /// Whether they could be counted; else it is what its size says, and rather too much.
        counted: bool,
    },
}

/// What a model may be known to take, beside text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// Pictures.
    Images,
    /// PDF documents.
    Pdfs,
}

impl Attachment {
    /// Files that one conversation may have: with more images, Anthropic takes none that is wider than 2000 pixels.
    pub const MOST: usize = 20;
    /// Bytes in base64 that they may have together; a whole request to Anthropic may have 32 MB.
    pub const MOST_BYTES: usize = 28_000_000;
    /// Bytes that the largest of any kind may have.
    pub const LARGEST: u64 = pdf::LARGEST;

    /// Reads a file.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, BadAttachment> {
        let content = match ImageKind::of(bytes) {
            Some(kind) => image::read(kind, bytes)?,
            None if bytes.starts_with(pdf::MAGIC) => pdf::read(bytes)?,
            None => return Err(BadAttachment::Kind),
        };
        Ok(Self { name: name.to_owned(), content, data: STANDARD.encode(bytes) })
    }

    /// Whether vendors take all of these in one conversation, of a model that takes so many tokens.
    pub fn fit_together<'a>(files: impl IntoIterator<Item = &'a Self>, context: u64) -> Result<(), TooMuch> {
        let mut all = TooMuch { files: 0, bytes: 0, pages: 0, most_pages: pdf::most_pages(context) };
        for file in files {
            all.files += 1;
            all.bytes += file.data.len();
            if let Content::Pdf { pages, counted: true } = file.content {
                all.pages = all.pages.saturating_add(pages);
            }
        }
        let fits = all.files <= Self::MOST && all.bytes <= Self::MOST_BYTES && all.pages <= all.most_pages;
        if fits { Ok(()) } else { Err(all) }
    }

    /// The bytes.
    pub fn bytes(&self) -> Vec<u8> {
        STANDARD.decode(&self.data).unwrap_or_default() // what was not made by `read` is no file
    }

    /// What a model has to take to be shown it.
    pub fn medium(&self) -> Medium {
        match self.content {
            Content::Image { .. } => Medium::Images,
            Content::Pdf { .. } => Medium::Pdfs,
        }
    }

    /// Tokens that vendors take for it, at most. A document is a text and a picture a page.
    pub fn most_tokens(&self) -> u64 {
        match self.content {
            Content::Image { .. } => image::MOST_TOKENS,
            Content::Pdf { pages, .. } => pages.saturating_mul(pdf::MOST_TEXT_TOKENS + image::MOST_TOKENS),
        }
    }

    /// What it is, for people and for the model; the name is `shown`, in which nothing may pass for other words.
    pub fn line(&self, shown: &str) -> String {
        match self.content {
            Content::Image { width, height, .. } => format!("the image `{shown}`, {width} × {height} pixels"),
            Content::Pdf { pages: 1, counted: true } => format!("the PDF document `{shown}`, 1 page"),
            Content::Pdf { pages, counted: true } => format!("the PDF document `{shown}`, {pages} pages"),
            Content::Pdf { .. } => format!("the PDF document `{shown}`"),
        }
    }

    /// What a model is told that is not shown it.
    pub(crate) fn unshown(&self) -> String {
        let Self { name, .. } = self;
        match self.medium() {
            Medium::Images => format!("[the image `{name}` is here, and is not shown to you: you take no images]"),
            Medium::Pdfs => format!("[the PDF document `{name}` is here, and is not shown to you: you take no PDF documents]"),
        }
    }

    /// `data:image/png;base64,…`.
    pub(crate) fn url(&self) -> String {
        format!("data:{};base64,{}", self.mime(), self.data)
    }

    /// Its media type.
    pub(crate) fn mime(&self) -> &'static str {
        match self.content {
            Content::Image { kind, .. } => kind.mime(),
            Content::Pdf { .. } => "application/pdf",
        }
    }

    /// Its name as one that says what it is: OpenAI goes by it.
    pub(crate) fn file_name(&self) -> String {
        let named = self.name.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case("pdf"));
        format!("{}{}", self.name, if named { "" } else { ".pdf" })
    }
}

/// Why a file is not put before a model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAttachment {
    /// Its bytes are something else.
    #[error("it is no PNG, JPEG, GIF or WebP image, and no PDF document")]
    Kind,
    /// More than vendors take.
    #[error("it has {bytes} bytes, and models take {most}")]
    TooLarge {
        /// How many.
        bytes: u64,
        /// How many may be.
        most: u64,
    },
    /// It is damaged.
    #[error("it is not whole, or something follows its end")]
    Cut,
    /// Its size is none that vendors take.
    #[error("it is {width} × {height} pixels, and models take 1 to {} in each direction", image::WIDEST)]
    Pixels {
        /// Across.
        width: u64,
        /// Down.
        height: u64,
    },
    /// Vendors have no key for it, and no field for a password.
    #[error("it is encrypted, and models take no encrypted document; one without a password can be made with `qpdf --decrypt`")]
    Encrypted,
}

/// More than vendors take in one conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a conversation has at most {} images and documents of {} bytes together in base64, with {most_pages} pages for this model; with these it would have {files} of {bytes}, with {pages} pages",
    Attachment::MOST,
    Attachment::MOST_BYTES
)]
pub struct TooMuch {
    /// How many files.
    pub files: usize,
    /// Their bytes in base64.
    pub bytes: usize,
    /// Their pages, as far as they could be counted.
    pub pages: u64,
    /// How many pages may be.
    pub most_pages: u64,
}

#[cfg(test)]
mod tests;
