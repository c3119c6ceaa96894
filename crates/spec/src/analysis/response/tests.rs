use super::super::items::items;
use super::*;

fn acts(negated: bool, text: &str) -> BTreeSet<Act> {
    read("system", negated, &items(text)).unwrap_or_else(|why| panic!("{text}: {why}"))
}

/// Whether some act of one excludes some act of the other; both ways, which must agree.
fn check(one: (bool, &str), other: (bool, &str), excludes: bool) {
    let (a, b) = (acts(one.0, one.1), acts(other.0, other.1));
    let any = |a: &BTreeSet<Act>, b: &BTreeSet<Act>| a.iter().any(|act| b.iter().any(|with| act.excludes(with)));
    assert_eq!((any(&a, &b), any(&b, &a)), (excludes, excludes), "{one:?} {other:?}");
}

#[test]
fn opposite_acts_on_one_object_exclude_each_other() {
    check((false, "accept the payment"), (false, "reject the payment"), true);
    check((false, "reject the payment"), (true, "reject the payment"), true);
    check((true, "accept the payment"), (false, "approve a payment"), true);
    check((true, "accept the payment"), (false, "refuse the payment"), false);
    check((false, "reject the payment with an error message"), (false, "accept the payment within 200 ms"), true);
    check((false, "notify the owner and reject the payment"), (false, "accept the payment, and log the event"), true);
    check((false, "send a mail to the admin"), (true, "send a mail to the admin"), true);
}

#[test]
fn acts_on_other_objects_or_in_other_manners_do_not() {
    check((false, "accept the payment"), (false, "reject the login"), false);
    check((false, "show the page"), (true, "show the page with ads"), false);
    check((false, "send a mail to the admin"), (true, "send a mail to the user"), false);
    check((false, "show the message `a`"), (false, "show the message `b`"), false);
}

#[test]
fn settings_exclude_each_other_by_their_numbers() {
    check((false, "set the timeout to 30 seconds"), (false, "set the timeout to 1 minute"), true);
    check((false, "set the timeout to 60 seconds"), (false, "set the timeout to 1 minute"), false);
    check((false, "retry at most 3 times"), (false, "retry 5 times"), true);
    check((false, "retry at most 5 times"), (false, "retry at most 3 times"), false);
    check((false, "set the timeout to 30 seconds"), (false, "set the limit to 40 seconds"), false);
    check((false, "return HTTP status 403"), (false, "respond with status code 404"), true);
    check((false, "return 403 records"), (false, "return 404 records"), false);
}

#[test]
fn objects_that_are_others_elsewhere_are_local() {
    assert!(acts(false, "reject the request").iter().all(|act| act.local));
    assert!(acts(false, "reject").iter().all(|act| act.local));
    assert!(acts(false, "reject the payment").iter().all(|act| !act.local));
}

#[test]
fn what_has_a_condition_of_its_own_is_refused() {
    for (negated, text, why) in [
        (false, "reject the payment unless it is signed", "`unless`"),
        (false, "reject it", "`it`"),
        (true, "store or log the password", "several acts"),
        (true, "store the name and send the mail", "several acts"),
        (false, "allow more than a few", "without a number"),
        (false, "отклонить платёж", "not English"),
    ] {
        let said = read("system", negated, &items(text)).unwrap_err();
        assert!(said.contains(why), "{text}: {said}");
    }
}
