use super::*;

fn run(result: GoalResult) -> GoalRun {
    GoalRun { intent: None, line: "exit 1".into(), result }
}

#[test]
fn a_goal_is_tried_again_while_it_is_missed_and_runs_are_left() {
    use GoalResult::{Missed, Reached, Undecided};
    for (results, runs, reached, again) in [
        (&[][..], 3, false, true),
        (&[Missed], 3, false, true),
        (&[Missed, Missed, Missed], 3, false, false),
        (&[Missed, Reached], 3, true, false),
        (&[Undecided], 3, false, false),
    ] {
        let goal = Goal { until: "tests pass".into(), command: "make test".into(), folder: ".".into(), runs };
        let mut pursued = Pursued::begun(&goal);
        pursued.runs = results.iter().copied().map(run).collect();
        assert_eq!((pursued.is_reached(), pursued.may_go_on()), (reached, again), "{results:?}");
    }
}
