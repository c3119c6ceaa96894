use std::fs;

use super::{FILE, Scenario};

const START: &str = "story = \"Somebody asks. Something happens.\"\nfrom = \"a test\"\n";
const RUN: &str = "[[step]]\ndo = \"run\"\nprompt = \"go\"\n";
const EXPECT: &str = "[[step]]\ndo = \"expect\"\ninbox = []\n";

fn read(text: &str) -> Result<Scenario, String> {
    let folder = tempfile::tempdir().unwrap();
    let story = folder.path().join("a-story");
    fs::create_dir(&story).unwrap();
    fs::write(story.join(FILE), text).unwrap();
    fs::write(story.join("model.jsonl"), "").unwrap();
    Scenario::read(&story).map_err(|e| e.to_string())
}

#[test]
fn a_whole_scenario_is_read() {
    let scenario = read(&format!("{START}{RUN}{EXPECT}")).unwrap();
    assert_eq!(scenario.name(), "a-story");
    assert_eq!(scenario.steps.len(), 2);
}

#[test]
fn every_mistake_names_the_scenario_and_the_step() {
    let cases = [
        (format!("{START}colour = 1\n{RUN}{EXPECT}"), ["scenario.toml", "colour"]),
        (format!("{START}{RUN}wish = 1\n{EXPECT}"), ["step 1 (run)", "wish"]),
        (format!("{START}{RUN}[[step]]\ndo = \"dance\"\n"), ["step 2 (dance)", "run, sign"]),
        (format!("{START}{RUN}[[step]]\nheld = \"land\"\n"), ["step 2", "`do`"]),
        (format!("{START}{RUN}model = \"other.jsonl\"\n{EXPECT}"), ["step 1 (run)", "other.jsonl"]),
        (format!("{START}{RUN}{EXPECT}[[step]]\ndo = \"sign\"\nas = \"eve\"\nheld = \"land\"\n"), ["step 3 (sign)", "eve"]),
        (format!("{START}{EXPECT}"), ["scenario.toml", "no step runs an agent"]),
        (format!("{START}{RUN}"), ["scenario.toml", "cannot fail"]),
        (format!("{START}[people]\nana = [\"owner\"]\n{RUN}{EXPECT}"), ["scenario.toml", "ana"]),
        (format!("from = \"x\"\n{RUN}{EXPECT}"), ["scenario.toml", "story"]),
        (format!("{START}[project]\nfolder = \"nowhere\"\n{RUN}{EXPECT}"), ["scenario.toml", "nowhere"]),
    ];
    for (text, wanted) in cases {
        let told = read(&text).expect_err(&text);
        for part in wanted.into_iter().chain(["a-story"]) {
            assert!(told.contains(part), "`{part}` is not in `{told}`");
        }
    }
}

#[test]
fn a_folder_without_the_file_is_no_scenario() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Scenario::read(folder.path()).unwrap_err().to_string().contains(FILE));
}

/// Plays with a program that says nothing and ends with 0: every expectation of something has to fail.
#[test]
fn what_does_not_hold_is_told_with_its_step() {
    let world = "[project.files]\n\"a.txt\" = \"one\"\n[home]\n\"b.txt\" = \"two\"\n";
    let run = "[[step]]\ndo = \"run\"\nprompt = \"go\"\n";
    let cases = [
        ("do = \"judged\"\ndeed = \"land\"\n", "step 2 (judged)", "0 intents fit, not 1"),
        ("do = \"expect\"\nfiles = { \"project/a.txt\" = \"two\" }\n", "step 2 (expect)", "holds `one`, not `two`"),
        ("do = \"expect\"\nabsent = [\"home/b.txt\"]\n", "step 2 (expect)", "`home/b.txt` is there"),
        ("do = \"expect\"\nunchanged = [\"elsewhere\"]\n", "step 2 (expect)", "was empty"),
        ("do = \"expect\"\ninbox = [\"land\"]\n", "step 2 (expect)", "not [\"land\"]"),
        ("do = \"expect\"\nrows = [{ database = \"a.db\", query = \"SELECT 1\", is = 1 }]\n", "step 2 (expect)", "a.db"),
        ("do = \"git\"\narguments = [\"rev-list\", \"--count\", \"HEAD\"]\nprints = \"2\"\n", "step 2 (git)", "git printed `1`, not `2`"),
        ("do = \"call\"\narguments = [\"inbox\"]\nexpect = { says = [\"x\"] }\n", "step 2 (call)", "`x` was not said"),
        ("do = \"call\"\narguments = [\"inbox\"]\nexpect = { code = 1 }\n", "step 2 (call)", "ended with 0, not with 1"),
        ("do = \"call\"\narguments = [\"show\", \"{{id x}}\"]\n", "step 2 (call)", "nothing is known as `{{id x}}`"),
        ("do = \"sign\"\nheld = \"land\"\n", "step 2 (sign)", "no `land` is held"),
        ("do = \"expect\"\ninbox = []\n", "at the end", "no key"),
    ];
    for (step, place, why) in cases {
        let told = played(&format!("{START}{world}{run}[[step]]\n{step}{EXPECT}"));
        assert!(told.contains(place) && told.contains(why), "`{told}` does not tell `{place}` and `{why}`");
    }
}

#[test]
fn an_edit_by_hand_is_seen_as_a_change() {
    let edit = "[[step]]\ndo = \"edit\"\npath = \"project/PATH\"\nwrite = \"two\"\n";
    let unchanged = "[[step]]\ndo = \"expect\"\nunchanged = [\"project\"]\n";
    for (path, why) in [("a.txt", "`project/a.txt` has changed"), ("b.txt", "`project/b.txt` is new")] {
        let text = format!("{START}[project.files]\n\"a.txt\" = \"one\"\n{RUN}{}{unchanged}", edit.replace("PATH", path));
        assert!(played(&text).contains(why), "{why}");
    }
}

fn played(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(FILE), text).unwrap();
    fs::write(folder.path().join("model.jsonl"), "").unwrap();
    Scenario::read(folder.path()).unwrap().play(std::path::Path::new("true")).unwrap_err().to_string()
}
