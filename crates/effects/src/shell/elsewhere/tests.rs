use action::{Certainty, Effects, Environment, EnvironmentName, Generation, Tier, Verb};

use crate::facts::Facts;
use crate::place::Place;
use crate::shell::read;
use crate::shell::tests::{facts, has};

fn with_staging() -> Facts {
    let mut facts = facts();
    let staging = Environment {
        name: EnvironmentName::new("staging"),
        tier: Tier::Staging,
        paths: Vec::new(),
        hosts: vec!["stage.example.com".into()],
        remotes: Vec::new(),
        recovery: Vec::new(),
        owners: Vec::new(),
        terms: Default::default(),
        identities: Vec::new(),
    };
    facts.environments.push((staging, Generation(1)));
    facts
}

fn host(text: &str) -> Effects {
    read(text, &with_staging(), Place::Host)
}

/// The environment and certainty in which `/etc/app` is deleted.
#[track_caller]
fn deleted_in(text: &str, environment: &str, certainty: Certainty) {
    for place in [Place::Boxed, Place::Host] {
        let effects = read(text, &with_staging(), place);
        let of_it = effects.iter().find(|e| e.verb == Verb::Delete && e.resource.name == "/etc/app");
        let effect = of_it.unwrap_or_else(|| panic!("{text}: {:#?}", effects.lines()));
        assert_eq!((effect.environment.as_str(), effect.certainty), (environment, certainty), "{text}");
    }
}

#[test]
fn a_command_for_a_host_is_done_at_that_host() {
    for text in [
        "ssh stage.example.com rm -rf /etc/app",
        "ssh stage.example.com 'cd /etc && rm -rf app'",
        "ssh -p 22 -i key -o BatchMode=yes me@stage.example.com 'sudo rm -rf /etc/app'",
        "ssh ssh://me@stage.example.com:22 -t 'rm -rf /etc/app'",
        "ssh stage.example.com <<'E'\nrm -rf /etc/app\nE",
        "echo 'rm -rf /etc/app' | ssh stage.example.com",
        "ssh stage.example.com 'bash -s' <<E\nrm -rf /etc/app\nE",
        "D=/etc; ssh stage.example.com \"rm -rf $D/app\"",
    ] {
        deleted_in(text, "staging", Certainty::Exact);
    }
    deleted_in("ssh box.example 'rm -rf /etc/app'", "unknown", Certainty::Exact);
    deleted_in("ssh \"$H\" 'rm -rf /etc/app'", "unknown", Certainty::Exact);
}

#[test]
fn a_path_there_is_no_path_here() {
    let effects = host("ssh stage.example.com 'cat /home/ana/app/x; rm -rf /srv/prod/region-1'");
    let deleted = effects.iter().find(|e| e.verb == Verb::Delete).unwrap();
    assert_eq!((deleted.environment.as_str(), deleted.data_bearing, deleted.notes.as_slice()), ("staging", true, ["on `stage.example.com`".to_owned()].as_slice()));
    assert!(has(&effects, Verb::Read, "/home/ana/app/x"), "{:#?}", effects.lines());
}

#[test]
fn a_harmless_look_at_a_mapped_host_is_readable() {
    let effects = host("ssh stage.example.com 'tail -n 5 /var/log/app.log'");
    assert!(effects.iter().all(|e| e.certainty != Certainty::Opaque && e.environment.as_str() == "staging"), "{:#?}", effects.lines());
    assert!(has(&effects, Verb::Execute, "stage.example.com"));
}

#[test]
fn what_is_not_readable_there_is_opaque_there() {
    for text in ["ssh stage.example.com", "ssh stage.example.com \"$X\"", "ssh stage.example.com 'rm -rf \"$X\"'", "ssh stage.example.com ./deploy", "cat x | ssh stage.example.com"] {
        let effects = host(text);
        assert!(effects.iter().any(|e| e.certainty == Certainty::Opaque && e.environment.as_str() == "staging"), "{text}: {:#?}", effects.lines());
    }
}

#[test]
fn options_of_ssh_that_run_something_are_commands_here() {
    deleted_in("ssh -o ProxyCommand='rm -rf /etc/app' stage.example.com uptime", "host", Certainty::Exact);
    for text in ["ssh -F ./conf stage.example.com ls", "ssh -o Include=x stage.example.com ls", "ssh -I ./x.so stage.example.com ls"] {
        assert!(has(&host(text), Verb::Opaque, "ssh"), "{text}");
    }
    assert!(host("ssh -J evil.example stage.example.com ls").iter().any(|e| e.tier == Tier::Unknown));
}

#[test]
fn a_shell_on_the_same_machine_is_a_shell_of_the_same_machine() {
    deleted_in("ssh localhost rm -rf /etc/app", "host", Certainty::Exact);
}

#[test]
fn a_command_in_a_container_is_done_there_at_least() {
    for text in [
        "docker exec web rm -rf /etc/app",
        "docker exec -it -u root -e A=b web sh -c 'rm -rf /etc/app'",
        "docker --context x container exec web rm -rf /etc/app",
        "docker compose -f c.yml exec -T db rm -rf /etc/app",
        "docker-compose -p x exec db rm -rf /etc/app",
        "docker run --rm -v /a:/b alpine rm -rf /etc/app",
        "docker run --entrypoint rm alpine -rf /etc/app",
        "podman exec web env A=b rm -rf /etc/app",
        "kubectl exec pod/x -- rm -rf /etc/app",
        "kubectl -n prod exec -it x -c main -- sh -c 'rm -rf /etc/app'",
        "kubectl exec x rm -rf /etc/app",
        "kubectl run x --image=alpine -- rm -rf /etc/app",
    ] {
        deleted_in(text, "unknown", Certainty::AtLeast);
    }
    deleted_in("docker -H ssh://stage.example.com exec web rm -rf /etc/app", "staging", Certainty::AtLeast);
    deleted_in("kubectl -s https://stage.example.com exec x -- rm -rf /etc/app", "staging", Certainty::AtLeast);
}

#[test]
fn what_a_container_reaches_outside_keeps_its_own_place() {
    let effects = host("docker exec web curl -X DELETE https://cost.example.com/x");
    assert!(effects.iter().any(|e| e.tier == Tier::Production), "{:#?}", effects.lines());
}

#[test]
fn a_command_there_counts_against_the_same_bounds() {
    let effects = host(&format!("ssh stage.example.com '{}'", "true;".repeat(10_001)));
    assert!(has(&effects, Verb::Opaque, "the rest"), "{:#?}", effects.lines());
}
