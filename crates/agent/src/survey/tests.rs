use std::collections::BTreeMap;
use std::path::PathBuf;

use action::{Deed, Event, McpPlace, McpServer, PersonId, Tier};
use sandbox::{Differing, Now};

use super::{Survey, SurveyError};
use crate::samples::Sample;

fn shell(command: &str) -> Deed {
    Deed::Shell { command: command.into(), cwd: String::new(), seconds: 10, background: false }
}

fn lines(sample: &Sample, survey: &mut Survey, deed: Deed) -> String {
    survey.effects(&sample.office, &sample.intent(deed)).unwrap().lines().join("\n")
}

#[test]
fn a_script_is_read_through_to_what_it_does() {
    let sample = Sample::new();
    sample.map(Tier::Production, 1);
    let place = sample.root().display().to_string();
    sample.put("ops/outer.sh", "sh ops/inner.sh\n");
    sample.put("ops/inner.sh", &format!("rm -rf {place}/data\n"));
    let said = lines(&sample, &mut Survey::of_session(&sample.root()), shell("sh ops/outer.sh"));
    assert!(said.contains("delete") && said.contains("eu"), "{said}");
}

#[test]
fn the_copys_own_script_counts_and_not_the_persons() {
    let sample = Sample::new();
    sample.map(Tier::Production, 1);
    sample.put("run.sh", "true\n");
    let layer = tempfile::tempdir().unwrap();
    let at = layer.path().join("run.sh");
    std::fs::write(&at, format!("rm -rf {}/data\n", sample.root().display())).unwrap();
    let mut survey = Survey::of_session(&sample.root());
    let before = lines(&sample, &mut survey, shell("sh run.sh"));
    assert!(!before.contains("eu"), "{before}");
    survey.saw(&[Differing { path: PathBuf::from("run.sh"), now: Now::File { at, size: 1, executable: false } }]);
    let after = lines(&sample, &mut survey, shell("sh run.sh"));
    assert!(after.contains("eu"), "{after}");
}

#[test]
fn a_script_that_was_removed_in_the_copy_is_not_read_from_the_tree() {
    let sample = Sample::new();
    sample.put("run.sh", "true\n");
    let mut survey = Survey::of_session(&sample.root());
    survey.saw(&[Differing { path: PathBuf::from("run.sh"), now: Now::Gone }]);
    let facts = survey.facts(&sample.office, &sample.intent(shell("sh run.sh"))).unwrap();
    assert!(facts.scripts.is_empty());
}

#[test]
fn scripts_that_name_each_other_are_read_once_and_huge_ones_not_at_all() {
    let sample = Sample::new();
    sample.put("a.sh", "sh b.sh\n");
    sample.put("b.sh", "sh a.sh\n");
    sample.put("huge.sh", &"true\n".repeat(20_000));
    let survey = Survey::of_session(&sample.root());
    let facts = survey.facts(&sample.office, &sample.intent(shell("sh ./a.sh; sh huge.sh"))).unwrap();
    assert_eq!(facts.scripts.keys().collect::<Vec<_>>(), ["a.sh", "b.sh"]);
}

#[test]
fn statements_and_manifests_that_a_command_names_are_read_from_where_it_runs() {
    let sample = Sample::new();
    let root = sample.root().display().to_string();
    for name in ["ops/wipe.sql", "ops/web.yaml", "ops/more.yaml", "top.sql"] {
        sample.put(name, "x\n");
    }
    let survey = Survey::of_session(&sample.root());
    let command = format!("psql -f wipe.sql; kubectl apply -f web.yaml,more.yaml; psql -f {root}/top.sql; aws x --sql file://wipe.sql");
    for cwd in ["ops".to_owned(), "./ops/".to_owned(), format!("{root}/ops")] {
        let deed = Deed::Shell { command: command.clone(), cwd: cwd.clone(), seconds: 10, background: false };
        let facts = survey.facts(&sample.office, &sample.intent(deed)).unwrap();
        assert_eq!(facts.scripts.keys().collect::<Vec<_>>(), ["ops/more.yaml", "ops/web.yaml", "ops/wipe.sql", "top.sql"], "{cwd}");
    }
}

#[test]
fn compose_files_are_found_without_being_named() {
    let sample = Sample::new();
    sample.put("compose.yaml", "services: {}\n");
    sample.put("docker-compose.yml", &"#\n".repeat(60_000));
    let survey = Survey::of_session(&sample.root());
    let facts = survey.facts(&sample.office, &sample.intent(shell("docker compose down -v"))).unwrap();
    assert_eq!(facts.scripts.keys().collect::<Vec<_>>(), ["compose.yaml"]);
    assert_eq!(facts.files.keys().collect::<Vec<_>>(), ["compose.yaml", "docker-compose.yml"]);
    assert!(survey.facts(&sample.office, &sample.intent(shell("docker ps"))).unwrap().files.is_empty());
}

