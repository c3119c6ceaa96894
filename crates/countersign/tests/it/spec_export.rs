//! `countersign spec export`: documents as they are, and issues that nobody sees before people have signed them.

mod github;

use std::path::PathBuf;
use std::time::Duration;

use action::{Digest, Issue, IssueSet};
use serde_json::Value;
use testkit::{Called, World};

use github::GitHub;

const REQUIREMENTS: &str = "\u{feff}# Requirements Document\r\n\r\n## Requirements\r\n\r\n### Requirement 1: 購物車 عربة\r\n\r\n#### Acceptance Criteria\r\n\r\n1. WHEN a thing is added, THE Cart SHALL keep it\r\n2. WHEN an hour passes, THE Cart SHALL forget it\r\n";
const DESIGN: &str = "Design\n======\n\n```mermaid\ngraph TD\n```\n\n| a | b |\n|---|---|\n| Größe | жук |\n\n```rust\n# not a heading\n";
const TASKS: &str = "# Implementation Plan\n\n- [ ] 1. Keep things\n  - Store them, tell @ana\n  - [x] 1.1 Store\n    - _Requirements: 1.1_\n  - [ ] 1.2 Read\n- [ ] 2. Forget them\n  - _Requirements: 1.2_\n- [x] 3. Old work\n";

/// A project with the specification `cart`, for ana.
fn cart() -> World {
    let world = super::world();
    world.project(&[(".kiro/specs/cart/requirements.md", REQUIREMENTS), (".kiro/specs/cart/design.md", DESIGN), (".kiro/specs/cart/tasks.md", TASKS)]);
    world
}

/// The same with a host that is mapped as a development environment, so that ana's own signature is enough.
fn at_github() -> (World, GitHub) {
    let mut world = cart();
    let github = GitHub::serve(&mut world);
    world.call("ana", &["env", "add", "dev/issues", "--tier", "development", "--host", "git.example"]).must_succeed();
    (world, github)
}

const PUBLISH: [&str; 9] = ["spec", "export", "cart", "--format", "github", "--repo", "acme/shop", "--host", "git.example"];

fn publish(world: &World, more: &[&str]) -> Called {
    world.call("ana", &[&PUBLISH[..], more].concat())
}

/// Proposes, and ana signs: how that ended.
fn publish_and_sign(world: &World, more: &[&str]) -> Called {
    publish(world, more).must_succeed().must_say("nothing was sent");
    world.call("ana", &["sign", &world.held("publish")])
}

fn digest_signed(world: &World, id: &str) -> String {
    let shown = world.call("ana", &["show", id, "--json"]);
    let story: Value = serde_json::from_str(&shown.must_succeed().out).unwrap();
    story["intent"]["deed"]["issues"].as_str().unwrap().to_owned()
}

#[test]
fn a_markdown_export_has_every_byte_of_the_documents_and_headings_that_fit() {
    let world = cart();
    world.call("ana", &["spec", "accept", "cart", "requirements.md", "--yes"]).must_succeed();
    let said = world.call("ana", &["spec", "export", "cart"]).must_succeed().out.clone();
    assert!(said.starts_with("# Specification cart\n\n| Document | SHA-256 of its bytes | Authorized |"), "{said}");
    let digest = Digest::of_bytes(REQUIREMENTS.as_bytes()).to_string();
    assert!(said.contains(&format!("| requirements.md | `{}` | by ana (entry ", digest.strip_prefix("sha256:").unwrap())), "{said}");
    assert!(said.contains("| design.md |") && said.contains("| no |"), "{said}");
    let deeper = |line: &str| if line.starts_with('#') { format!("#{line}") } else { line.to_owned() };
    let fitted: String = REQUIREMENTS.trim_start_matches('\u{feff}').split_inclusive('\n').map(deeper).collect();
    assert!(said.contains(&fitted), "{said}");
    assert!(said.contains(&DESIGN.replace("======", "------")), "{said}");
    assert!(said.contains("# not a heading\n```\n\n## Implementation Plan\n\n- [ ] 1. Keep things\n"), "an open fence swallows nothing: {said}");
    world.write("project/.kiro/specs/cart/requirements.md", "# Other\n");
    world.call("ana", &["spec", "export", "cart"]).must_succeed().must_say("no: edited since ana did (entry ");
}

#[test]
fn the_trace_is_its_last_part_where_it_is_asked_for() {
    let world = cart();
    let said = world.call("ana", &["spec", "export", "cart", "--with", "trace"]).must_succeed().out.clone();
    assert!(said.find("## Implementation Plan").unwrap() < said.find("## Trace of cart").unwrap(), "{said}");
    assert!(said.contains("### Requirement 1: 購物車 عربة"), "{said}");
    world.call("ana", &["spec", "export", "cart"]).must_succeed().must_not_say("Trace of cart");
}

