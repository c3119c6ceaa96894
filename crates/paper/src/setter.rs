//! Turns text into lines of glyphs: broken at a width, shaped in all scripts, from left to right and from right to left.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use parley::layout::{Alignment, AlignmentOptions, Cluster, Layout, Run};
use parley::style::{FontFamily, FontStack, FontStyle, FontWeight, LineHeight, OverflowWrap, StyleProperty};
use parley::{FontContext, LayoutContext};

use crate::blocks::{Look, Rich};
use crate::fonts::{Families, Fonts};

/// How text is set, beside its own looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measure {
    /// Points.
    pub(crate) size: f32,
    /// Where lines break; nowhere where there is none.
    pub(crate) width: Option<f32>,
    pub(crate) bold: bool,
}

/// One line.
pub(crate) struct Line {
    pub(crate) height: f32,
    /// From its top.
    pub(crate) baseline: f32,
    pub(crate) width: f32,
    pub(crate) strokes: Vec<Stroke>,
}

/// Glyphs of one font and one look, side by side.
#[derive(Clone)]
pub(crate) struct Stroke {
    /// From the left end of the line.
    pub(crate) x: f32,
    pub(crate) width: f32,
    pub(crate) size: f32,
    pub(crate) font: Font,
    pub(crate) glyphs: Vec<KrillaGlyph>,
    /// What the glyphs' places are in.
    pub(crate) text: Arc<str>,
    pub(crate) look: Look,
}

/// Height of a line, by the size of its letters.
const LEADING: f32 = 1.38;

/// Sets text in fonts.
pub(crate) struct Setter {
    fonts: FontContext,
    families: Families,
    layouts: LayoutContext<Look>,
    /// By the number of the font's bytes and its place in them.
    known: BTreeMap<(u64, u32), Option<Font>>,
    /// Characters for which no font had a glyph.
    pub(crate) missing: BTreeSet<char>,
}

impl Setter {
    pub(crate) fn new(fonts: &Fonts) -> Self {
        let (fonts, families) = fonts.context();
        Self { fonts, families, layouts: LayoutContext::new(), known: BTreeMap::new(), missing: BTreeSet::new() }
    }

    /// The lines of a text.
    pub(crate) fn lines(&mut self, rich: &Rich, measure: Measure) -> Vec<Line> {
        let layout = self.layout(rich, measure);
        let text: Arc<str> = Arc::from(rich.text.as_str());
        let mut lines = Vec::new();
        for line in layout.lines() {
            let metrics = line.metrics();
            let mut set = Line { height: metrics.line_height, baseline: metrics.baseline - metrics.min_coord, width: metrics.advance - metrics.trailing_whitespace, strokes: Vec::new() };
            let mut x = metrics.offset;
            for run in line.runs() {
                self.run(&run, &text, &mut x, &mut set.strokes);
            }
            lines.push(set);
        }
        lines
    }

    /// How wide a text is where nothing breaks it.
    pub(crate) fn width(&mut self, rich: &Rich, measure: Measure) -> f32 {
        self.layout(rich, Measure { width: None, ..measure }).width()
    }

    fn layout(&mut self, rich: &Rich, measure: Measure) -> Layout<Look> {
        let stack = |families: &Families, code: bool| FontStack::List(Cow::Owned(families.of(code).map(|name| FontFamily::Named(Cow::Owned(name.to_owned()))).collect::<Vec<FontFamily<'static>>>()));
        let mut builder = self.layouts.ranged_builder(&mut self.fonts, &rich.text, 1.0, false);
        builder.push_default(StyleProperty::FontStack(stack(&self.families, false)));
        builder.push_default(StyleProperty::FontSize(measure.size));
        builder.push_default(StyleProperty::LineHeight(LineHeight::FontSizeRelative(LEADING)));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        if measure.bold {
            builder.push_default(StyleProperty::FontWeight(FontWeight::BOLD));
        }
        let mut from = 0;
        for (end, look) in &rich.pieces {
            let range = from..*end;
            from = *end;
            builder.push(StyleProperty::Brush(look.clone()), range.clone());
            if look.bold {
                builder.push(StyleProperty::FontWeight(FontWeight::BOLD), range.clone());
            }
            if look.slanted {
                builder.push(StyleProperty::FontStyle(FontStyle::Italic), range.clone());
            }
            if look.code {
                builder.push(StyleProperty::FontStack(stack(&self.families, true)), range);
            }
        }
        let mut layout = builder.build(&rich.text);
        layout.break_all_lines(measure.width);
        layout.align(measure.width, Alignment::Start, AlignmentOptions::default());
        layout
    }

    /// A run has one font; a stroke has one look as well.
    fn run(&mut self, run: &Run<'_, Look>, text: &Arc<str>, x: &mut f32, strokes: &mut Vec<Stroke>) {
        let Some(font) = self.font(run) else { return };
        let mut open: Option<Stroke> = None;
        for cluster in run.visual_clusters() {
            let look = cluster.first_style().brush.clone();
            if cluster.is_ligature_continuation() {
                if let Some(glyph) = open.as_mut().and_then(|stroke| stroke.glyphs.last_mut()) {
                    glyph.text_range.end = glyph.text_range.end.max(cluster.text_range().end);
                }
                continue;
            }
            if open.as_ref().is_some_and(|stroke| stroke.look != look) {
                strokes.extend(open.take());
            }
            let stroke = open.get_or_insert_with(|| Stroke { x: *x, width: 0.0, size: run.font_size(), font: font.clone(), glyphs: Vec::new(), text: Arc::clone(text), look });
            for glyph in cluster.glyphs() {
                note_missing(&cluster, glyph.id, text, &mut self.missing);
                let size = run.font_size();
                stroke.glyphs.push(KrillaGlyph::new(GlyphId::new(glyph.id), glyph.advance / size, glyph.x / size, glyph.y / size, 0.0, cluster.text_range(), None));
                stroke.width += glyph.advance;
                *x += glyph.advance;
            }
        }
        strokes.extend(open);
    }

    fn font(&mut self, run: &Run<'_, Look>) -> Option<Font> {
        let data = run.font();
        let key = (data.data.id(), data.index);
        self.known.entry(key).or_insert_with(|| Font::new(data.data.clone().into_raw_parts().0.into(), data.index)).clone()
    }
}

/// Glyph 0 is the empty box.
fn note_missing(cluster: &Cluster<'_, Look>, glyph: u32, text: &str, missing: &mut BTreeSet<char>) {
    if glyph != 0 {
        return;
    }
    let said = text.get(cluster.text_range()).unwrap_or_default();
    missing.extend(said.chars().filter(|c| !c.is_whitespace() && !c.is_control()));
}
