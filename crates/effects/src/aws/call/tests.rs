use super::{Call, Said, Told};
use crate::shell::Text;

fn words(text: &str) -> Vec<Text> {
    text.split_whitespace().map(Text::known).collect()
}

#[test]
fn general_options_stand_anywhere_and_may_be_shortened() {
    let (rest, call) = Call::general(&words("--prof prod ec2 --region=us-east-1 describe-instances --no-sign --filters x --out json"));
    let rest: Vec<&str> = rest.iter().map(|w| w.text.as_str()).collect();
    assert_eq!(rest, ["ec2", "describe-instances", "--filters", "x"]);
    assert_eq!((call.profile, call.region), (Said::This("prod".into()), Said::This("us-east-1".into())));
    assert!(call.unsigned && !call.doubtful);
}

#[test]
fn what_may_be_any_option_is_a_doubt() {
    let doubtful = |words: &[Text]| Call::general(words).1.doubtful;
    assert!(doubtful(&[Text::many("$x")]) && doubtful(&[Text::unknown("$x")]));
    assert!(doubtful(&words("--c x")) && doubtful(&words("--profile")) && doubtful(&words("--profile --region x")));
    assert!(!doubtful(&words("ec2 x --filter y")));
    let (_, call) = Call::general(&[Text::known("--profile"), Text::unknown("$p")]);
    assert!(call.doubtful && call.profile == Said::Unknown);
}

#[test]
fn an_option_takes_all_words_up_to_the_next() {
    let told = Told::new(&words("first --instance-ids a b c --force --name=x"));
    assert_eq!(told.operands.len(), 1);
    assert_eq!(told.values("instance-ids").iter().map(|t| t.text.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert!(told.has_exactly("--force") && !told.has_exactly("--forc") && !told.has_exactly("--name"));
    assert_eq!(told.values("name")[0].text, "x");
}

#[test]
fn a_shortened_option_is_meant_unless_another_is_that_in_full() {
    let told = Told::new(&words("--db-instance-id x"));
    assert_eq!(told.values("db-instance-identifier")[0].text, "x");
    let told = Told::new(&words("--name a --name-prefix b"));
    assert_eq!(told.values("name").len(), 1);
    assert!(Told::new(&words("--i x")).values("instance-id").is_empty(), "one letter is too little to tell");
}

#[test]
fn members_of_json_are_options_and_a_file_is_not_read() {
    let json = r#"{"DBInstanceIdentifier":"x","SkipFinalSnapshot":true,"DeletionProtection":false,"Ids":["a","b"],"N":{"a":1}}"#;
    let told = Told::new(&[Text::known("--cli-input-json"), Text::known(json)]);
    assert!(!told.unread);
    assert_eq!(told.values("db-instance-identifier")[0].text, "x");
    assert_eq!(told.values("ids").len(), 2);
    assert!(told.options.iter().any(|o| o.name == "skipfinalsnapshot") && told.options.iter().any(|o| o.name == "nodeletionprotection"));
    assert!(!told.has_exactly("--skip-final-snapshot"), "what makes a command milder must stand there");
    for unread in ["--cli-input-json file://x", "--cli-input-yaml a:b", "--cli-input-json", "--cli-input-json {", "--cli-input-json []", "--cli-in x"] {
        assert!(Told::new(&words(unread)).unread, "{unread}");
    }
    assert!(!Told::new(&words("--cli-input-json {}")).unread && !Told::new(&words("--client x")).unread);
    let deep = "[".repeat(100_000);
    assert!(Told::new(&[Text::known("--cli-input-json"), Text::known(deep)]).unread);
}
