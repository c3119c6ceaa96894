use proptest::prelude::*;

use super::*;

/// Form, conditions, system, response: as text.
fn taken(text: &str) -> (Form, Vec<(Keyword, &str)>, &str, &str) {
    let ears = Ears::read(text);
    let say = |span: &Span| text.get(span.clone()).unwrap();
    let conditions = ears.conditions.iter().map(|condition| (condition.kind, say(&condition.says))).collect();
    (ears.form, conditions, ears.system.as_ref().map_or("", say), ears.response.as_ref().map_or("", say))
}

fn check(text: &str, form: Form, conditions: &[(Keyword, &str)], system: &str, response: &str) {
    assert_eq!(taken(text), (form, conditions.to_vec(), system, response), "{text}");
    assert_eq!(Ears::read(text).missing, [], "{text}");
}

#[test]
fn each_form_is_read_in_its_usual_ways() {
    use Keyword::{If, When, Where, While};
    check("THE Parser SHALL reject empty files.", Form::Ubiquitous, &[], "THE Parser", "reject empty files");
    check("The parser shall log", Form::Ubiquitous, &[], "The parser", "log");
    let event = "WHEN a file is saved, THE Watcher SHALL rebuild the index";
    check(event, Form::Event, &[(When, "a file is saved")], "THE Watcher", "rebuild the index");
    let old = "WHEN a user, or a guest, leaves THEN the system SHALL close the cart";
    check(old, Form::Event, &[(When, "a user, or a guest, leaves")], "the system", "close the cart");
    check("WHILE offline, the client SHALL queue", Form::State, &[(While, "offline")], "the client", "queue");
    check("IF the disk is full, THEN THE Store SHALL refuse", Form::Unwanted, &[(If, "the disk is full")], "THE Store", "refuse");
    check("WHERE sync is bought, THE App SHALL sync", Form::Optional, &[(Where, "sync is bought")], "THE App", "sync");
    let small = "If the token is old, then the gate shall ask again";
    check(small, Form::Unwanted, &[(If, "the token is old")], "the gate", "ask again");
    let bold = "**WHEN** a key is lost **THEN** the vault **SHALL** lock itself";
    check(bold, Form::Event, &[(When, "a key is lost")], "the vault", "lock itself");
}

#[test]
fn conditions_of_several_kinds_make_it_complex() {
    use Keyword::{If, When, Where, While};
    let text = "WHERE audit is on, WHILE a session is open, WHEN a row goes AND nobody signed, THE Ledger SHALL note it";
    let conditions = [(Where, "audit is on"), (While, "a session is open"), (When, "a row goes AND nobody signed")];
    check(text, Form::Complex, &conditions, "THE Ledger", "note it");
    let text = "WHILE a trip lasts AND IF the fuel is low, THEN THE Car SHALL warn";
    check(text, Form::Complex, &[(While, "a trip lasts"), (If, "the fuel is low")], "THE Car", "warn");
    let text = "While it rains, when the door opens, the alarm shall ring";
    check(text, Form::Complex, &[(While, "it rains"), (When, "the door opens")], "the alarm", "ring");
}

#[test]
fn a_comma_inside_a_list_or_a_quote_is_no_border() {
    let list = "WHEN red, green, or blue is set, THE Lamp SHALL show red, green, or blue";
    check(list, Form::Event, &[(Keyword::When, "red, green, or blue is set")], "THE Lamp", "show red, green, or blue");
    let quote = "WHEN the header says \"a, THE b SHALL c\" the server SHALL answer 400";
    check(quote, Form::Event, &[(Keyword::When, "the header says \"a, THE b SHALL c\"")], "the server", "answer 400");
    let code = "WHEN `x, THEN y` runs, THE Shell SHALL stop";
    check(code, Form::Event, &[(Keyword::When, "`x, THEN y` runs")], "THE Shell", "stop");
}

