use action::{Certainty, Tier, Verb};

use super::{FAMILIES, HARMLESS, NAMES, decides};
use crate::place::Place;
use crate::shell::read;
use crate::shell::tests::{facts, has};

#[test]
fn every_way_to_set_a_variable_that_decides_is_told() {
    for name in ["PATH", "LD_PRELOAD", "GIT_SSH_COMMAND", "BASH_ENV", "PYTHONPATH", "NODE_OPTIONS", "AWS_SHARED_CREDENTIALS_FILE", "KUBECONFIG", "TF_CLI_ARGS", "DATABASE_URL", "PS4", "PROMPT_COMMAND"] {
        for text in [
            format!("{name}=x ls"), format!("{name}=x; ls"), format!("export {name}=x; ls"), format!("export {name}; ls"), format!("typeset {name}=x"),
            format!("declare -x {name}=x"), format!("readonly {name}=x"), format!("env {name}=x ls"), format!("sudo {name}=x ls"), format!("{name}+=x"),
            format!("read {name} < f"), format!("printf -v {name} x"), format!(": ${{{name}:=x}}"), format!("for {name} in x; do ls; done"),
            format!("f() {{ local {name}=x; ls; }}; f"), format!("sh -c '{name}=x ls'"), format!("getopts a {name}"),
        ] {
            let effects = read(&text, &facts(), Place::Host);
            let told = effects.iter().any(|e| e.resource.kind == "variable" && e.resource.name == name && e.certainty == Certainty::Opaque);
            assert!(told, "{text}: {:#?}", effects.lines());
        }
    }
}

#[test]
fn a_value_that_names_an_environment_touches_it() {
    for text in ["DATABASE_URL=postgres://me:secret@cost.example.com/x npx prisma migrate deploy", "export PGHOST=cost.example.com", "env KUBECONFIG=/srv/prod/region-1/k ls"] {
        let effects = read(text, &facts(), Place::Host);
        assert!(effects.iter().any(|e| e.tier == Tier::Production), "{text}: {:#?}", effects.lines());
        assert!(effects.lines().iter().all(|line| !line.contains("secret")), "{text}: {:#?}", effects.lines());
    }
}

#[test]
fn what_separates_words_is_followed_and_not_called_unreadable() {
    let effects = read("IFS=,; x=a,b; rm $x", &facts(), Place::Host);
    assert!(has(&effects, Verb::Delete, "a") && has(&effects, Verb::Delete, "b"));
    assert!(effects.iter().all(|e| e.certainty == Certainty::Exact));
}

#[test]
fn no_pager_and_the_own_home_are_nothing_to_tell() {
    for text in ["AWS_PAGER= ls", "export PAGER=cat", "GIT_PAGER=cat ls", "HOME=/home/ana ls"] {
        assert!(!read(text, &facts(), Place::Host).iter().any(|e| e.certainty == Certainty::Opaque), "{text}");
    }
    for text in ["AWS_PAGER=./x ls", "HOME=/tmp/x git log", "HOME=$X ls"] {
        assert!(read(text, &facts(), Place::Host).iter().any(|e| e.resource.kind == "variable"), "{text}");
    }
}

#[test]
fn everyday_variables_decide_nothing() {
    for name in ["CI", "FORCE_COLOR", "RUST_LOG", "DEBUG", "NODE_ENV", "GIT_AUTHOR_NAME", "CARGO_TERM_COLOR", "x", "IFS", "PORT"] {
        assert!(!decides(name), "{name}");
    }
}

#[test]
fn the_lists_have_no_repeats_and_no_idle_exceptions() {
    for (at, name) in NAMES.iter().enumerate() {
        assert!(!NAMES[..at].contains(name) && !FAMILIES.iter().any(|f| name.starts_with(f)), "{name}");
    }
    for name in HARMLESS {
        assert!(FAMILIES.iter().any(|f| name.starts_with(f)), "{name}");
    }
}

#[test]
fn arithmetic_poisons_what_it_sets_wherever_it_stands() {
    for command in [
        "((PATH=1)); ls",
        "let PATH=1; ls",
        "let 'PATH += 1'; ls",
        ": $((PATH=1)); ls",
        ": $((PATH++)); ls",
        "for ((PATH=1;PATH<2;)); do ls; done",
        "[[ 1 -eq PATH=1 ]]; ls",
        "x=PATH=1; echo $((x)); ls",
        "export x=PATH=1; echo $((x)); ls",
        "a[PATH=1]=1; ls",
        "echo ${x:PATH=1}; ls",
        "unset PATH; ls",
        "wait -p PATH; ls",
        "wait -pPATH; ls",
    ] {
        assert!(opaque_variable(command), "{command}");
    }
    for command in ["((i=1)); ls", "[[ $PATH == /bin ]] && ls", "for ((i=0;i<3;i++)); do ls; done", "unset HTTP_PROXY; ls", "x=PATHS=1; ls", "echo $((PATH == 1)); ls"] {
        assert!(!opaque_variable(command), "{command}");
    }
}

#[test]
fn variables_of_tool_chains_and_clients_decide_what_runs() {
    for set in [
        "RUSTUP_TOOLCHAIN=/tmp/x cargo metadata", "RUSTUP_HOME=./x cargo metadata", "GOENV=./x go list ./...", "TAPE=evil:x tar c src", "PARALLEL='-S ./h' parallel ls",
        "BAT_OPTS=--pager=./x bat a", "RUBYGEMS_GEMDEPS=./x gem list", "YARN_YARN_PATH=./x yarn list", "COREPACK_HOME=./x pnpm ls", "KUBECTL_EXTERNAL_DIFF=./x kubectl diff -f y",
        "SIMPLE_BACKUP_SUFFIX=.json cp -b a b", "PYTHONPLATLIBDIR=x pip list",
    ] {
        assert!(opaque_variable(set), "{set}");
    }
}

fn opaque_variable(command: &str) -> bool {
    let effects = crate::shell::read(command, &crate::Facts::default(), crate::Place::Host);
    effects.iter().any(|effect| effect.certainty == action::Certainty::Opaque && effect.resource.kind == "variable")
}
