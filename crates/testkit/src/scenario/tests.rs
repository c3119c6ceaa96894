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