#[test]
fn the_persons_own_clients_say_nothing_of_the_box() {
    let sample = Sample::new();
    let facts = Survey::of_session(&sample.root()).facts(&sample.office, &sample.intent(shell("aws s3 ls; kubectl get pods"))).unwrap();
    assert!(facts.profiles.is_empty() && facts.clusters.is_empty() && facts.plans.is_empty());
}

#[test]
fn paths_that_lead_out_of_the_tree_have_no_facts() {
    let sample = Sample::new();
    sample.put("a.txt", "one");
    let survey = Survey::of_session(&sample.root());
    let facts = |path: &str| survey.facts(&sample.office, &sample.intent(Deed::Delete { path: path.into() })).unwrap();
    assert_eq!(facts("a.txt").files["a.txt"].size, 3);
    for path in ["../service/ledger.sqlite", "/etc/passwd", "absent"] {
        assert!(facts(path).files.is_empty(), "{path}");
    }
}

#[test]
fn rows_that_a_change_set_would_lose_are_counted() {
    let sample = Sample::new();
    sample.map(Tier::Production, 1);
    let path = sample.root().join("costs.db");
    let rows = |path: &std::path::Path, rows: u32| {
        let connection = rusqlite::Connection::open(path).unwrap();
        connection.execute_batch("CREATE TABLE costs (id INTEGER)").unwrap();
        for id in 0..rows {
            connection.execute("INSERT INTO costs VALUES (?1)", [id]).unwrap();
        }
    };
    rows(&path, 12);
    let after = tempfile::tempdir().unwrap();
    rows(&after.path().join("after.db"), 5);
    let content = |path: &std::path::Path| {
        let bytes = std::fs::read(path).unwrap();
        let digest = sample.book().put(&bytes).unwrap();
        Some(action::Content::File { digest, size: bytes.len() as u64, executable: false })
    };
    let change = action::Change { path: "costs.db".into(), before: content(&path), after: content(&after.path().join("after.db")) };
    let change = sample.book().put_value(&action::ChangeSet::new(sample.root().to_str().unwrap(), vec![change])).unwrap();
    let deed = Deed::Change { environment: action::EnvironmentName::new("eu"), command: "tidy".into(), change };
    let facts = Survey::outside().facts(&sample.office, &sample.intent(deed)).unwrap();
    let fact = &facts.databases["costs.db"];
    assert_eq!((fact.rows_before, fact.rows_after, fact.rows_lost), (Some(12), Some(5), 7));
    assert!(std::fs::read_dir(sample.office.folder.join("tmp")).unwrap().next().is_none(), "the scratch copy is gone");
}

#[test]
fn a_change_set_that_is_not_there_is_an_error() {
    let sample = Sample::new();
    let deed = Deed::Land { root: "/".into(), change: action::Digest::of_bytes(b"absent"), landing: action::Landing::Worktree };
    assert!(matches!(Survey::outside().effects(&sample.office, &sample.intent(deed)), Err(SurveyError::Book(_))));
}

#[test]
fn a_recovery_point_counts_when_it_holds_something() {
    let sample = Sample::new();
    sample.put("full/backup", "bytes");
    sample.put("empty", "");
    std::fs::create_dir_all(sample.root().join("hollow")).unwrap();
    let path = |name: &str| sample.root().join(name).display().to_string();
    let environment = action::Environment {
        name: action::EnvironmentName::new("eu"),
        tier: Tier::Production,
        paths: Vec::new(),
        hosts: Vec::new(),
        remotes: Vec::new(),
        recovery: ["full", "full/backup", "empty", "hollow", "absent"].map(path).to_vec(),
        owners: Vec::new(),
        terms: Default::default(),
        identities: Vec::new(),
    };
    assert_eq!(super::recovery_points(&environment), ["full", "full/backup"].map(path));
}

#[test]
fn the_login_of_this_project_and_server_is_a_fact_until_somebody_logs_out() {
    let sample = Sample::new();
    let root = sample.root().display().to_string();
    let server = |name: &str| McpServer { name: name.into(), at: McpPlace::At { url: "https://mcp.example/".into(), headers: BTreeMap::new() } };
    let by = PersonId::new("ana");
    let logged_in = |root: &str, name: &str| Event::LoggedIn { root: root.into(), server: server(name), issuer: "https://id.example".into(), scopes: vec!["read".into()], by: by.clone() };
    let mut survey = Survey::of_session(&sample.root());
    let mut said = || lines(&sample, &mut survey, Deed::McpStart { server: server("far") });
    sample.write(&[logged_in("/elsewhere", "far"), logged_in(&root, "other")]);
    assert!(!said().contains("logged in"), "another project, another server");
    sample.write(&[logged_in(&root, "far")]);
    let first = said();
    assert!(first.contains("as whoever logged in with `https://id.example` for `read`, entry "), "{first}");
    sample.write(&[logged_in(&root, "far")]);
    assert_ne!(said(), first, "another login is another effect, and voids what was signed for the first");
    sample.write(&[Event::LoggedOut { root: root.clone(), server: server("far"), by: by.clone() }]);
    assert!(!said().contains("logged in"));
}
