//! How the server finds the next task.

use berkas_domain::{Service, UserId};
use berkas_store::PlanFor;

use crate::bench::{Bench, LIVE, on_bench};

/// Tables that grow with what was sent: none is ever read from end to end for one task.
const GROWING: [&str; 3] = ["tasks", "submissions", "task_exclusions"];

impl Bench {
    /// The plans of a pull and of a peek, for these values and for any.
    async fn plans(&self, user: UserId) -> Vec<Vec<String>> {
        let (store, now) = (&self.app.store, self.now());
        let mut plans = Vec::new();
        for plan_for in [PlanFor::Values, PlanFor::Any] {
            plans.push(store.plan_of_pull(user.0, plan_for, now).await.unwrap());
            plans.push(store.plan_of_peek(user.0, plan_for, now).await.unwrap());
        }
        plans
    }
}

#[test]
fn neither_a_pull_nor_a_peek_reads_a_growing_table_from_end_to_end() {
    on_bench(async |bench| {
        let all = bench.verifier("wati", Service::ALL, false).await;
        let one = bench.verifier("budi", &[Service::AktaKematian], false).await;
        bench.app.store.fill_pool(LIVE, 20_000).await.unwrap();
        for user in [all, one] {
            for plan in bench.plans(user).await {
                let reads =
                    |table: &str| plan.iter().any(|line| line.contains(&format!("Seq Scan on {table} ")));
                assert!(!GROWING.iter().any(|table| reads(table)), "{}", plan.join("\n"));
                assert!(
                    plan.iter().any(|line| line.contains("using tasks_pool on tasks")),
                    "{}",
                    plan.join("\n")
                );
                // The first forty are kept from both; looking past them is all that is read beside the few that are looked at.
                assert!(most_rows(&plan) < 500, "{}", plan.join("\n"));
            }
            let expected = bench.app.store.peek_task(user, bench.now()).await.unwrap();
            assert!(expected.is_some());
            assert_eq!(bench.pull(user).await.map(|task| task.id), expected);
        }
    });
}

/// The most rows that a step of the plan gave or left out, over all its rounds.
fn most_rows(plan: &[String]) -> u64 {
    let number_after = |line: &str, word: &str| {
        let rest = line.split_once(word)?.1;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u64>().ok()
    };
    let rows = |line: &String| {
        let rounds = number_after(line, "loops=").unwrap_or(1);
        let given = number_after(line, "actual rows=").map(|rows| rows * rounds);
        given.max(number_after(line, "Rows Removed by Filter: "))
    };
    plan.iter().filter_map(rows).max().unwrap_or(0)
}