#[test]
fn without_a_service_it_is_said_that_nobody_knows_who_authorized_it() {
    let world = World::empty(env!("CARGO_BIN_EXE_countersign"));
    world.project(&[(".kiro/specs/cart/tasks.md", TASKS)]);
    world.call("nobody", &["spec", "export", "cart"]).must_succeed().must_say("| not known: there is no ledger here |");
    world.call("nobody", &["spec", "export", "cart", "--format", "html"]).must_succeed().must_say("<h1>Specification cart</h1>").must_say("<h2>Implementation Plan</h2>");
    world.write("project/.kiro/specs/cart/tasks.md", b"- [ ] 1. caf\xe9\n");
    world.call("nobody", &["spec", "export", "cart"]).must_end_with(1).must_say("tasks.md is not UTF-8");
    world.call("nobody", &["spec", "export", "till"]).must_end_with(2);
}

#[test]
fn a_pdf_has_the_text_and_names_characters_that_no_font_has() {
    let world = cart();
    world.write("project/.kiro/specs/cart/requirements.md", REQUIREMENTS.replace("購物車", "Корзина"));
    let out = world.path("cart.pdf");
    world.call("ana", &["spec", "export", "cart", "--format", "pdf", "--out", out.to_str().unwrap()]).must_succeed().must_say("bytes in");
    let mut reader = world.bare("pdftotext");
    reader.args(["-layout", out.to_str().unwrap(), "-"]);
    let read = Called::of(reader);
    read.must_succeed().must_say("Requirement 1: Корзина").must_say("☐ 1. Keep things").must_say("A diagram, shown as its source:").must_say("# not a heading").must_say("Größe");
    // U+10FFFE is in no font that anybody has.
    world.write("project/.kiro/specs/cart/requirements.md", "# A \u{10fffe}\n");
    let none = world.path("none.pdf");
    let refused = world.call("ana", &["spec", "export", "cart", "--format", "pdf", "--out", none.to_str().unwrap()]);
    refused.must_end_with(1).must_say("(U+10FFFE)").must_say("no PDF was made").must_say("--font FILE");
    assert!(!none.exists());
    let font: PathBuf = world.write("none.ttf", "no font");
    world.call("ana", &["spec", "export", "cart", "--format", "pdf", "--font", font.to_str().unwrap()]).must_end_with(2).must_say("it is no TrueType or OpenType font");
}

#[test]
fn no_document_is_written_through_a_link_that_the_repository_brought() {
    let world = cart();
    let mine = world.write("mine/profile", "mine\n");
    let project = world.path("project");
    for (link, leads) in [("cart.md.new", &mine), ("link.md", &mine), ("away", &world.path("mine"))] {
        std::os::unix::fs::symlink(leads, project.join(link)).unwrap();
    }
    world.call("ana", &["spec", "export", "cart", "--out", "cart.md"]).must_succeed();
    assert!(world.read("project/cart.md").starts_with("# Specification cart"));
    let inside = project.join("away/cart.md");
    for out in ["link.md", "away/cart.md", inside.to_str().unwrap()] {
        world.call("ana", &["spec", "export", "cart", "--out", out]).must_end_with(3).must_say("cannot be written").must_say("symbolic link");
        world.call("ana", &["spec", "trace", "cart", "--format", "html", "--out", out]).must_end_with(3).must_say("symbolic link");
    }
    assert_eq!((world.read("mine/profile").as_str(), std::fs::read_dir(world.path("mine")).unwrap().count()), ("mine\n", 1));
    world.call("ana", &["spec", "export", "cart", "--out", "../cart.md"]).must_succeed();
    assert_eq!(world.read("cart.md"), world.read("project/cart.md"));
}

