use action::Verb;

use super::*;
use crate::commands::read::samples;

#[test]
fn a_summary_stands_above_a_folded_list() {
    let seen = samples::seen(samples::file("ops/x.sh", "rm x"), vec![(samples::grave("a.db").noted("recovery point: none"), 0, 4)]);
    assert_eq!(
        of(&samples::report(vec![seen])),
        "### What this would touch\n\n| | |\n|---|---|\n\
         | **touches** | `1 thing, 1 irreversibly, perhaps more` |\n\
         | **where** | `production/eu (production): deletes 1` |\n\
         | **lost** | `1,200 rows; no recovery point for file 'a.db'` |\n\
         \n<details>\n<summary>1 effect of <code>ops&#47;x&#46;sh &#40;shell&#41;</code></summary>\n\n\
         | | does | what | where | how many | undo | data | sure | at | notes |\n|---|---|---|---|---|---|---|---|---|---|\n\
         | 🛑 | delete | `file 'a.db'` | `production/eu` | `1,200 rows` | no | data | at least | 1:1 | `recovery point: none` |\n\
         \n</details>\n"
    );
}

#[test]
fn a_name_ends_no_cell_no_span_and_no_fold() {
    let hostile = "a` | @everyone </details>\n# big ![x](http://evil) \\| `";
    let seen = samples::seen(samples::file(hostile, hostile), vec![(samples::grave(hostile).noted(hostile), 0, 4)]);
    let page = of(&samples::report(vec![seen]));
    for line in page.lines().filter(|line| line.contains("everyone")) {
        if line.starts_with("<summary>") {
            assert!(!line.contains(['@', '`', '|', '#', '!']) || !line.replace("&#", "").contains(['@', '`', '|', '#', '!']), "{line}");
            continue;
        }
        let cells = line.trim_matches('|').split(" | ").count();
        assert!(cells == 2 || cells == 10, "{line}");
        let spans: Vec<&str> = line.split('`').collect();
        assert!(spans.len() % 2 == 1, "every span ends: {line}");
        assert!(spans.iter().step_by(2).all(|outside| !outside.contains("everyone")), "outside of a span: {line}");
    }
    assert_eq!(page.matches("</details>\n").count(), 1);
}

#[test]
fn a_long_list_is_cut_where_a_comment_ends_and_says_so() {
    let effects = (0..5_000).map(|n| (samples::effect(Verb::Delete, &format!("file-{n}")), 0, 4)).collect();
    let page = of(&samples::report(vec![samples::seen(samples::typed("x"), effects)]));
    assert!(page.len() < 65_536 && page.contains("after these do not fit into a comment") && page.ends_with("</details>\n"), "{}", page.len());
    let rows = page.matches("| delete |").count();
    assert!(page.contains(&format!("The {} after these", 5_000 - rows)), "what is left out is counted");
}
