//! Several pieces of work on threads of their own, only so many at the same time: whoever is free takes the next.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What came of each, in the order of the items; nothing where a thread ended by itself.
pub(crate) fn at_once<I: Sync, T: Send>(items: &[I], most: usize, work: impl Fn(&I) -> T + Sync) -> Vec<Option<T>> {
    let next = AtomicUsize::new(0);
    let serve = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            match items.get(at) {
                Some(item) => done.push((at, work(item))),
                None => return done,
            }
        }
    };
    let mut done: Vec<(usize, T)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..most.min(items.len())).map(|_| scope.spawn(serve)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    });
    let of = |at| done.iter().position(|(which, _)| *which == at).map(|place| done.swap_remove(place).1);
    (0..items.len()).map(of).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn all_is_done_in_the_order_of_the_items_by_no_more_than_may() {
        let (running, peak) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let doubled = at_once(&[3, 1, 4, 1, 5, 9], 2, |n| {
            peak.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            thread::yield_now();
            running.fetch_sub(1, Ordering::SeqCst);
            n * 2
        });
        assert_eq!(doubled, [6, 2, 8, 2, 10, 18].map(Some));
        assert!((1..=2).contains(&peak.into_inner()));
        assert_eq!(at_once(&[1, 2], 0, |n| *n), [None, None], "nobody may work");
        assert_eq!(at_once(&[] as &[i32], 3, |n| *n), []);
    }

    #[test]
    fn who_is_free_takes_the_next_and_waits_for_nobody() {
        // The first waits until the third is done: in groups of two it would wait for ever.
        let third = Mutex::new(false);
        let ends = at_once(&[1, 2, 3], 2, |n| match n {
            1 => (0..10_000).any(|_| {
                thread::sleep(std::time::Duration::from_millis(1));
                *third.lock().unwrap()
            }),
            3 => {
                *third.lock().unwrap() = true;
                true
            }
            _ => true,
        });
        assert_eq!(ends, [Some(true); 3]);
    }
}