#[test]
fn issues_are_held_and_what_was_signed_is_what_is_sent() {
    let (world, github) = at_github();
    let asked = publish(&world, &["--label", "spec", "--tracking"]);
    asked.must_succeed().must_say("3 new and 0 to be updated in git.example/acme/shop").must_say("nothing was sent").must_say("task 3 is done and has no issue: left out");
    assert!(github.changes().is_empty(), "nothing left before it was signed");
    let id = world.held("publish");
    let shown = world.call("ana", &["show", &id]);
    shown.must_succeed().must_say("publish issues in git.example/acme/shop").must_say("the repository is private").must_say("it names @ana, who may be told").must_say("`cart 1: Keep things` labelled `spec`");
    shown.must_say("+<!-- countersign: cart task 1 -->").must_say("+- [x] 1.1 Store").must_say("+> **1.1** WHEN a thing is added, THE Cart SHALL keep it").must_say("+- [ ] 2 Forget them");
    let signed = digest_signed(&world, &id);
    world.call("ana", &["sign", &id]).must_succeed().must_say("made #1 (task 1), #2 (task 2), #3 (all tasks) in git.example/acme/shop").must_say("receipt");
    let sent = github.changes();
    assert!(sent.iter().all(|request| request.method == "POST" && request.path == "/api/v3/repos/acme/shop/issues" && request.host == "git.example"), "{sent:?}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let subjects = ["task 1", "task 2", "all tasks"];
    let issues = sent.iter().zip(subjects).map(|(request, subject)| Issue {
        subject: subject.into(),
        number: None,
        title: text(&request.body["title"]),
        body: text(&request.body["body"]),
        labels: request.body["labels"].as_array().unwrap().iter().map(text).collect(),
    });
    let set = IssueSet { v: 1, spec: "cart".into(), visibility: "private".into(), issues: issues.collect() };
    assert_eq!(Digest::of(&set).unwrap().to_string(), signed, "what was signed is what was sent");
    world.call("ana", &["ledger", "verify"]).must_succeed();
    assert!(!world.call("ana", &["ledger", "show", "--json"]).out.contains("sesame"), "no token is on the ledger");
}

#[test]
fn a_second_export_updates_and_makes_nothing_twice() {
    let (world, github) = at_github();
    publish_and_sign(&world, &[]).must_succeed();
    world.write("project/.kiro/specs/cart/tasks.md", TASKS.replace("[ ] 1.2", "[x] 1.2").replace("2. Forget them", "2. Forget them soon") + "- [ ] 4. More\n");
    publish(&world, &[]).must_succeed().must_say("1 new and 2 to be updated");
    let id = world.held("publish");
    world.call("ana", &["show", &id]).must_succeed().must_say("#2 `cart 2: Forget them soon`").must_say("title and text are replaced");
    world.call("ana", &["sign", &id]).must_succeed().must_say("made #3 (task 4); updated #1, #2");
    let titles: Vec<String> = github.issues().iter().map(|issue| issue["title"].as_str().unwrap().to_owned()).collect();
    assert_eq!(titles, ["cart 1: Keep things", "cart 2: Forget them soon", "cart 4: More"]);
    assert!(github.issues()[0]["body"].as_str().unwrap().contains("- [x] 1.2 Read"));
    assert!(github.changes().iter().filter(|request| request.method == "PATCH").all(|request| request.body.get("labels").is_none()), "labels of others are left alone");
}

#[test]
fn a_host_that_fails_in_the_middle_leaves_an_end_that_names_what_is_there() {
    for (status, done, said) in [(403, false, "was not sent"), (502, false, "may or may not have been"), (502, true, "may or may not have been")] {
        let (world, github) = at_github();
        github.fail(1, status, done);
        let signed = publish_and_sign(&world, &[]);
        signed.must_end_with(1).must_say("made #1 (task 1); task 2").must_say(said).must_say("nothing after it was sent");
        assert_eq!(github.changes().len(), 2, "nothing is sent twice");
        github.heal();
        let there = github.issues().len();
        publish_and_sign(&world, &[]).must_succeed();
        assert_eq!(github.issues().len(), 2, "{there} were there, and each task has one issue now");
        world.call("ana", &["ledger", "verify"]).must_succeed();
    }
}

#[test]
fn what_fails_before_anything_was_sent_has_certainly_not_happened() {
    let (world, github) = at_github();
    github.fail(0, 403, false);
    publish_and_sign(&world, &[]).must_end_with(1).must_say("refused it with status 403: no");
    let shown = world.call("ana", &["ledger", "show", "--json"]);
    assert!(shown.out.contains("\"is\":\"failed\"") && !shown.out.contains("\"is\":\"unknown\""), "{}", shown.out);
}

#[test]
fn a_repository_that_changed_since_it_was_signed_gets_nothing() {
    let (world, github) = at_github();
    publish(&world, &[]).must_succeed();
    github.open("<!-- countersign: cart task 2 -->\nby hand", "OWNER");
    world.call("ana", &["sign", &world.held("publish")]).must_end_with(1).must_say("the issue of task 2 is there as #1 now").must_say("nothing was sent");
    publish(&world, &[]).must_succeed().must_say("1 new and 1 to be updated");
    github.repository("visibility", "public".into());
    world.call("ana", &["sign", &world.held("publish")]).must_end_with(1).must_say("the repository is public now");
    assert!(github.changes().is_empty());
}

#[test]
fn a_strangers_mark_makes_their_issue_none_of_ours() {
    let (world, github) = at_github();
    github.open("<!-- countersign: cart task 1 -->\nread me", "NONE");
    publish(&world, &[]).must_succeed().must_say("#1 bears a mark of ours").must_say("2 new and 0 to be updated");
    github.open("<!-- countersign: cart task 2 -->", "MEMBER");
    github.open("<!-- countersign: cart task 2 -->", "MEMBER");
    publish(&world, &[]).must_end_with(3).must_say("#2 and #3 both say that they are for the same thing");
}

#[test]
fn an_unmapped_host_needs_two_others_and_one_of_them_an_owner() {
    let mut world = cart();
    let github = GitHub::serve(&mut world);
    world.enrol("ben", &["engineer"]);
    world.enrol("olga", &["engineer", "owner"]);
    publish(&world, &[]).must_succeed();
    let id = world.held("publish");
    world.call("ana", &["show", &id]).must_succeed().must_say("in unknown").must_say("grave-in-production");
    world.call("ana", &["sign", &id]).must_say("still needs");
    world.call("ben", &["sign", &id]).must_succeed().must_say("still needs");
    assert!(github.changes().is_empty());
    world.call("olga", &["sign", &id]).must_succeed().must_say("made #1 (task 1), #2 (task 2)");
}

#[test]
fn nobody_logged_in_is_said_before_anything_is_proposed_and_before_anything_is_begun() {
    let (mut world, github) = at_github();
    world.set("GH_ENTERPRISE_TOKEN", "");
    publish(&world, &[]).must_end_with(3).must_say("gh is not logged in at git.example").must_say("gh auth login --hostname git.example");
    assert!(world.inbox().is_empty(), "nothing was proposed");
    world.set("GH_ENTERPRISE_TOKEN", "sesame");
    publish(&world, &[]).must_succeed();
    let id = world.held("publish");
    world.set("GH_ENTERPRISE_TOKEN", "wrong");
    world.call("ana", &["sign", &id]).must_end_with(1).must_say("nothing was begun: gh is not logged in at git.example");
    assert!(github.changes().is_empty());
    world.set("GH_ENTERPRISE_TOKEN", "sesame");
    world.call("ana", &["sign", &id]).must_succeed().must_say("made #1");
}

#[test]
fn a_token_in_a_variable_goes_to_no_host_that_it_is_not_meant_for() {
    let (mut world, github) = at_github();
    for name in ["GH_TOKEN", "GITHUB_TOKEN", "GITHUB_ENTERPRISE_TOKEN"] {
        world.set(name, "sesame");
    }
    for named in ["", "other.example", "github.com"] {
        world.set("GH_HOST", named);
        publish(&world, &[]).must_end_with(3).must_say("gh is not logged in at git.example").must_say("GH_HOST");
    }
    assert_eq!((github.tokens().len(), world.inbox().len()), (0, 0));
    world.set("GH_HOST", "git.example");
    publish(&world, &[]).must_succeed();
}

#[test]
fn whoever_stops_it_ends_the_request_that_is_on_its_way_and_all_after_it() {
    let (world, github) = at_github();
    publish(&world, &[]).must_succeed();
    let (id, came) = (world.held("publish"), github.hold());
    let signing = world.start("ana", &["sign", &id]);
    came.recv_timeout(Duration::from_secs(60)).expect("the first issue is on its way");
    world.call("ana", &["stop", &id]).must_succeed();
    let ended = signing.wait_with_output().unwrap();
    let said = [ended.stdout, ended.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    assert!(said.contains("a person stopped it") && said.contains("may or may not have been") && said.contains("nothing after it was sent"), "{said}");
    assert_eq!((ended.status.code(), github.changes().len()), (Some(1), 1));
    let shown = world.call("ana", &["ledger", "show", "--json"]);
    assert!(shown.out.contains("\"is\":\"unknown\""), "{}", shown.out);
}

#[test]
fn what_cannot_be_published_is_refused_before_gh_is_asked() {
    let (world, _) = at_github();
    let bad = |arguments: &[&str]| world.call("ana", &[&["spec", "export", "cart"], arguments].concat());
    bad(&["--format", "github"]).must_end_with(2).must_say("--repo");
    bad(&["--repo", "a/b"]).must_end_with(2).must_say("--repo goes with --format github");
    for repository in ["acme", "acme/shop/x", "../x", "-o/x", "acme/{repo}"] {
        bad(&["--format", "github", "--repo", repository]).must_end_with(2);
    }
    bad(&["--format", "github", "--repo", "a/b", "--host", "h:443"]).must_end_with(2).must_say("a host is named like");
    world.write("project/.kiro/specs/cart/tasks.md", "- [ ] Nameless\n");
    publish(&world, &[]).must_end_with(1).must_say("has no number");
    world.write("project/.kiro/specs/cart/tasks.md", "- [x] 1. Done\n");
    publish(&world, &[]).must_end_with(1).must_say("there is nothing to publish");
}
