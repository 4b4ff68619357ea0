//! Whether to wait a moment for the rest of a burst. The first message of a burst arrives alone, so a consumer that takes
//! what is there takes one message and then the others; fuller chunks share the cost of a transaction.

use std::time::Duration;

/// How long to wait before looking again: shorter than the transaction that it saves.
pub(crate) const PAUSE: Duration = Duration::from_millis(3);
/// A chunk of more than this part of its size, and of more than one, came in a burst.
const PART: usize = 8;

/// What one consumer knows of its queue's pace. On an idle queue nothing ever waits.
#[derive(Debug, Default)]
pub(crate) struct Burst {
    /// Whether the last chunk came in a burst.
    lasting: bool,
}

impl Burst {
    /// Whether to wait once more for a chunk of `most` that has `now` deliveries and had `before` at the last look.
    pub(crate) const fn goes_on(&self, before: usize, now: usize, most: usize) -> bool {
        // The first look of a chunk: it has grown from nothing. A trickle is not waited for.
        let first = before == 0 && self.lasting;
        (first || came_in_burst(now - before, most)) && now < most
    }

    /// Notes how large a chunk of `most` became.
    pub(crate) const fn end(&mut self, size: usize, most: usize) {
        self.lasting = came_in_burst(size, most);
    }
}

const fn came_in_burst(size: usize, most: usize) -> bool {
    size > 1 && size > most / PART
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lets `arrivals` come in, one number for each look; returns the size of the chunk and how often it waited.
    fn chunk(burst: &mut Burst, arrivals: &[usize], most: usize) -> (usize, usize) {
        let mut arrivals = arrivals.iter().copied();
        let (mut before, mut waits) = (0, 0);
        let mut now = arrivals.next().unwrap_or(0).min(most);
        while burst.goes_on(before, now, most) {
            waits += 1;
            before = now;
            now = (now + arrivals.next().unwrap_or(0)).min(most);
        }
        burst.end(now, most);
        (now, waits)
    }

    #[test]
    fn single_messages_are_never_held_back() {
        let mut burst = Burst::default();
        for _ in 0..3 {
            assert_eq!(chunk(&mut burst, &[1], 50), (1, 0));
            assert_eq!(chunk(&mut burst, &[1], 4), (1, 0));
            assert_eq!(chunk(&mut burst, &[1], 1), (1, 0));
        }
    }

    #[test]
    fn the_rest_of_a_burst_is_waited_for_once_the_queue_is_known_to_be_busy() {
        let mut burst = Burst::default();
        assert_eq!(chunk(&mut burst, &[1, 49], 50), (1, 0));
        assert_eq!(chunk(&mut burst, &[20, 20], 50), (40, 2));
        assert_eq!(chunk(&mut burst, &[1, 30, 30], 50), (50, 2));
    }

    #[test]
    fn a_full_chunk_does_not_wait() {
        let mut burst = Burst::default();
        assert_eq!(chunk(&mut burst, &[50, 10], 50), (50, 0));
        assert_eq!(chunk(&mut burst, &[60], 50), (50, 0));
    }

    #[test]
    fn the_end_of_a_burst_costs_one_pause_and_the_next_message_none() {
        let mut burst = Burst::default();
        let _ = chunk(&mut burst, &[50], 50);
        assert_eq!(chunk(&mut burst, &[1], 50), (1, 1));
        assert_eq!(chunk(&mut burst, &[1], 50), (1, 0));
    }
}
