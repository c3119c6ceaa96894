use std::io::Read as _;

use proptest::prelude::*;

use super::*;

/// One pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\xdac\xf8\xff\xff?\0\x05\xfe\x02\xfe\xa7\x35\x81\x84\0\0\0\0IEND\xaeB`\x82";
const GIF: &[u8] = b"GIF89a\x02\0\x03\0\0\0\0\x3b";

/// Two pages, as a program that packs nothing writes them; `more` goes into the trailer.
fn pdf(more: &str) -> Vec<u8> {
    let pages = "1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj 2 0 obj <</Type/Pages/Count 2/Kids[3 0 R 4 0 R]>> endobj\n\
                 3 0 obj <</Type /Page/Parent 2 0 R>> endobj 4 0 obj <</Parent 2 0 R/Type\n/Page>> endobj\n";
    format!("%PDF-1.4\n{pages}trailer <</Root 1 0 R{more}>>\nstartxref\n0\n%%EOF\n").into_bytes()
}

/// One whose pages are in an object stream, as most programs write them.
fn packed(objects: &[u8]) -> Vec<u8> {
    let mut data = Vec::new();
    flate2::bufread::ZlibEncoder::new(objects, flate2::Compression::fast()).read_to_end(&mut data).unwrap();
    let head = format!("%PDF-1.7\n7 0 obj <</Filter/FlateDecode/Type/ObjStm/N 3/First 9/Length {}>> stream\r\n", data.len());
    [head.as_bytes(), &data, b"\r\nendstream endobj\nstartxref 9 %%EOF"].concat()
}

fn pages(bytes: &[u8]) -> (u64, bool) {
    match Attachment::read("x.pdf", bytes).unwrap().content {
        Content::Pdf { pages, counted } => (pages, counted),
        Content::Image { .. } => panic!("it is a document"),
    }
}

fn wide(width: u32) -> Vec<u8> {
    let mut bytes = PNG.to_vec();
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes
}

#[test]
fn what_it_is_is_read_from_its_bytes_and_not_from_its_name() {
    let image = Attachment::read("shot.jpg", PNG).unwrap();
    assert_eq!((image.content, image.bytes().as_slice()), (Content::Image { kind: ImageKind::Png, width: 1, height: 1 }, PNG));
    assert!(image.url().starts_with("data:image/png;base64,iVBORw0KGgo"));
    let image = Attachment::read("a", GIF).unwrap();
    assert_eq!(image.content, Content::Image { kind: ImageKind::Gif, width: 2, height: 3 });
    let document = Attachment::read("shot.png", &pdf("")).unwrap();
    assert_eq!((document.content, document.bytes()), (Content::Pdf { pages: 2, counted: true }, pdf("")));
    assert!(document.url().starts_with("data:application/pdf;base64,JVBERi0xLj"));
    assert_eq!((document.file_name().as_str(), document.line("a").as_str()), ("shot.png.pdf", "the PDF document `a`, 2 pages"));
}

#[test]
fn what_a_vendor_would_refuse_is_refused_here() {
    let after = |more: &[u8]| [PNG, more].concat();
    for (bytes, why) in [
        (b"<svg/>".to_vec(), BadAttachment::Kind),
        (Vec::new(), BadAttachment::Kind),
        (PNG[..40].to_vec(), BadAttachment::Cut),
        (PNG[..8].to_vec(), BadAttachment::Cut),
        (after(b"PK\x03\x04 and a zip"), BadAttachment::Cut),
        (after(b"<script>"), BadAttachment::Cut),
        (b"RIFF\x04\0\0\0WEBP".to_vec(), BadAttachment::Cut),
        (b"\xff\xd8\xff\xd9".to_vec(), BadAttachment::Cut),
        (wide(0), BadAttachment::Pixels { width: 0, height: 1 }),
        (wide(u32::MAX), BadAttachment::Pixels { width: u64::from(u32::MAX), height: 1 }),
        (after(&vec![0; 3_750_000]), BadAttachment::TooLarge { bytes: 3_750_000 + PNG.len() as u64, most: 3_750_000 }),
    ] {
        assert_eq!(Attachment::read("x", &bytes).unwrap_err(), why, "{} bytes", bytes.len());
    }
}

