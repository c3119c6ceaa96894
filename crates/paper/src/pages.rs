//! Lines on pages: where each block stands, where a page ends, what is repeated.

use crate::blocks::{Block, Look, Rich, What};
use crate::setter::{Line, Measure, Setter, Stroke};
use crate::table::{self, PADDING, Set};

/// A4, in points.
pub(crate) const WIDTH: f32 = 595.28;
pub(crate) const HEIGHT: f32 = 841.89;
/// Around the text.
pub(crate) const SIDE: f32 = 56.0;
const TOP: f32 = 56.0;
pub(crate) const BOTTOM: f32 = 62.0;
/// The size of text, and of code.
const TEXT: f32 = 10.0;
const CODE: f32 = 8.5;
/// How far in a list or a quotation stands, and how many of them count.
const INDENT: f32 = 17.0;
const DEEPEST: usize = 8;

/// What stands on a page.
pub(crate) enum Mark {
    /// Glyphs; `y` is their baseline.
    Glyphs { x: f32, y: f32, stroke: Stroke },
    /// A filled box: left, top, width, height, and how light it is.
    Fill { place: [f32; 4], light: u8 },
    /// What a reader may follow.
    Link { place: [f32; 4], url: String },
}

/// A heading as a reader's program lists it.
pub(crate) struct Bookmark {
    pub(crate) level: usize,
    pub(crate) title: String,
    pub(crate) page: usize,
    pub(crate) y: f32,
}

/// All pages.
pub(crate) struct Pages {
    pub(crate) pages: Vec<Vec<Mark>>,
    pub(crate) bookmarks: Vec<Bookmark>,
    y: f32,
}

/// Puts the blocks on pages.
pub(crate) fn pages(setter: &mut Setter, blocks: &[Block]) -> Pages {
    let mut pages = Pages { pages: vec![Vec::new()], bookmarks: Vec::new(), y: TOP };
    for block in blocks {
        pages.block(setter, block);
    }
    pages
}

impl Pages {
    fn block(&mut self, setter: &mut Setter, block: &Block) {
        let inset = INDENT * (block.depth.min(DEEPEST) + block.quoted.min(DEEPEST)) as f32;
        let (left, width) = (SIDE + inset, WIDTH - 2.0 * SIDE - inset);
        let begins = (self.pages.len(), self.y);
        match &block.what {
            What::Heading(level, rich) => self.heading(setter, *level, rich, left, width),
            What::Text(rich) => {
                let lines = setter.lines(rich, Measure { size: TEXT, width: Some(width), bold: false });
                self.marker(setter, block, left);
                self.lines(&lines, left, None);
                self.y += if block.depth > 0 { 2.5 } else { 6.0 };
            }
            What::Code(rich) => {
                self.marker(setter, block, left);
                let lines = setter.lines(rich, Measure { size: CODE, width: Some(width - 2.0 * PADDING), bold: false });
                self.lines(&lines, left, Some(width));
                self.y += 7.0;
            }
            What::Table(rows) => {
                let set = table::set(setter, rows, width);
                self.table(&set, left);
                self.y += 8.0;
            }
            What::Rule => {
                self.need(14.0);
                self.mark(Mark::Fill { place: [left, self.y + 5.0, width, 0.6], light: 170 });
                self.y += 14.0;
            }
        }
        if block.quoted > 0 && begins.0 == self.pages.len() {
            self.mark(Mark::Fill { place: [left - 9.0, begins.1, 1.6, (self.y - begins.1 - 4.0).max(1.0)], light: 200 });
        }
    }

    fn heading(&mut self, setter: &mut Setter, level: usize, rich: &Rich, left: f32, width: f32) {
        let size = match level {
            1 => 20.0,
            2 => 15.0,
            3 => 12.5,
            4 => 11.0,
            _ => TEXT,
        };
        let lines = setter.lines(rich, Measure { size, width: Some(width), bold: true });
        let tall: f32 = lines.iter().map(|line| line.height).sum();
        // A heading alone at the foot of a page belongs to what it is for.
        self.need((tall + size + 3.0 * TEXT * 1.4).min(HEIGHT - TOP - BOTTOM));
        if self.y > TOP {
            self.y += size * 0.7;
        }
        self.bookmarks.push(Bookmark { level, title: rich.text.replace('\n', " "), page: self.pages.len().saturating_sub(1), y: self.y });
        self.lines(&lines, left, None);
        self.y += size * 0.35;
    }

