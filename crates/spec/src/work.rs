//! Steps of work, counted in tests only: so that a test can say how work grows with the text without looking at a clock.
//!
//! Whatever goes through text or lists says how far it went. In what ships, nothing is counted.

#[cfg(test)]
mod tests;

#[cfg(test)]
thread_local! {
    static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// So many steps were made.
#[cfg(test)]
pub(crate) fn steps(count: usize) {
    STEPS.with(|steps| steps.set(steps.get() + 1 + count as u64));
}

/// Nothing.
#[cfg(not(test))]
#[inline(always)]
pub(crate) fn steps(_count: usize) {}
