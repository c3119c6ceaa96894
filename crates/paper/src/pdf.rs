//! Pages as a PDF: glyphs with their text, boxes, links, bookmarks, page numbers, title and date.

use std::collections::BTreeSet;

use krilla::action::{Action, LinkAction};
use krilla::annotation::{LinkAnnotation, Target};
use krilla::color::luma;
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::{Document, SerializeSettings};

use crate::blocks::{Look, Rich, blocks};
use crate::fonts::Fonts;
use crate::pages::{BOTTOM, Bookmark, HEIGHT, Mark, SIDE, WIDTH, pages};
use crate::said::visible;
use crate::setter::{Measure, Setter};

/// What a text is, for its reader.
#[derive(Clone, Debug)]
pub struct About {
    /// Its title; also at the foot of each page.
    pub title: String,
    /// What made it.
    pub creator: String,
    /// When it was made.
    pub date: Date,
}

/// A moment in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    /// 2026
    pub year: u16,
    /// From 1.
    pub month: u8,
    /// From 1.
    pub day: u8,
    /// From 0.
    pub hour: u8,
    /// From 0.
    pub minute: u8,
    /// From 0.
    pub second: u8,
}

/// Light of ink: text, and what is beside it.
const INK: u8 = 20;
const PALE: u8 = 110;
/// Size of what stands at the foot of a page.
const FOOT: f32 = 8.0;
/// Pages beyond which a text is no document to print.
const MOST_PAGES: usize = 5_000;

/// The whole document, on A4.
pub fn to_pdf(markdown: &str, about: &About, fonts: &Fonts) -> Result<Vec<u8>, NotSet> {
    let mut setter = Setter::new(fonts);
    let set = pages(&mut setter, &blocks(markdown));
    let count = set.pages.len();
    if count > MOST_PAGES {
        return Err(NotSet::TooLong { pages: count });
    }
    let mut document = Document::new_with(SerializeSettings { enable_tagging: false, ..SerializeSettings::default() });
    for (n, marks) in set.pages.into_iter().enumerate() {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or(NotSet::Unwritable { why: "no page has this size".into() })?;
        let mut page = document.start_page_with(settings);
        for (place, url) in links(&marks) {
            page.add_annotation(LinkAnnotation::new(place, Target::Action(Action::Link(LinkAction::new(url)))).into());
        }
        let mut surface = page.surface();
        marks.into_iter().chain(foot(&mut setter, &about.title, n + 1, count)).for_each(|mark| draw(&mut surface, mark));
        surface.finish();
        page.finish();
    }
    if !setter.missing.is_empty() {
        return Err(NotSet::NoGlyph { characters: setter.missing });
    }
    document.set_outline(outline(&set.bookmarks));
    document.set_metadata(metadata(about));
    document.finish().map_err(|e| NotSet::Unwritable { why: format!("{e:?}") })
}

fn metadata(about: &About) -> Metadata {
    let Date { year, month, day, hour, minute, second } = about.date;
    let date = DateTime::new(year).month(month).day(day).hour(hour).minute(minute).second(second).utc_offset_hour(0).utc_offset_minute(0);
    Metadata::new().title(about.title.clone()).creator(about.creator.clone()).creation_date(date)
}

fn links(marks: &[Mark]) -> Vec<(Rect, String)> {
    let link = |mark: &Mark| match mark {
        Mark::Link { place: [x, y, width, height], url } => Some((Rect::from_xywh(*x, *y, *width, *height)?, url.clone())),
        _ => None,
    };
    marks.iter().filter_map(link).collect()
}

/// The title and the number of the page.
fn foot(setter: &mut Setter, title: &str, page: usize, of: usize) -> Vec<Mark> {
    let y = HEIGHT - BOTTOM + 30.0;
    let measure = Measure { size: FOOT, width: None, bold: false };
    let mut marks = Vec::new();
    let mut put = |text: &str, right: bool| {
        let lines = setter.lines(&Rich::plain(text, Look::default()), measure);
        let Some(line) = lines.into_iter().next() else { return };
        let x = if right { WIDTH - SIDE - line.width } else { SIDE };
        marks.extend(line.strokes.into_iter().map(|stroke| Mark::Glyphs { x: x + stroke.x, y, stroke }));
    };
    let short: String = visible(title).chars().take(80).collect();
    put(&short, false);
    put(&format!("{page} / {of}"), true);
    marks
}

fn draw(surface: &mut Surface<'_>, mark: Mark) {
    match mark {
        Mark::Glyphs { x, y, stroke } => {
            let light = if stroke.size <= FOOT && stroke.look == Look::default() && y > HEIGHT - BOTTOM { PALE } else { INK };
            surface.set_fill(Some(if stroke.look.link.is_some() { linked() } else { grey(light) }));
            surface.draw_glyphs(Point::from_xy(x, y), &stroke.glyphs, stroke.font, &stroke.text, stroke.size, false);
        }
        Mark::Fill { place: [x, y, width, height], light } => {
            let mut path = PathBuilder::new();
            if let Some(rect) = Rect::from_xywh(x, y, width, height) {
                path.push_rect(rect);
            }
            if let Some(path) = path.finish() {
                surface.set_fill(Some(grey(light)));
                surface.draw_path(&path);
            }
        }
        Mark::Link { .. } => {}
    }
}

fn grey(light: u8) -> Fill {
    Fill { paint: luma::Color::new(light).into(), opacity: NormalizedF32::ONE, rule: Default::default() }
}

fn linked() -> Fill {
    Fill { paint: krilla::color::rgb::Color::new(20, 70, 160).into(), opacity: NormalizedF32::ONE, rule: Default::default() }
}

/// Bookmarks, each under the last one that is a level above it.
fn outline(bookmarks: &[Bookmark]) -> Outline {
    let mut outline = Outline::new();
    let mut open: Vec<(usize, OutlineNode)> = Vec::new();
    for bookmark in bookmarks {
        close(&mut outline, &mut open, bookmark.level);
        let place = XyzDestination::new(bookmark.page, Point::from_xy(SIDE, bookmark.y));
        open.push((bookmark.level, OutlineNode::new(bookmark.title.clone(), place)));
    }
    close(&mut outline, &mut open, 0);
    outline
}

/// Ends what is as deep as this, or deeper.
fn close(outline: &mut Outline, open: &mut Vec<(usize, OutlineNode)>, level: usize) {
    while open.last().is_some_and(|(depth, _)| *depth >= level) {
        let Some((_, node)) = open.pop() else { return };
        match open.last_mut() {
            Some((_, above)) => above.push_child(node),
            None => outline.push_child(node),
        }
    }
}

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum NotSet {
    /// No font has these.
    #[error("no font that is known has {}", named(characters))]
    NoGlyph {
        /// Which.
        characters: BTreeSet<char>,
    },
    /// There is a bound.
    #[error("it would have {pages} pages, and {MOST_PAGES} are the most")]
    TooLong {
        /// How many.
        pages: usize,
    },
    /// The writer of PDF would not.
    #[error("it cannot be written as PDF: {why}")]
    Unwritable {
        /// Its words.
        why: String,
    },
}

/// Characters with their numbers.
fn named(characters: &BTreeSet<char>) -> String {
    let mut names: Vec<String> = characters.iter().take(12).map(|c| format!("`{c}` (U+{:04X})", u32::from(*c))).collect();
    if let Some(more) = characters.len().checked_sub(12).filter(|more| *more > 0) {
        names.push(format!("and {more} more"));
    }
    names.join(", ")
}
