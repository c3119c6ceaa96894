use super::Arguments;
use crate::shell::expand::Text;

fn arguments(words: &[&str], stop_early: bool) -> Arguments {
    let words: Vec<Text> = words
        .iter()
        .map(|w| match w.strip_prefix('?') {
            Some(rest) => Text::unknown(rest),
            None => Text::known(*w),
        })
        .collect();
    Arguments::with(&words, &["-o --output -n", "-cmd"], "--exec -x", stop_early)
}

fn operands(arguments: &Arguments) -> Vec<&str> {
    arguments.operands().iter().map(|w| w.text.as_str()).collect()
}

#[test]
fn bundles_joined_values_and_shortened_names() {
    let read = arguments(&["-rfofile", "a", "--out=b", "--outp", "c", "-n", "5", "-", "--", "-d"], false);
    assert!(read.has("-r") && read.has("-f") && !read.has("-i"));
    assert_eq!(read.values("-o --output").map(|t| t.text.as_str()).collect::<Vec<_>>(), ["file", "b", "c"]);
    assert_eq!(operands(&read), ["a", "-", "-d"]);
    assert!(!read.is_doubtful());
}

#[test]
fn names_behind_one_dash_are_whole() {
    let read = arguments(&["-cmd", "x", "db"], false);
    assert_eq!(read.values("-cmd").count(), 1);
    assert_eq!(operands(&read), ["db"]);
}

#[test]
fn noted_options_are_seen_when_shortened() {
    assert!(arguments(&["--exe=sh"], false).has("--exec"));
    assert!(arguments(&["-vx"], false).has("-x"));
}

#[test]
fn after_the_first_operand_everything_may_belong_to_a_command() {
    let read = arguments(&["-n", "1", "rm", "-rf", "x"], true);
    assert_eq!(operands(&read), ["rm", "-rf", "x"]);
    assert!(!read.has("-r"));
}

#[test]
fn a_word_that_nobody_knows_may_be_an_option() {
    assert!(arguments(&["a", "?$x"], false).is_doubtful());
    assert!(!arguments(&["a", "--", "?$x"], false).is_doubtful());
}
