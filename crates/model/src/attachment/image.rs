//! Pictures: which formats vendors take, and how large.

use serde::{Deserialize, Serialize};

use super::{BadAttachment, Content};

/// Bytes that an image may have: in base64 they are the 5 MB that Anthropic takes, the strictest of the vendors
/// (platform.claude.com/docs/en/build-with-claude/vision).
const LARGEST: u64 = 3_750_000;
/// Pixels in one direction (Anthropic, as above).
pub(super) const WIDEST: u64 = 8_000;
/// Tokens that one image takes at most. Anthropic: one for each 28 × 28 pixels after it was made smaller, 4784 at most; OpenAI
/// at `detail: high`: 2500 patches, times 2.46 for the smallest models (developers.openai.com/api/docs/guides/images-vision).
pub(super) const MOST_TOKENS: u64 = 6_500;

/// What all vendors take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageKind {
    /// Portable Network Graphics.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF; OpenAI takes the first picture of one that moves, if any.
    Gif,
    /// WebP.
    Webp,
}

/// What it is, if it is whole and of a size that vendors take.
pub(super) fn read(kind: ImageKind, bytes: &[u8]) -> Result<Content, BadAttachment> {
    if bytes.len() as u64 > LARGEST {
        return Err(BadAttachment::TooLarge { bytes: bytes.len() as u64, most: LARGEST });
    }
    if !kind.is_whole(bytes) {
        return Err(BadAttachment::Cut);
    }
    let size = imagesize::blob_size(bytes).map_err(|_| BadAttachment::Cut)?;
    let (width, height) = (size.width as u64, size.height as u64);
    if width == 0 || height == 0 || width > WIDEST || height > WIDEST {
        return Err(BadAttachment::Pixels { width, height });
    }
    Ok(Content::Image { kind, width, height })
}

impl ImageKind {
    /// What the first bytes say.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Webp),
            _ => None,
        }
    }

    /// Its media type.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
        }
    }

    /// Whether it ends where its format says. What follows the end is not looked at by anybody, so it may not be there.
    fn is_whole(self, bytes: &[u8]) -> bool {
        match self {
            Self::Png => bytes.ends_with(b"\0\0\0\0IEND\xae\x42\x60\x82"),
            Self::Jpeg => bytes.ends_with(b"\xff\xd9"),
            Self::Gif => bytes.ends_with(b"\x3b"),
            Self::Webp => {
                let said = bytes.get(4..8).and_then(|four| four.try_into().ok()).map(u32::from_le_bytes);
                said.is_some_and(|said| u64::from(said) + 8 == bytes.len() as u64)
            }
        }
    }
}
