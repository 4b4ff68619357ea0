use super::*;
use crate::simulation::{self, Arriving};

/// Five minutes each, for five verifiers of everything.
const EFFORT_S: i64 = 300;

fn everybody(count: usize) -> Vec<Vec<Service>> {
    vec![Service::ALL.to_vec(); count]
}

fn sent(at_s: i64, office: usize) -> Submission {
    let service = Service::KartuKeluarga;
    Submission { at_s, office, service, expected_s: EFFORT_S, takes_s: EFFORT_S, repaired_after_s: None }
}

fn wait_of(submission: usize, works: &[Work]) -> i64 {
    works.iter().find(|work| work.submission == submission && !work.repaired).unwrap().waited_s()
}

#[test]
fn five_hundred_at_once_delay_anothers_single_one_by_one_task_only() {
    let mut week = vec![sent(0, 1); 500];
    week.push(sent(60, 2));
    let single = |order| wait_of(500, &work_off(&week, &everybody(5), order));
    // Everybody is at a task of the first office when it comes; it is the next.
    assert!(single(Order::Turns) <= EFFORT_S, "{}", single(Order::Turns));
    assert!(single(Order::FirstCome) > 90 * EFFORT_S, "{}", single(Order::FirstCome));
}

#[test]
fn a_flood_that_alone_waits_for_a_rare_service_delays_anothers_single_file_for_it_by_one_task_only() {
    let mut week = vec![sent(0, 1); 500];
    for death in [350, 499] {
        week[death].service = Service::AktaKematian;
    }
    week.push(Submission { service: Service::AktaKematian, ..sent(600, 2) });
    let single = wait_of(500, &work_off(&week, &everybody(5), Order::Turns));
    assert!(single <= EFFORT_S, "{single}");
}

#[test]
fn all_that_was_sent_is_done_once_and_nobody_does_two_at_a_time() {
    let week = week::week(&[3, 1, 2], &week::Plan { a_day: 60, ..week::Plan::default() }, 7);
    for order in [Order::Turns, Order::FirstCome] {
        let works = work_off(&week, &everybody(2), order);
        let mut done: Vec<_> = works.iter().map(|work| (work.submission, work.repaired)).collect();
        done.sort_unstable();
        let firsts = (0..week.len()).map(|place| (place, false));
        let repairs = (0..week.len())
            .filter(|place| week[*place].repaired_after_s.is_some())
            .map(|place| (place, true));
        let mut expected: Vec<_> = firsts.chain(repairs).collect();
        expected.sort_unstable();
        assert_eq!(done, expected);
        for who in 0..2 {
            let mut of: Vec<_> = works.iter().filter(|work| work.verifier == who).collect();
            of.sort_by_key(|work| work.begun_s);
            assert!(of.windows(2).all(|pair| pair[0].begun_s + pair[0].takes_s <= pair[1].begun_s));
        }
        assert!(works.iter().all(|work| work.waited_s() >= 0));
    }
}

#[test]
fn a_repair_goes_to_who_returned_it_while_they_are_there() {
    let mut week: Vec<_> = (0..40).map(|number| sent(number * 200, number as usize % 3)).collect();
    week[4].repaired_after_s = Some(900);
    let works = work_off(&week, &everybody(2), Order::Turns);
    let of: Vec<_> = works.iter().filter(|work| work.submission == 4).collect();
    assert_eq!(of.len(), 2);
    assert_eq!(of[0].verifier, of[1].verifier);
}

#[test]
fn nobody_is_given_what_they_are_not_competent_for() {
    let mut week = vec![sent(0, 1), sent(0, 1), sent(0, 2)];
    week[0].service = Service::AktaKematian;
    let works = work_off(&week, &[vec![Service::KartuKeluarga], Service::ALL.to_vec()], Order::Turns);
    let of_death = works.iter().find(|work| work.submission == 0).unwrap();
    assert_eq!(of_death.verifier, 1);
}

/// Where all are alike, the policy over the whole pool gives what the model with one heap gives.
#[test]
fn the_pool_goes_in_the_same_turns_as_the_model_of_fair_queueing() {
    let mut week: Vec<_> = (0..90).map(|number| sent(number * 40, (number * number % 5) as usize)).collect();
    week.extend(vec![sent(1_000, 9); 40]);
    week.sort_by_key(|submission| submission.at_s);
    let arriving: Vec<_> = week
        .iter()
        .map(|of| Arriving { at_s: of.at_s, share: of.office as u32, effort_s: of.takes_s })
        .collect();
    let model = simulation::begins(&arriving, 3, Order::Turns);
    let works = work_off(&week, &everybody(3), Order::Turns);
    let begun: Vec<_> = (0..week.len()).map(|place| wait_of(place, &works) + week[place].at_s).collect();
    // Between equal turns one goes by arrival, the other by whom it is meant for.
    let mean = |begun: &[i64], office: usize| {
        let of = begun.iter().zip(&week).filter(|(_, submission)| submission.office == office);
        let (sum, count) = of.fold((0, 0), |(sum, count), (at_s, _)| (sum + at_s, count + 1));
        sum / count
    };
    for office in [0, 1, 4, 9] {
        let apart = (mean(&begun, office) - mean(&model, office)).abs();
        assert!(apart <= 2 * EFFORT_S, "{office}: {apart}");
    }
}
