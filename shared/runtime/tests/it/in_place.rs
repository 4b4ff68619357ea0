//! What a step costs the database.

use crate::bench::on_bench;

/// What every step writes of a submission's row.
const WRITTEN: [&str; 6] = ["generation", "next_sequence", "outcome", "parked", "stage", "stage_since"];

#[test]
fn no_index_of_the_submissions_rests_on_what_every_step_writes() {
    on_bench(&[], async |bench| {
        let indexed = bench.app.store.indexed_columns("submissions").await.unwrap();
        // PostgreSQL writes a row in place only where no index has to follow, be it for its condition alone.
        assert!(!indexed.iter().any(|column| WRITTEN.contains(&column.as_str())), "{indexed:?}");
        // So that it looks where the indexes are: of what was returned, of what is under way, and by number.
        for column in ["away_since", "live", "office", "registration_number"] {
            assert!(indexed.iter().any(|one| one == column), "{column} of {indexed:?}");
        }
    });
}
