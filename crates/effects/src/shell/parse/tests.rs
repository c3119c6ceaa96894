use super::{Dialect, Unreadable, parse};
use crate::shell::syntax::{Join, Shape, Way};

fn bash(text: &str) -> Result<super::List, Unreadable> {
    parse(text, Dialect::Bash)
}

#[test]
fn lists_pipelines_and_joins_bind_as_in_bash() {
    let list = bash("a && b | c || d; e &\nf").unwrap();
    assert_eq!(list.len(), 3);
    assert_eq!(list[0].first.stages.len(), 1);
    assert_eq!(list[0].rest[0].0, Join::IfDone);
    assert_eq!(list[0].rest[0].1.stages.len(), 2);
    assert_eq!(list[0].rest[1].0, Join::IfFailed);
    assert!(list[1].background && !list[2].background);
}

#[test]
fn here_documents_go_to_their_redirections() {
    let list = bash("cat <<A 3<<-'B' | x && y\none $v\nA\n\ttwo\n\tB\nz").unwrap();
    let redirects = &list[0].first.stages[0].redirects;
    assert_eq!(redirects.len(), 2);
    assert!(redirects.iter().all(|r| r.way == Way::Text));
    assert_eq!(redirects[0].target.parts.len(), 3);
    assert!(format!("{:?}", redirects[1].target).contains("two"));
    assert_eq!(list.len(), 2, "what comes after the bodies is read");
}

#[test]
fn a_comment_begins_only_at_a_word() {
    assert_eq!(bash("a #' b\nc").unwrap().len(), 2);
    assert!(bash("a#' b").is_err(), "here the quote is one");
    assert_eq!(bash("a \\\n#' b\nc").unwrap().len(), 2, "a joined line does not hide the blank before it");
}

#[test]
fn keywords_count_only_where_a_command_begins() {
    for text in ["echo if then fi", "for in in in; do echo done; done", "case esac in (esac) a;; esac", "echo { } ! [[", "if a; then b; fi > x"] {
        assert!(bash(text).is_ok(), "{text}: {:?}", bash(text).err());
    }
    for text in ["then", "fi", "}", "if a; fi", "do a; done", "for x do", "{ a }", "( )", "a | | b", "a ;; b", "f() a", "> ;", "i\\\nf a"] {
        assert!(bash(text).is_err(), "{text}");
    }
}

#[test]
fn what_only_bash_reads_is_no_text_for_sh() {
    for text in ["a <<< b", "[[ a ]]", "((a))", "a=(b)", "a+=b", "f() { :; }; function g { :; }", "a &> b", "a |& b", "cat <(a)", "echo {a,b}", "echo $'a'"] {
        if !text.contains("f() ") {
            assert!(bash(text).is_ok(), "{text}");
        }
        assert!(parse(text, Dialect::Sh).is_err(), "{text}");
    }
    assert!(parse("f() { a \"$1\"; }; for x in *; do f \"$x\"; done <<E\nb\nE", Dialect::Sh).is_ok());
}

#[test]
fn arithmetic_and_subshells_are_told_apart() {
    let shape = |text: &str| format!("{:?}", bash(text).unwrap()[0].first.stages[0].shape).split(['(', ' ', '{']).next().unwrap().to_owned();
    assert_eq!(shape("((a + 1))"), "Test");
    assert_eq!(shape("((a); b)"), "Subshell");
    assert_eq!(shape("( (a) )"), "Subshell");
    assert!(matches!(bash("for ((i=0;i<2;i++)) { a; }").unwrap()[0].first.stages[0].shape, Shape::Count { .. }));
}

#[test]
fn bounds_hold() {
    assert_eq!(bash(&"a".repeat((1 << 20) + 1)).unwrap_err(), Unreadable::TooLong);
    assert_eq!(bash(&format!("{}a{}", "$(".repeat(100), ")".repeat(100))).unwrap_err(), Unreadable::TooDeep);
    assert_eq!(bash(&format!("{}1{}", "$((".repeat(30), ") )".repeat(30))).unwrap_err(), Unreadable::TooDeep, "tried twice a level, yet it ends");
    assert!(bash("a\0b").is_err());
}
