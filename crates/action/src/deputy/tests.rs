use super::*;

fn deputy(from: u64, until: u64) -> Deputy {
    Deputy { person: PersonId::new("olga"), deputy: PersonId::new("ben"), from: Moment(from), until: Moment(until), why: "holiday".into() }
}

#[test]
fn what_could_not_be_agreed_to_says_why() {
    let why = |deputy: Deputy| deputy.check().unwrap_err().to_string();
    assert_eq!(deputy(1, 2).check(), Ok(()));
    assert!(why(Deputy { why: " ".into(), ..deputy(1, 2) }).contains("no reason"));
    assert_eq!(why(Deputy { deputy: PersonId::new("olga"), ..deputy(1, 2) }), "`olga` cannot be their own deputy");
    assert!(why(deputy(2, 2)).contains("ends at"));
    let most = Deputy::MOST_SECONDS * 1000;
    assert_eq!(deputy(5, 5 + most).check(), Ok(()));
    assert!(why(deputy(5, 5 + most + 1000)).contains("60 days"));
}

#[test]
fn it_holds_from_its_first_moment_until_before_its_last() {
    let held: Vec<u64> = (0..6).filter(|at| deputy(2, 4).holds(Moment(*at))).collect();
    assert_eq!(held, [2, 3]);
    assert!(deputy(2, 4).overlaps(&deputy(3, 9)) && deputy(3, 9).overlaps(&deputy(2, 4)));
    assert!(!deputy(2, 4).overlaps(&deputy(4, 9)) && !deputy(4, 9).overlaps(&deputy(2, 4)));
}
