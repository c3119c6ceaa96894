use action::Verb;

use super::*;
use crate::commands::read::samples;

fn shown(report: &Report, width: Option<usize>) -> Vec<String> {
    lines(report, width).into_iter().map(|(_, line)| line).collect()
}

fn sample(name: &str) -> Report {
    let noted = samples::effect(Verb::Update, "b").noted("not tracked by git");
    samples::report(vec![samples::seen(samples::typed("rm x"), vec![(samples::grave(name), 0, 4), (noted, 3, 4)])])
}

#[test]
fn a_table_stands_below_the_summary() {
    let shown = shown(&sample("a.db"), None);
    let table = shown.split(|line| line.is_empty()).nth(1).unwrap();
    assert_eq!(
        table,
        [
            "does    what         where          how many    undo  data  sure      at",
            "delete  file `a.db`  production/eu  1,200 rows  no    data  at least  1:1",
            "update  file `b`     workspace                  yes         exact     1:4",
            "    not tracked by git",
        ]
    );
}

#[test]
fn a_narrow_screen_takes_the_middle_of_names_and_nothing_else() {
    let report = sample(&format!("{}/end.db", "long/".repeat(40)));
    for width in [90, 100, 160] {
        let shown = shown(&report, Some(width));
        assert!(shown.iter().all(|line| line.chars().count() <= width), "{width}: {shown:#?}");
        assert!(shown.iter().any(|line| line.contains('…') && line.contains("end.db`") && line.contains("1,200 rows") && line.ends_with("1:1")), "{shown:#?}");
    }
    let shown = shown(&report, Some(10));
    assert!(shown.iter().any(|line| line.contains("production/eu")), "what else is said does not give way: {shown:#?}");
}

#[test]
fn the_loudest_line_is_the_gravest() {
    let lines = lines(&sample("a.db"), None);
    let style = |of: &str| lines.iter().find(|(_, line)| line.starts_with(of)).unwrap().0;
    assert_eq!((style("delete"), style("update"), style("does"), style("touches")), (BAD, Style::new(), DIM, BAD.bold()));
}

#[test]
fn several_inputs_and_files_have_titles_and_a_missing_service_is_told() {
    let one = || samples::seen(samples::file("a.sh", "rm x"), vec![(samples::effect(Verb::Delete, "x"), 0, 4)]);
    let mut report = samples::report(vec![one(), samples::seen(samples::typed("true"), Vec::new())]);
    report.service = false;
    let shown = shown(&report, None);
    assert!(shown.contains(&"a.sh (shell)".to_owned()) && shown.contains(&"command `true`".to_owned()) && shown.contains(&"touches nothing".to_owned()), "{shown:#?}");
    assert_eq!(shown.last().map(String::as_str), Some("no service was asked: what is not this machine is unknown"));
}
