use super::texts::Text;
use super::*;

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

fn files(texts: &[&str]) -> Vec<Text> {
    texts.iter().enumerate().map(|(i, text)| Text { from: format!("file {i}"), text: text.to_string() }).collect()
}

fn hosts(reading: &Reading) -> Vec<String> {
    reading.found.iter().map(|found| format!("{}:{}", found.rule.host, found.rule.port)).collect()
}

type Read = fn(&[Text], Variables<'_>) -> Reading;

fn check(read: Read, texts: &[&str], pairs: &[(&str, &str)], expected: &[&str]) -> Reading {
    let variables = variables(pairs);
    let reading = read(&files(texts), Variables(&variables));
    assert_eq!(hosts(&reading), expected, "{texts:?} {pairs:?} {:?}", reading.notes);
    reading
}

const CRATES_IO: [&str; 3] = ["crates.io:443", "index.crates.io:443", "static.crates.io:443"];
const PYPI: [&str; 2] = ["pypi.org:443", "files.pythonhosted.org:443"];

#[test]
fn what_nobody_configured_is_the_default() {
    let reading = check(cargo::read, &[], &[], &CRATES_IO);
    assert!(reading.found.iter().all(|found| found.from == "default"));
    check(npm::read, &[], &[], &["registry.npmjs.org:443"]);
    check(pip::read, &[], &[], &PYPI);
}

#[test]
fn a_replaced_crates_io_is_followed_to_its_end_and_not_opened_itself() {
    let mirror = "[source.crates-io]\nreplace-with = 'a'\n[source.a]\nreplace-with = 'b'\n[source.b]\nregistry = 'sparse+https://Mirror.corp.example:8443/index/'";
    let reading = check(cargo::read, &[mirror], &[], &["mirror.corp.example:8443"]);
    assert_eq!(reading.found[0].from, "`file 0`");
    let named = "[source.crates-io]\nreplace-with = 'corp'\n[registries.corp]\nindex = 'sparse+http://corp.example/'";
    check(cargo::read, &[named], &[], &["corp.example:80", "corp.example:80"]);
    let circle = "[source.crates-io]\nreplace-with = 'a'\n[source.a]\nreplace-with = 'crates-io'";
    assert!(check(cargo::read, &[circle], &[], &[]).notes[0].contains("circle"));
    let folder = "[source.crates-io]\nreplace-with = 'v'\n[source.v]\ndirectory = 'vendor'";
    assert!(check(cargo::read, &[folder], &[], &[]).notes[0].contains("directory"));
    let lost = "[source.crates-io]\nreplace-with = 'nowhere'";
    assert!(check(cargo::read, &[lost], &[], &[]).notes[0].contains("nowhere"));
}

#[test]
fn further_cargo_registries_and_variables_are_opened_beside_it() {
    let text = "[registries.corp]\nindex = 'sparse+https://u:hunter2@corp.example/i/'\n[registries.git]\nindex = 'ssh://git@corp.example/i'\n[http]\nproxy = 'p.example:3128'";
    let found = ["crates.io:443", "index.crates.io:443", "static.crates.io:443", "corp.example:443", "v.example:443"];
    let reading = check(cargo::read, &[text], &[("CARGO_REGISTRIES_V_INDEX", "sparse+https://v.example/"), ("CARGO_REGISTRIES_W_TOKEN", "hunter2")], &found);
    assert_eq!(reading.proxy, Some(("p.example:3128".into(), "`file 0`".into())));
    assert!(reading.notes.iter().any(|note| note.contains("password") && note.contains("left out")), "{:?}", reading.notes);
    assert!(reading.notes.iter().any(|note| note.contains("ssh")), "{:?}", reading.notes);
    assert!(!format!("{reading:?}").contains("hunter2"));
}

#[test]
fn a_cargo_file_that_is_no_toml_opens_nothing() {
    let reading = check(cargo::read, &["[source\nregistry = 'https://u:hunter2@x'"], &[], &[]);
    assert!(reading.notes[0].contains("no TOML") && !reading.notes[0].contains("hunter2"));
}

#[test]
fn npm_takes_the_last_word_on_each_setting() {
    let global = "registry=https://global.example/\n@corp:registry = \"https://corp.example:8443/npm/\"\n; registry=https://no.example/\n";
    let user = "registry = https://u:hunter2@user.example/npm\n//user.example/:_authToken=hunter2\nfund=false\nhttps-proxy=http://p.example:1\nnoproxy=a.example, b.example";
    let reading = check(npm::read, &[global, user], &[], &["corp.example:8443", "user.example:443"]);
    assert_eq!(reading.proxy.as_ref().map(|(proxy, _)| proxy.as_str()), Some("http://p.example:1"));
    assert_eq!(reading.direct, ["a.example", "b.example"]);
    assert!(!format!("{reading:?}").contains("hunter2"));
    check(npm::read, &[global], &[("NPM_CONFIG_REGISTRY", "https://var.example")], &["corp.example:8443", "var.example:443"]);
    check(npm::read, &[user], &[("npm_config__authToken", "hunter2"), ("npm_config_registry", "")], &["user.example:443"]);
}

#[test]
fn npm_variables_in_values_are_filled_or_open_nothing() {
    check(npm::read, &["registry=https://${HOST}/npm"], &[("HOST", "v.example")], &["v.example:443"]);
    let reading = check(npm::read, &["registry=https://a.example\n", "registry=https://${HOST}/npm"], &[], &[]);
    assert!(reading.notes[0].contains("HOST"), "{:?}", reading.notes);
    check(npm::read, &["registry=https://a.example/${X?}"], &[], &["a.example:443"]);
}

#[test]
fn pip_reads_sections_files_and_variables_in_its_own_order() {
    check(pip::read, &["[global]\nindex-url = https://one.example/simple", "[global]\nindex_url: https://two.example/simple"], &[], &["two.example:443"]);
    check(pip::read, &["[install]\nindex-url = https://install.example/", "[global]\nindex-url = https://global.example/"], &[], &["install.example:443"]);
    check(pip::read, &["[list]\nindex-url = https://other.example/"], &[], &PYPI);
    check(pip::read, &["[global]\nindex-url = https://one.example/"], &[("PIP_INDEX_URL", "https://var.example/")], &["var.example:443"]);
    let more = "[global]\nextra-index-url =\n  https://a.example/\n\n  # no\n  http://u:hunter2@b.example:8080/\nfind-links = /opt/wheels https://links.example/\n";
    let reading = check(pip::read, &[more], &[], &["links.example:443", "pypi.org:443", "files.pythonhosted.org:443", "a.example:443", "b.example:8080"]);
    assert!(reading.notes[0].contains("left out") && !format!("{reading:?}").contains("hunter2"));
}

#[test]
fn pip_without_an_index_opens_none_and_pypi_by_name_has_its_files() {
    check(pip::read, &["[global]\nno-index = true\nindex-url = https://one.example/"], &[], &[]);
    check(pip::read, &[], &[("PIP_INDEX_URL", "https://pypi.org/simple")], &PYPI);
    check(pip::read, &["[global]\nindex-url = https://one.example/"], &[("PIP_EXTRA_INDEX_URL", "https://pypi.org/simple https://two.example")], &["one.example:443", "pypi.org:443", "two.example:443", "files.pythonhosted.org:443"]);
}

#[test]
fn an_address_that_is_none_is_said_and_never_repeated() {
    for odd in ["hunter2", "https://", "https://ana:hunter2@", "https://x@hunter2 y/", "file:///srv/hunter2", "https://h..x/hunter2"] {
        let reading = check(pip::read, &[], &[("PIP_INDEX_URL", odd)], &[]);
        assert!(reading.notes[0].contains("PIP_INDEX_URL"), "{odd}: {:?}", reading.notes);
        assert!(!odd.contains("ana:") || !reading.notes[0].contains("hunter2"), "{:?}", reading.notes);
    }
}

#[test]
fn the_files_are_found_where_the_clients_keep_them() {
    let root = tempfile::tempdir().unwrap();
    let home = root.path().join("home/ana");
    let put = |path: &str, text: &str| {
        let path = root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    put("home/ana/.cargo/config.toml", "[source.crates-io]\nreplace-with='m'\n[source.m]\nregistry='sparse+https://cargo.example/'");
    put("etc/npmrc", "registry=https://etc.example/");
    put("usr/bin/node", "");
    put("usr/etc/npmrc", "@a:registry=https://prefix.example/");
    put("home/ana/.npmrc", "registry=https://npm.example/");
    put("etc/pip.conf", "[global]\nindex-url=https://etc-pip.example/\nproxy=http://u:hunter2@p.example:3128");
    put("home/ana/.config/pip/pip.conf", "[global]\nextra-index-url=https://user-pip.example/");
    let read = |pairs: &[(&str, &str)]| Registries::read_under(root.path(), &home, &variables(pairs));
    let hosts = |all: &Registries| all.rules().open.iter().map(|rule| rule.host.clone()).collect::<Vec<_>>();
    let all = read(&[("PATH", "/usr/local/bin:/usr/bin"), ("NO_PROXY", "etc-pip.example,.corp")]);
    assert_eq!(hosts(&all), ["cargo.example", "etc-pip.example", "npm.example", "prefix.example", "user-pip.example"]);
    assert_eq!(all.rules().upstream_proxy.as_deref(), Some("http://u:hunter2@p.example:3128"));
    assert_eq!(all.direct, [".corp", "etc-pip.example"]);
    assert!(!format!("{all:?} {:?}", all.rules()).contains("hunter2"));
    let elsewhere = home.join("other-cargo");
    std::fs::create_dir(&elsewhere).unwrap();
    let other = read(&[("CARGO_HOME", elsewhere.to_str().unwrap()), ("PIP_CONFIG_FILE", "/dev/null"), ("https_proxy", "http://q.example")]);
    assert!(hosts(&other).contains(&"index.crates.io".into()) && hosts(&other).contains(&"pypi.org".into()));
    assert_eq!(other.upstream_proxy.as_deref(), Some("http://q.example"));
}

#[test]
fn a_file_that_cannot_be_read_opens_nothing_for_its_client() {
    let root = tempfile::tempdir().unwrap();
    let home = root.path().join("home");
    std::fs::create_dir_all(home.join(".npmrc")).unwrap(); // a directory in its place
    std::fs::create_dir_all(home.join(".cargo")).unwrap();
    std::fs::write(home.join(".cargo/config.toml"), b"\xff").unwrap();
    let all = Registries::read_under(root.path(), &home, &[]);
    assert!(all.found.iter().all(|found| found.client == Client::Pip), "{:?}", all.found);
    assert_eq!(all.notes.len(), 2, "{:?}", all.notes);
}

#[test]
fn a_second_proxy_is_named_without_its_secret() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join(".npmrc"), "https-proxy=http://u:hunter2@b.example").unwrap();
    let all = Registries::read_under(root.path(), root.path(), &variables(&[("HTTPS_PROXY", "http://a.example")]));
    assert_eq!(all.upstream_proxy.as_deref(), Some("http://a.example"));
    assert!(all.notes.iter().any(|note| note.contains(".npmrc")), "{:?}", all.notes);
    assert!(!all.notes.iter().any(|note| note.contains("hunter2")), "{:?}", all.notes);
}