#[test]
fn conditions_behind_the_response_are_conditions() {
    let text = "THE Client SHALL retry three times WHILE the server is busy";
    check(text, Form::State, &[(Keyword::While, "the server is busy")], "THE Client", "retry three times");
    assert!(Ears::read(text).conditions[0].trails);
    let limited = "THE Client SHALL retry ONLY WHEN asked";
    check(limited, Form::Ubiquitous, &[], "THE Client", "retry ONLY WHEN asked");
    let nested = "WHEN x is read, THE A SHALL wait, and IF y THEN stop";
    check(nested, Form::Event, &[(Keyword::When, "x is read")], "THE A", "wait, and IF y THEN stop");
}

#[test]
fn for_all_is_kept_apart() {
    for text in ["FOR ALL valid plans, THE Printer SHALL print them", "For any valid plans, the Printer shall print them"] {
        let ears = Ears::read(text);
        assert_eq!(text.get(ears.for_all.clone().unwrap()), Some("valid plans"), "{text}");
        assert!(ears.holds() && ears.form == Form::Ubiquitous, "{text}: {:?}", ears.missing);
    }
}

#[test]
fn english_keywords_are_read_inside_other_languages_and_chinese_ones_too() {
    use Keyword::{If, When};
    check("WHEN 用户登录 THEN 系统 SHALL 返回令牌", Form::Event, &[(When, "用户登录")], "系统", "返回令牌");
    check("WHEN用户登录THEN系统SHALL返回令牌", Form::Event, &[(When, "用户登录")], "系统", "返回令牌");
    check("当用户登录时，系统应返回令牌。", Form::Event, &[(When, "用户登录时")], "系统", "返回令牌");
    check("如果响应超时，则系统应当重试", Form::Unwanted, &[(If, "响应超时")], "系统", "重试");
    check("WHEN пользователь вошёл, THE система SHALL показать счёт", Form::Event, &[(When, "пользователь вошёл")], "THE система", "показать счёт");
    check("QUANDO nada, o sistema deverá parar", Form::Ubiquitous, &[], "QUANDO nada, o sistema", "parar");
}

#[test]
fn the_modal_tells_not_and_continue() {
    let modal = |text: &str| {
        let modal = Ears::read(text).modal.unwrap();
        (text.get(modal.span).unwrap().to_owned(), modal.negated, modal.continues)
    };
    assert_eq!(modal("THE A SHALL NOT stop"), ("SHALL NOT".into(), true, false));
    assert_eq!(modal("THE A **SHALL** **NOT** stop"), ("SHALL** **NOT".into(), true, false));
    assert_eq!(modal("THE A SHALL CONTINUE TO run"), ("SHALL CONTINUE TO".into(), false, true));
    assert_eq!(modal("THE A SHALL continue"), ("SHALL continue".into(), false, false));
    assert_eq!(modal("对应用户的响应系统不应显示"), ("不应".into(), true, false));
    assert_eq!(modal("系统应继续显示"), ("应继续".into(), false, true));
}

#[test]
fn what_is_missing_is_said_exactly() {
    use Missing::*;
    let cases: [(&str, &[Missing]); 14] = [
        ("WHEN x happens, the page reloads", &[Shall(None)]),
        ("WHEN a user can pay, the page must reload", &[Shall(Some("must".into()))]),
        ("THE Gate should open", &[Shall(Some("should".into()))]),
        ("SHALL open", &[System]),
        ("THE Gate SHALL", &[Response]),
        ("WHEN, THE Gate SHALL open", &[Condition(Keyword::When)]),
        ("IF the key is lost, THE Gate SHALL open", &[Then]),
        ("WHEN rain falls gates SHALL open", &[Border]),
        ("AFTER rain, THE Gate SHALL open", &[Opening("AFTER".into(), "WHEN … has happened")]),
        ("GIVEN rain THEN THE Gate SHALL open", &[Opening("GIVEN".into(), "WHILE for the state, WHEN for the event")]),
        ("GIVEN rain WHEN it ends THEN THE Gate SHALL open", &[Opening("GIVEN".into(), "WHILE for the state, WHEN for the event")]),
        ("As a guest, WHEN I knock, THE Gate SHALL open", &[Opening("AS".into(), "WHILE for a state, WHEN for an event")]),
        ("Login works", &[Shall(None)]),
        ("", &[Shall(None)]),
    ];
    for (text, missing) in cases {
        assert_eq!(Ears::read(text).missing, missing, "{text}");
    }
}

