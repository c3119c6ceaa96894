//! What zsh reads otherwise than bash: opaque, or both.

use action::{Certainty, Effects, Verb};

use super::{facts, has, opaque};
use crate::place::Place;
use crate::shell::{Dialect, reading_as};

fn zsh(text: &str) -> Effects {
    reading_as(Dialect::Zsh, text, "", &facts(), Place::Host).effects()
}

#[test]
fn what_both_shells_read_alike_is_read_exactly() {
    for text in [
        "rm -rf /etc/app", "cd /etc && rm -rf app", "D=/etc; rm -rf \"$D/app\"", "D=/etc; rm -rf $D/app", "for d in app apx; do rm -rf /etc/$d; done",
        "rm -rf /etc/{app,apx}", "f() { rm -rf \"$1\"; }; f /etc/app", "rm -rf /etc/app &!", "rm -rf /etc/app &| ls", "a=(/etc/app b); rm -rf \"${a[@]}\"",
        "[[ -d x ]] && rm -rf /etc/app", "rm -rf $(echo /etc/app)", "rm -rf /etc/app >| log", "export D=/etc/app; zsh -c 'rm -rf $D'",
        "source ./lib.sh; rm -rf /etc/app", "print=1; rm -rf /etc/app",
    ] {
        let effects = zsh(text);
        assert!(has(&effects, Verb::Delete, "/etc/app") && !opaque(&effects), "{text}: {:#?}", effects.lines());
    }
}

#[test]
fn a_value_is_not_split_there_so_it_is_not_known_here() {
    for text in ["C='rm -rf /etc/app'; $C", "x='a b'; rm -rf $x", "x='/etc/*'; rm -rf $x", "a=(b c); rm -rf $a", "a=(b c); rm -rf $a[1]", "rm -rf $(echo a b)"] {
        assert!(opaque(&zsh(text)), "{text}: {:#?}", zsh(text).lines());
    }
    let quoted = zsh("x='a b'; rm -rf \"$x\"");
    assert!(has(&quoted, Verb::Delete, "a b") && !opaque(&quoted));
}

#[test]
fn its_own_spellings_are_opaque() {
    for text in [
        "=rm -rf /etc/app", "ls =rm", "rm *(.)", "rm -rf **/*(/)", "rm f<1-10>", "rm f<1-10>x", "ls >! f", "ls >>! f", "x=/etc/app; rm -rf ${(f)x}", "rm -rf $~x",
        "rm $=x", "rm $^x", "x=/etc/app; rm -rf $x:h", "x=/etc/app; rm -rf \"$x:h\"", "rm -rf ~x", "ls $\"x\"", "for x (a b) rm $x", "repeat 3 rm x",
        "noglob rm x", "() { rm x }", "alias -s txt=rm", "setopt sh_word_split; ls", "zmodload zsh/files", "echo $#x", "typeset -T A a=/etc; ls",
        "x=a; read 'x?name'; rm $x", "cd a b; rm -rf x", "autoload x; x",
    ] {
        assert!(opaque(&zsh(text)), "{text}: {:#?}", zsh(text).lines());
    }
}

#[test]
fn functions_that_it_calls_by_itself_are_read() {
    for text in ["chpwd() { rm -rf /etc/app; }; cd x", "TRAPEXIT() { rm -rf /etc/app; }", "precmd() { rm -rf /etc/app; }", "command_not_found_handler() { rm -rf /etc/app; }"] {
        assert!(has(&zsh(text), Verb::Delete, "/etc/app"), "{text}: {:#?}", zsh(text).lines());
    }
    let bash = reading_as(Dialect::Bash, "command_not_found_handle() { rm -rf /etc/app; }; ls", "", &facts(), Place::Host).effects();
    assert!(has(&bash, Verb::Delete, "/etc/app"));
    assert!(!has(&reading_as(Dialect::Bash, "chpwd() { rm -rf /etc/app; }", "", &facts(), Place::Host).effects(), Verb::Delete, "/etc/app"));
}

#[test]
fn two_inputs_follow_each_other_there() {
    assert!(zsh("zsh <<A <<B\nrm x\nA\nls\nB").iter().any(|e| e.certainty == Certainty::Opaque && e.verb == Verb::Opaque));
}

#[test]
fn a_script_says_which_shell_reads_it() {
    let mut facts = facts();
    facts.scripts.insert("z".into(), "#!/bin/zsh\nC='rm -rf /etc/app'; $C\n".into());
    facts.scripts.insert("b".into(), "#!/bin/bash\nC='rm -rf /etc/app'; $C\n".into());
    let read = |text| reading_as(Dialect::Bash, text, "", &facts, Place::Host).effects();
    assert!(opaque(&read("./z")) && has(&read("./b"), Verb::Delete, "/etc/app") && !opaque(&read("./b")));
}