proptest! {
    #[test]
    fn any_bytes_are_a_file_for_a_model_or_refused(start in proptest::sample::select(vec![&b"\x89PNG\r\n\x1a\n"[..], b"\xff\xd8\xff", b"GIF89a", b"RIFF\x20\0\0\0WEBPVP8 ", b"%PDF-1.7 /Type /ObjStm stream\n", b""]), bytes in proptest::collection::vec(any::<u8>(), 0..200), end in proptest::sample::select(vec![&b"\0\0\0\0IEND\xaeB`\x82"[..], b"\xff\xd9", b"\x3b", b"%%EOF", b""])) {
        let all = [start, &bytes, end].concat();
        if let Ok(file) = Attachment::read("x", &all) {
            prop_assert_eq!(file.bytes(), all);
        }
    }
}

#[test]
fn pages_are_counted_where_they_can_be_and_else_rather_too_many_are_assumed() {
    assert_eq!(pages(&pdf("")), (2, true));
    assert_eq!(pages(&packed(b"<</Type/Page>> <</Type/Pages>> <</Type/#50age>> <</Type/Page >>")), (3, true), "also where they are packed");
    let bomb = packed(&vec![b' '; 70 << 20]);
    assert_eq!(pages(&bomb), (bomb.len() as u64 / 2_000 + 1, false), "more than is unpacked");
    let mut spoilt = packed(b"<</Type/Page>>");
    let at = spoilt.windows(7).position(|seven| seven == b"stream\r").unwrap() + 12;
    spoilt[at] ^= 0xff;
    assert_eq!(pages(&spoilt), (1, false));
    assert_eq!(pages(&[b"%PDF-1.7 ", &[b' '; 10_000][..], b"%%EOF"].concat()), (6, false));
    assert_eq!(pages(&[b"%PDF-1.7 ", &vec![b' '; 5_000_000][..], b"%%EOF"].concat()), (600, false), "no vendor takes more");
}

#[test]
fn a_document_that_a_vendor_would_refuse_is_refused_here() {
    let large = [&pdf("")[..], &vec![b' '; 20_000_000], b"%%EOF"].concat();
    for (bytes, why) in [
        (pdf("/Encrypt 9 0 R"), BadAttachment::Encrypted),
        (pdf("/#45ncrypt<<>>"), BadAttachment::Encrypted),
        (pdf("")[..200].to_vec(), BadAttachment::Cut),
        (b"%PDF-1.7".to_vec(), BadAttachment::Cut),
        ([&pdf("")[..], &[0; 2_000]].concat(), BadAttachment::Cut),
        (large.clone(), BadAttachment::TooLarge { bytes: large.len() as u64, most: 20_000_000 }),
        ([b"\n", &pdf("")[..]].concat(), BadAttachment::Kind),
    ] {
        assert_eq!(Attachment::read("x.pdf", &bytes).unwrap_err(), why, "{} bytes", bytes.len());
    }
    assert!(Attachment::read("x.pdf", &pdf("/EncryptMetadata false/Title(about /Encryption)")).is_ok());
}

#[test]
fn a_conversation_has_no_more_than_a_vendor_takes() {
    let document = |pages: u64| Attachment { content: Content::Pdf { pages, counted: true }, ..Attachment::read("x", &pdf("")).unwrap() };
    let all = vec![document(100)];
    assert_eq!(Attachment::fit_together(&all, 200_000), Ok(()));
    let all = vec![document(100), document(1)];
    assert_eq!(Attachment::fit_together(&all, 1_000_000), Ok(()));
    assert_eq!(Attachment::fit_together(&all, 200_000).unwrap_err().pages, 101);
    assert_eq!(Attachment::fit_together(&vec![document(1); 21], 1_000_000).unwrap_err().files, 21);
    let wide = Attachment { data: "A".repeat(15_000_000), ..document(1) };
    assert_eq!(Attachment::fit_together(&[wide.clone(), wide], 1_000_000).unwrap_err().bytes, 30_000_000);
    assert_eq!((document(3).most_tokens(), document(u64::MAX).most_tokens()), (28_500, u64::MAX));
}
