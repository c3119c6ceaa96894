use super::*;
use crate::tasks::Tasks;
use crate::text::lines;

const PLAN: &str = "- [ ] 1. a\n  - [ ] 1.1 b\n  - [ ] 1.2 c\n- [ ] 2. Checkpoint\n- [ ] 3. d\n  - [ ] 3.1 e\n  - [ ] 3.2 f\n";

fn with(json: &str) -> String {
    format!("{PLAN}\n## Task Dependency Graph\n\n```json\n{json}\n```\n")
}

/// The waves by the tasks' names.
fn named(text: &str) -> Result<Vec<Vec<String>>, String> {
    let tasks = Tasks::read(text);
    let waves = waves(&tasks).map_err(|cycle| cycle.to_string())?;
    Ok(waves.iter().map(|wave| wave.iter().map(|at| tasks.name(*at).to_owned()).collect()).collect())
}

fn shown(text: &str) -> String {
    named(text).map(|waves| waves.iter().map(|wave| wave.join(" ")).collect::<Vec<_>>().join(" | ")).unwrap()
}

#[test]
fn all_shapes_are_read() {
    for json in [
        r#"{"waves":[{"id":0,"tasks":["1.1","1.2"]},{"id":1,"tasks":["3.1"]}]}"#,
        r#"{"waves":[{"wave":0,"tasks":["1.1","1.2"],"description":"x"},{"wave":1,"tasks":["3.1"],"description":"y"}]}"#,
        r#"{"waves":[{"tasks":["1.1","1.2"]},{"tasks":["3.1"]}]}"#,
        r#"{"waves":[{"name":"x","description":"y","tasks":["1.1","1.2"]},{"name":"z","tasks":["3.1."]}]}"#,
        r#"{"waves":[{"wave":1,"name":"x","parallel":true,"dependsOn":[],"tasks":["1.1","1.2"]},{"wave":2,"dependsOn":[1],"tasks":["3.1"]}]}"#,
        r#"{"waves":[["1.1","1.2"],["3.1"]]}"#,
        r#"{"waves":[[1.1,1.2],[3.1]]}"#,
        r#"[["1.1","1.2"],["3.1"]]"#,
        r#"{"waves":[{"id":"a","tasks":[{"id":"1.1"},{"id":"1.2"}]},{"id":"b","dependsOn":"a","tasks":["3.1"]}]}"#,
    ] {
        let text = with(json);
        let graph = Tasks::read(&text).graph.unwrap_or_else(|| panic!("{json}"));
        assert_eq!(graph.waves.iter().map(|wave| wave.tasks.join(" ")).collect::<Vec<_>>(), ["1.1 1.2", "3.1"], "{json}");
        assert_eq!(&text[graph.span.clone()], json);
        assert!(graph.waves.iter().all(|wave| text[wave.span.clone()].starts_with(['{', '['])));
    }
}

#[test]
fn a_number_keeps_its_last_nought() {
    let tasks = Tasks::read(&with(r#"{"waves":[[1.10]]}"#));
    assert_eq!(tasks.graph.unwrap().waves[0].tasks, ["1.10"]);
}

#[test]
fn what_cannot_be_read_is_told() {
    let odd = |text: &str| find(text, &lines(text)).odd.map(|(_, why)| why);
    assert!(odd("## Task Dependency Graph\n\n```mermaid\ngraph TD\n```\n").is_some_and(|why| why.contains("mermaid")));
    assert!(odd(&with(r#"{"waves":[{"tasks":["1.1"#)).is_some_and(|why| why.contains("cannot be read")));
    assert!(odd(&with(r#"{"waves":[{"tasks":[true]}]}"#)).is_some_and(|why| why.contains("names no task")));
    assert_eq!(odd("```json\n{\"other\": 1}\n```\n"), None);
    assert_eq!(odd("```mermaid\ngraph TD\n```\n"), None);
}

#[test]
fn what_the_graph_leaves_out_comes_after_what_is_before_it() {
    assert_eq!(shown(&with(r#"{"waves":[["1.1","1.2"],["3.1","3.2"]]}"#)), "1.1 1.2 | 2 | 3.1 3.2");
    assert_eq!(shown(&with(r#"{"waves":[["1.1","3.1"],["1.2"]]}"#)), "1.1 3.1 | 1.2 | 2 3.2");
}

#[test]
fn waves_go_after_those_that_they_name() {
    let text = with(r#"{"waves":[{"id":0,"dependsOn":[1],"tasks":["1.1","1.2"]},{"id":1,"tasks":["3.1","3.2"]}]}"#);
    assert_eq!(shown(&text), "3.1 3.2 | 1.1 1.2 | 2");
    let ring = with(r#"{"waves":[{"id":0,"dependsOn":[1],"tasks":["1.1"]},{"id":1,"dependsOn":[0],"tasks":["3.1"]}]}"#);
    assert_eq!(named(&ring), Err("these wait for each other: wave 0 → wave 1 → wave 0".to_owned()));
}

#[test]
fn without_a_graph_one_goes_after_the_other() {
    assert_eq!(shown(PLAN), "1.1 | 1.2 | 2 | 3.1 | 3.2");
    assert_eq!(shown(""), "");
}

#[test]
fn tasks_marked_so_go_beside_their_neighbours() {
    assert_eq!(shown("- [ ] 1. a\n- [ ] 2. (P) b\n- [ ] 3. (P) c\n- [ ] 4. d\n"), "1 | 2 3 | 4");
}

#[test]
fn what_is_named_comes_first_and_a_parent_waits_for_all_its_parts() {
    assert_eq!(shown("- [ ] 1. (P) a\n- [ ] 2. (P) b\n  - _Depends: 3_\n- [ ] 3. (P) c\n"), "1 3 | 2");
    let text = "- [ ] 1. a\n  - _Depends: 2_\n  - [ ] 1.1 (P) b\n  - [ ] 1.2 (P) c\n- [ ] 2. d\n  - [ ] 2.1 (P) e\n  - [ ] 2.2 (P) f\n";
    assert_eq!(shown(text), "2.1 2.2 | 1.1 1.2");
}

#[test]
fn a_ring_is_told_with_its_members() {
    let ring = "- [ ] 1. a\n  - _Depends: 3_\n- [ ] 2. b\n- [ ] 3. c\n  - _Depends: 1_\n";
    assert_eq!(named(ring), Err("these wait for each other: 1 → 3 → 1".to_owned()));
    assert_eq!(named("- [ ] 1. a\n  - _Depends: 1_\n"), Err("these wait for each other: 1 → 1".to_owned()));
    let own_part = "- [ ] 1. a\n  - [ ] 1.1 b\n    - _Depends: 1_\n";
    assert!(named(own_part).is_err());
}

#[test]
fn a_long_chain_needs_no_deep_stack() {
    let text: String = (1..=20_000).map(|nth| format!("- [ ] {nth}. (P) a\n  - _Depends: {}_\n", nth + 1)).collect();
    assert_eq!(named(&text).unwrap().len(), 20_000);
}
