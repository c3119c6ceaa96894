//! How wide the columns of a table are, and its rows as lines.

use crate::blocks::Rich;
use crate::setter::{Line, Measure, Setter};

/// Space beside the text of a cell.
pub(crate) const PADDING: f32 = 4.0;
/// What a column is at least given where there is too little for all.
const LEAST: f32 = 34.0;

/// A table, set.
pub(crate) struct Set {
    /// The width of each column, padding included.
    pub(crate) widths: Vec<f32>,
    /// Cells of each row; the first is the head.
    pub(crate) rows: Vec<Vec<Vec<Line>>>,
}

/// Sets the cells in columns that together are no wider than `width`.
pub(crate) fn set(setter: &mut Setter, rows: &[Vec<Rich>], width: f32) -> Set {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let size = if columns > 4 { 7.0 } else { 8.5 };
    let mut natural = vec![0.0_f32; columns];
    for (n, row) in rows.iter().enumerate() {
        for (cell, widest) in row.iter().zip(natural.iter_mut()) {
            let wide = setter.width(cell, Measure { size, width: None, bold: n == 0 });
            *widest = widest.max(wide + 2.0 * PADDING + 1.0);
        }
    }
    let widths = shared(&natural, width);
    let mut cells = |n: usize, row: &Vec<Rich>| -> Vec<Vec<Line>> {
        let cell = |(cell, width): (&Rich, &f32)| setter.lines(cell, Measure { size, width: Some((width - 2.0 * PADDING).max(1.0)), bold: n == 0 });
        row.iter().zip(&widths).map(cell).collect()
    };
    let rows = rows.iter().enumerate().map(|(n, row)| cells(n, row)).collect();
    Set { widths, rows }
}

/// Narrow columns get what they want; the others share what is left by what they want.
fn shared(natural: &[f32], width: f32) -> Vec<f32> {
    if natural.iter().sum::<f32>() <= width {
        return natural.to_vec();
    }
    let fair = width / natural.len().max(1) as f32;
    let narrow: f32 = natural.iter().filter(|wide| **wide <= fair).sum();
    let wanted: f32 = natural.iter().filter(|wide| **wide > fair).sum();
    let left = (width - narrow).max(1.0);
    let least = LEAST.min(fair);
    let share = |wide: &f32| if *wide <= fair { *wide } else { (wide / wanted * left).max(least) };
    let widths: Vec<f32> = natural.iter().map(share).collect();
    let sum: f32 = widths.iter().sum();
    if sum <= width { widths } else { widths.iter().map(|wide| wide / sum * width).collect() }
}

#[cfg(test)]
mod tests {
    use super::shared;

    #[test]
    fn columns_fit_the_page_whatever_they_want() {
        for natural in [vec![10.0, 20.0], vec![400.0, 400.0, 400.0], vec![20.0, 5000.0, 90.0], vec![9000.0; 40], vec![1.0, 480.0, 481.0]] {
            let widths = shared(&natural, 480.0);
            assert!(widths.iter().sum::<f32>() <= 480.1, "{natural:?} {widths:?}");
            assert!(widths.iter().all(|wide| *wide > 0.9), "{natural:?} {widths:?}");
        }
        assert_eq!(shared(&[10.0, 20.0], 480.0), [10.0, 20.0]);
        assert_eq!(shared(&[20.0, 5000.0], 480.0).first(), Some(&20.0), "a narrow column keeps what it wants");
    }
}
