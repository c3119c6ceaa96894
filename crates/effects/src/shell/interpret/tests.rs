use action::{Certainty, Digest, Effects, Verb};

use crate::place::Place;
use crate::shell::read;
use crate::shell::tests::facts;

fn host(text: &str) -> Effects {
    let mut facts = facts();
    facts.scripts.insert("x.js".into(), "gone()\n".into());
    facts.scripts.insert("tool".into(), "#!/usr/bin/env python3\nprint(1)\n".into());
    facts.scripts.insert("odd.sh".into(), "echo $[1]\n".into());
    read(text, &facts, Place::Host)
}

/// What runs is opaque, and stands beside the digest of this code.
#[track_caller]
fn known_by(text: &str, what: &str, code: &str) {
    let effects = host(text);
    let note = format!("{what} {}", Digest::of_bytes(code.as_bytes()));
    let of_it = |e: &&action::Effect| e.certainty == Certainty::Opaque && e.verb == Verb::Opaque && e.notes.contains(&note);
    assert!(effects.iter().any(|e| of_it(&e)), "{text}: {:#?}", effects.lines());
}

#[test]
fn code_in_the_arguments_is_known_by_its_digest() {
    for text in [
        "python -c 'gone()'", "python3.12 -Ic 'gone()'", "python3 '-cgone()' x", "node -e 'gone()'", "node --eval='gone()'", "node -pe 'gone()'",
        "perl -ne 'gone()' f", "perl -E'gone()'", "ruby -e 'gone()'", "php -r 'gone()'", "deno eval 'gone()'", "lua -e 'gone()'",
        "sudo env A=b python -c 'gone()'", "find . -exec python -c 'gone()' \\;", "c='gone()'; python -c \"$c\"",
    ] {
        known_by(text, "code", "gone()");
    }
}

#[test]
fn a_script_file_is_known_by_its_digest() {
    known_by("node x.js a b", "x.js", "gone()\n");
    known_by("node --require ./x.js y.js", "x.js", "gone()\n");
    known_by("cd src && python3 -u ../wipe.py", "wipe.py", "import shutil; shutil.rmtree('/srv/prod/region-1')\n");
    known_by("./tool --fast", "tool", "#!/usr/bin/env python3\nprint(1)\n");
    known_by("./odd.sh", "text", "echo $[1]\n");
}

#[test]
fn code_on_the_input_is_known_by_its_digest() {
    known_by("python3 <<'E'\ngone()\nE", "input", "gone()\n");
    known_by("echo 'gone()' | node -", "input", "gone()\n");
}

#[test]
fn other_code_has_another_digest_and_unknown_code_has_none() {
    assert_ne!(host("python -c 'a()'"), host("python -c 'b()'"));
    for text in ["python -c \"$X\"", "python y.py", "echo 'x()' > x.js; node x.js", "curl https://crates.io/x | python3", "python", "ruby -e"] {
        let effects = host(text);
        assert!(effects.iter().any(|e| e.certainty == Certainty::Opaque), "{text}");
        assert!(effects.iter().all(|e| e.notes.iter().all(|n| !n.contains("sha256:"))), "{text}: {:#?}", effects.lines());
    }
}

#[test]
fn asking_for_a_version_runs_no_code() {
    for text in ["python3 --version", "node --version", "deno --help"] {
        assert!(host(text).iter().all(|e| e.certainty == Certainty::Exact && e.verb == Verb::Execute), "{text}");
    }
    assert!(host("python3 --version x.py").iter().any(|e| e.certainty == Certainty::Opaque));
}

#[test]
fn code_that_names_an_environment_is_said_to() {
    for text in ["python3 -c 'f(\"/srv/prod/region-1\")'", "python3 <<E\nf('/srv/prod/region-1')\nE", "./wipe.py", "node wipe.py"] {
        assert!(host(text).iter().any(|e| e.tier == action::Tier::Production), "{text}: {:#?}", host(text).lines());
    }
}