    /// What stands before the first line, beside it.
    fn marker(&mut self, setter: &mut Setter, block: &Block, left: f32) {
        let Some(marker) = &block.marker else { return };
        let lines = setter.lines(&Rich::plain(marker, Look::default()), Measure { size: TEXT, width: None, bold: false });
        let Some(line) = lines.first() else { return };
        self.need(line.height);
        let x = left - INDENT.max(line.width + 3.0);
        self.line(line, x, self.y);
    }

    /// Lines under each other; on a light ground where that is given.
    fn lines(&mut self, lines: &[Line], left: f32, ground: Option<f32>) {
        for line in lines {
            self.need(line.height);
            if let Some(width) = ground {
                self.mark(Mark::Fill { place: [left, self.y, width, line.height + 0.2], light: 243 });
            }
            let x = if ground.is_some() { left + PADDING } else { left };
            self.line(line, x, self.y);
            self.y += line.height;
        }
    }

    fn table(&mut self, set: &Set, left: f32) {
        let width: f32 = set.widths.iter().sum();
        let Some((head, rows)) = set.rows.split_first() else { return };
        let head_height = tallest(head) + 2.0 * PADDING;
        let repeats = head_height < (HEIGHT - TOP - BOTTOM) / 3.0;
        self.need(head_height + rows.first().map_or(0.0, |row| tallest(row).min(60.0) + 2.0 * PADDING));
        self.row(head, set, left, width, Some(232));
        for row in rows {
            let tall = tallest(row) + 2.0 * PADDING;
            let fits_a_page = tall + head_height < HEIGHT - TOP - BOTTOM;
            if self.y + tall > HEIGHT - BOTTOM && (fits_a_page || self.y + 40.0 > HEIGHT - BOTTOM) {
                self.turn();
                if repeats {
                    self.row(head, set, left, width, Some(232));
                }
            }
            self.row(row, set, left, width, None);
        }
    }

    /// One row; a row that is taller than what is left goes on over the next page.
    fn row(&mut self, row: &[Vec<Line>], set: &Set, left: f32, width: f32, ground: Option<u8>) {
        let mut rest: Vec<&[Line]> = row.iter().map(Vec::as_slice).collect();
        loop {
            let room = HEIGHT - BOTTOM - self.y - 2.0 * PADDING;
            let parts: Vec<usize> = rest.iter().map(|lines| fitting(lines, room)).collect();
            let tall = rest.iter().zip(&parts).map(|(lines, n)| height(lines.get(..*n).unwrap_or_default())).fold(0.0, f32::max) + 2.0 * PADDING;
            if let Some(light) = ground {
                self.mark(Mark::Fill { place: [left, self.y, width, tall], light });
            }
            let mut x = left;
            for ((lines, n), wide) in rest.iter_mut().zip(&parts).zip(&set.widths) {
                let (now, later) = lines.split_at_checked(*n).unwrap_or((lines, &[]));
                let mut y = self.y + PADDING;
                for line in now {
                    self.line(line, x + PADDING, y);
                    y += line.height;
                }
                *lines = later;
                x += wide;
            }
            self.y += tall;
            self.mark(Mark::Fill { place: [left, self.y - 0.4, width, 0.4], light: 190 });
            if rest.iter().all(|lines| lines.is_empty()) {
                return;
            }
            self.turn();
        }
    }

    fn line(&mut self, line: &Line, left: f32, top: f32) {
        for stroke in &line.strokes {
            let x = left + stroke.x;
            if let Some(url) = &stroke.look.link {
                self.mark(Mark::Link { place: [x, top, stroke.width, line.height], url: url.clone() });
            }
            if stroke.look.struck {
                self.mark(Mark::Fill { place: [x, top + line.baseline - stroke.size * 0.3, stroke.width, 0.6], light: 60 });
            }
            self.mark(Mark::Glyphs { x, y: top + line.baseline, stroke: stroke.clone() });
        }
    }

    /// The next page, if there is no room for this.
    fn need(&mut self, height: f32) {
        if self.y + height > HEIGHT - BOTTOM && self.y > TOP {
            self.turn();
        }
    }

    fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = TOP;
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }
}

/// How many lines there is room for; one at least, so that it ends.
fn fitting(lines: &[Line], room: f32) -> usize {
    let mut used = 0.0;
    let fits = |line: &&Line| {
        used += line.height;
        used <= room
    };
    lines.iter().take_while(fits).count().max(usize::from(!lines.is_empty()))
}

fn height(lines: &[Line]) -> f32 {
    lines.iter().map(|line| line.height).sum()
}

fn tallest(row: &[Vec<Line>]) -> f32 {
    row.iter().map(|lines| height(lines)).fold(0.0, f32::max)
}
