//! Whose turn it is when many share the same people: start-time fair queueing (Goyal, Vin and Cheng, 1996).
//!
//! Everybody who shares has an account of the work that was entered for them, counted in seconds of work. A task's rank is
//! where its sharer's account stands when it enters, but never before the turn that the pool is at: who was away saves
//! nothing up, and who sends five hundred files at once stands behind their own files only.

/// What is due soon takes turns of its own, as many as so many offices together. It gains on everybody, and still a flood
/// that becomes urgent all at once cannot shut out another office's single file.
pub const URGENT_SHARES: i64 = 10;

/// The turn that a pool is at for one kind of work: the last rank at which work on it `begun`, or the first that `waits` when
/// that is later, but not beyond where work began `elsewhere` in the pool, of which this kind is a part. Where nothing waits it
/// is where work began elsewhere. So nobody falls back behind what is done, whatever returns to the pool; what nobody on duty
/// can do does not hold up the rest; and where only an office with a backlog waits for a rare kind of work, another's single
/// file does not begin behind that backlog.
#[must_use]
pub fn present(begun: Option<i64>, waits: Option<i64>, elsewhere: Option<i64>) -> i64 {
    let waits = waits.map(|waits| elsewhere.map_or(waits, |elsewhere| waits.min(elsewhere)));
    begun.max(waits.or(elsewhere)).unwrap_or(0)
}

/// The ranks of tasks that one sharer enters together, in their order.
///
/// `account` is where the sharer's account stands and `turn` the rank that the pool is at; `efforts_s` is the work that
/// each task is expected to take.
#[must_use]
pub fn ranks(account: i64, turn: i64, efforts_s: &[i64]) -> Vec<i64> {
    let start = account.max(turn);
    let before = efforts_s.iter().scan(start, |next, effort_s| {
        let rank = *next;
        *next = next.saturating_add(*effort_s);
        Some(rank)
    });
    before.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_turn_never_falls_back_and_is_that_of_the_others_where_nothing_waits() {
        assert_eq!(present(None, None, None), 0);
        assert_eq!(present(Some(300), Some(600), Some(900)), 600);
        assert_eq!(present(Some(900), Some(300), None), 900, "something came back into the pool");
        assert_eq!(present(Some(300), None, Some(900)), 900);
        assert_eq!(present(None, Some(300), Some(900)), 300, "nobody can do this, the others go on");
    }

    #[test]
    fn a_backlog_that_alone_waits_for_a_rare_kind_of_work_does_not_push_its_turn_ahead() {
        assert_eq!(present(Some(300), Some(90_000), Some(900)), 900);
        assert_eq!(present(None, Some(90_000), Some(900)), 900);
    }

    #[test]
    fn a_sharer_who_was_away_begins_at_the_present_turn() {
        assert_eq!(ranks(100, 5_000, &[60, 120, 60]), [5_000, 5_060, 5_180]);
    }

    #[test]
    fn a_sharer_with_a_backlog_goes_on_behind_it() {
        assert_eq!(ranks(9_000, 5_000, &[60, 60]), [9_000, 9_060]);
    }

    #[test]
    fn entering_one_by_one_is_entering_together() {
        let efforts = [60, 300, 1, 599, 60];
        for (account, turn) in [(0, 0), (100, 5_000), (9_000, 5_000)] {
            let mut stands = account;
            let singly = efforts.map(|effort| {
                let rank = ranks(stands, turn, &[effort])[0];
                stands = rank + effort;
                rank
            });
            assert_eq!(singly.to_vec(), ranks(account, turn, &efforts));
        }
    }
}