#[test]
fn the_three_kinds_of_a_bugfix_are_read_as_what_they_are_meant() {
    let defect = "WHEN the list is empty THEN the system shows a blank page";
    let ears = Ears::read_as(defect, Meant::Defect);
    assert!(ears.holds(), "{:?}", ears.missing);
    assert_eq!(defect.get(ears.response.unwrap()), Some("the system shows a blank page"));
    assert_eq!(Ears::read_as("the page is blank", Meant::Defect).missing, [Missing::Trigger]);
    assert!(Ears::read_as("WHEN x is old THEN the system SHALL CONTINUE TO run", Meant::Unchanged).holds());
    assert_eq!(Ears::read_as("WHEN x is old THEN the system SHALL run", Meant::Unchanged).missing, [Missing::Continue]);
}

#[test]
fn every_gap_has_words_and_a_hint() {
    let all = [Missing::Shall(None), Missing::Shall(Some("must".into())), Missing::System, Missing::Response, Missing::Condition(Keyword::If), Missing::Then];
    let more = [Missing::Border, Missing::Opening("UPON".into(), "WHEN"), Missing::Continue, Missing::Trigger];
    let mut said: Vec<String> = all.iter().chain(&more).map(Missing::text).collect();
    assert!(all.iter().chain(&more).all(|missing| !missing.hint().is_empty()));
    said.sort();
    said.dedup();
    assert_eq!(said.len(), 10);
}

#[test]
fn a_long_criterion_is_read_in_linear_time() {
    for piece in ["WHEN a, ", "IF THEN ", "THE x SHALL ", "应, ", "\"WHEN ` "] {
        let text = piece.repeat(200_000 / piece.len());
        let begun = std::time::Instant::now();
        Ears::read(&text);
        assert!(begun.elapsed().as_secs() < 10, "{piece}: {:?}", begun.elapsed());
    }
}

proptest! {
    #[test]
    fn what_is_written_in_a_form_is_read_in_it(
        keyword in prop::sample::select(vec![Keyword::When, Keyword::While, Keyword::If, Keyword::Where]),
        condition in "[a-z]{2,8}( [a-z]{2,8}){0,4}", system in "[A-Z][a-z]{2,8}", response in "[a-z]{2,8}( [a-z]{2,8}){0,4}", then in any::<bool>(),
    ) {
        let is_word = |text: &str| text.split(' ').all(|w| Keyword::of(w).is_none() && !["then", "the", "shall", "not"].contains(&w));
        prop_assume!(is_word(&condition) && is_word(&response) && !response.starts_with("continue"));
        let border = if then || keyword == Keyword::If { " THEN" } else { "," };
        let text = format!("{} {condition}{border} THE {system} SHALL {response}", keyword.word());
        let who = format!("THE {system}");
        prop_assert_eq!(taken(&text).1, vec![(keyword, condition.as_str())]);
        prop_assert_eq!((taken(&text).2, taken(&text).3), (who.as_str(), response.as_str()));
        prop_assert!(Ears::read(&text).holds());
    }

    #[test]
    fn spans_are_always_inside_the_text(text in "((WHEN|IF|THEN|THE|SHALL|FOR ALL|[a-z]{1,3}|用|应|,|\\*\\*|`|\") ?){0,14}") {
        for meant in [Meant::Requirement, Meant::Defect, Meant::Unchanged] {
            let ears = Ears::read_as(&text, meant);
            let spans = ears.conditions.iter().flat_map(|c| [&c.keyword, &c.says]).chain(&ears.system).chain(&ears.response).chain(&ears.for_all);
            for span in spans {
                prop_assert!(text.get(span.clone()).is_some(), "{:?}", span);
            }
        }
    }
}
