use super::{Compose, ComposeAct};
use crate::manifest::tests::{check, facts, notes, says, shorts};
use crate::manifest::{Action, Kind, Target, compose, compose_without_file, read};
use crate::sighting::Reading;

const SHOP: &str = "name: shop
services:
  web:
    image: web:1
    depends_on: [db]
    ports: [\"127.0.0.1:8080:80\"]
  db:
    image: postgres:17
    volumes:
      - data:/var/lib/postgresql/data
      - /var/cache/x
volumes:
  data:
  shared: {external: true}
networks:
  inner: {}
";

fn command(act: ComposeAct) -> Compose<'static> {
    Compose { act, ..Compose::default() }
}

fn run(text: &str, command: &Compose<'_>) -> Reading {
    compose(text, command, &Target::default(), &facts())
}

/// What a service with these lines touches when it comes up, beside its container.
fn given(lines: &str) -> Vec<String> {
    let text = format!("services:\n  s:\n    image: i\n{lines}");
    shorts(&run(&text, &command(ComposeAct::Up))).into_iter().filter(|line| line != "host update container s ~ +").collect()
}

#[test]
fn down_with_volumes_deletes_data_for_good() {
    let down = Compose { volumes: true, ..command(ComposeAct::Down) };
    let seen = run(SHOP, &down);
    check(&seen, &[
        "host delete volume shop_data ! data",
        "host delete volume shop_db ! + data",
        "host delete volume shop_web ! +",
        "host delete container shop_db !",
        "host delete container shop_web !",
        "host delete network shop_inner ~",
        "host delete network shop_default ~ +",
    ]);
    assert_eq!(says(&seen, SHOP, "host delete volume shop_data"), "data");
    check(&read(SHOP, Some(Kind::Compose), Action::Delete, &facts()), &shorts(&seen).iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn down_alone_leaves_the_volumes() {
    check(&run(SHOP, &command(ComposeAct::Down)), &[
        "host delete container shop_db !",
        "host delete container shop_web !",
        "host delete network shop_inner ~",
        "host delete network shop_default ~ +",
    ]);
    let more = Compose { images: true, orphans: true, ..command(ComposeAct::Down) };
    let seen = shorts(&run(SHOP, &more));
    for line in ["host delete image shop_db !", "host delete container shop_(orphans) ! +"] {
        assert!(seen.contains(&line.to_owned()), "{seen:?}");
    }
}

#[test]
fn an_external_volume_stays_only_if_it_plainly_is() {
    let down = Compose { volumes: true, ..command(ComposeAct::Down) };
    for (external, line) in [
        ("true", None),
        ("{name: other}", None),
        ("false", Some("host delete volume data ! data")),
        ("${EXTERNAL}", Some("host delete volume data ! ? data")),
    ] {
        let text = format!("services: {{s: {{image: i}}}}\nvolumes: {{data: {{external: {external}}}}}\n").replace("${EXTERNAL}", "'${EXTERNAL}'");
        let seen: Vec<String> = shorts(&run(&text, &down)).into_iter().filter(|line| line.contains("volume data")).collect();
        assert_eq!(seen, line.map(str::to_owned).into_iter().collect::<Vec<_>>(), "{external}");
    }
}

#[test]
fn rm_takes_containers_and_stop_takes_nothing() {
    check(&run(SHOP, &command(ComposeAct::Rm)), &["host delete container shop_db !", "host delete container shop_web !"]);
    let rm = Compose { volumes: true, services: &["db"], ..command(ComposeAct::Rm) };
    check(&run(SHOP, &rm), &["host delete container shop_db !", "host delete volume shop_db ! + data"]);
    check(&run(SHOP, &command(ComposeAct::Stop)), &["host update container shop_db ~", "host update container shop_web ~"]);
}

#[test]
fn up_makes_containers_and_the_volumes_that_are_missing() {
    let lines = ["host update container shop_db ~ +", "host update container shop_web ~ +", "host create volume shop_data data", "host update volume shared ~ + data"];
    let seen = run(SHOP, &command(ComposeAct::Up));
    check(&seen, &lines);
    assert_eq!(seen.needs(), [("shop_web".to_owned(), "shop_db".to_owned())]);
    let one = Compose { services: &["web"], ..command(ComposeAct::Up) };
    check(&run(SHOP, &one), &lines);
    let anew = Compose { services: &["db"], anew: true, ..command(ComposeAct::Up) };
    check(&run(SHOP, &anew), &["host replace container shop_db !", "host delete volume shop_db ! + data", lines[2], lines[3]]);
    let odd = Compose { services: &["odd"], ..command(ComposeAct::Stop) };
    check(&run(SHOP, &odd), &["host opaque manifest a part of it ! ?"]);
}

#[test]
fn a_folder_of_the_machine_is_where_the_mapping_says() {
    for (mount, line) in [
        ("'./src:/app'", "host update directory src ~ +"),
        ("'./src:/app:ro'", "host read directory src +"),
        ("'/opt/x:/app'", "host opaque directory /opt/x ! ?"),
        ("'/opt/x:/app:ro,z'", "host expose directory /opt/x ! +"),
        ("'../x:/app'", "host opaque directory /code/x ! ?"),
        ("'~/.ssh:/keys:ro'", "host expose directory /home/ana/.ssh ! +"),
        ("'/srv/live/db:/data'", "production opaque directory /srv/live/db ! ?"),
        ("{type: bind, source: /opt/x, target: /app}", "host opaque directory /opt/x ! ?"),
        ("{type: bind, source: /opt/x, target: /app, read_only: true}", "host expose directory /opt/x ! +"),
        ("'./.git/hooks:/hooks'", "host disable-protection directory .git/hooks ! +"),
        ("'/var/run/docker.sock:/var/run/docker.sock:ro'", "host grant socket /var/run/docker.sock ! ?"),
        ("'${DATA}:/data'", "host opaque container s ! ?"),
        ("{type: npipe, source: x, target: y}", "host opaque container s ! ?"),
        ("'C:\\x:/data'", "host opaque container s ! ?"),
    ] {
        assert_eq!(given(&format!("    volumes: [{mount}]\n")), [line], "{mount}");
    }
    assert!(given("    volumes: ['/:/host']\n").contains(&"host grant directory / ! ?".to_owned()));
    assert_eq!(given("    volumes: [named:/data, /nameless, {type: tmpfs, target: /t}, {type: volume, source: v, target: /v}]\n"), [""; 0]);
}

#[test]
fn a_port_is_exposed_unless_it_is_of_this_machine_alone() {
    for (port, line) in [
        ("'8080:80'", Some("host expose port s !")),
        ("80", Some("host expose port s !")),
        ("'0.0.0.0:8080:80'", Some("host expose port s !")),
        ("'[::]:8080:80'", Some("host expose port s !")),
        ("{target: 80, published: 8080}", Some("host expose port s !")),
        ("'${PORT}:80'", Some("host expose port s ! ?")),
        ("'127.0.0.1:8080:80'", None),
        ("'127.0.0.1::80'", None),
        ("'[::1]:8080:80'", None),
        ("{target: 80, host_ip: 127.0.0.1}", None),
    ] {
        assert_eq!(given(&format!("    ports: [{port}]\n")), line.map(str::to_owned).into_iter().collect::<Vec<_>>(), "{port}");
    }
}

#[test]
fn power_over_the_machine_is_a_grant() {
    for (line, why) in [
        ("privileged: true", "privileged"),
        ("privileged: ${P}", "privileged"),
        ("network_mode: host", "network"),
        ("pid: host", "processes"),
        ("cap_add: [SYS_ADMIN]", "capabilities"),
        ("security_opt: ['seccomp:unconfined']", "confinement"),
        ("devices: ['/dev/sda:/dev/sda']", "devices"),
    ] {
        let text = format!("services:\n  s:\n    image: i\n    {line}\n");
        assert!(notes(&run(&text, &command(ComposeAct::Up)), "host grant container s ! ?").contains(why), "{line}");
    }
    assert_eq!(given("    privileged: false\n    cap_drop: [ALL]\n    network_mode: bridge\n"), [""; 0]);
}

#[test]
fn code_that_was_not_read_is_opaque() {
    for (line, seen) in [
        ("build: .", "host execute image s ! ?"),
        ("post_start: [{command: x}]", "host execute container s ! ?"),
        ("provider: {type: x}", "host execute container s ! ?"),
        ("extends: {file: other.yml, service: s}", "host opaque container s ! ?"),
        ("volumes_from: [db]", "host opaque container s ! ?"),
    ] {
        assert_eq!(given(&format!("    {line}\n")), [seen], "{line}");
    }
    for odd in ["include: [other.yml]\n", "odd: 1\n"] {
        let seen = shorts(&run(&format!("{SHOP}{odd}"), &command(ComposeAct::Stop)));
        assert!(seen.contains(&"host opaque manifest a part of it ! ?".to_owned()), "{odd}");
    }
    assert_eq!(run(&format!("x-more: {{a: 1}}\n{SHOP}"), &command(ComposeAct::Stop)).sightings().len(), 2);
    check(&run("services: [a]\n", &command(ComposeAct::Up)), &["host opaque manifest a part of it ! ?"]);
}

#[test]
fn anchors_and_merged_keys_hide_nothing() {
    let text = "x-power: &power {privileged: true}\nservices:\n  s:\n    <<: *power\n    image: i\n";
    assert!(shorts(&run(text, &command(ComposeAct::Up))).contains(&"host grant container s ! ?".to_owned()));
}

#[test]
fn a_volume_that_is_a_folder_and_files_that_are_given_are_seen() {
    let text = "services: {s: {image: i}}\nvolumes:\n  a: {driver_opts: {type: none, o: bind, device: /srv/live/a}}\n  b: {driver_opts: {type: nfs, device: ':/x'}}\nsecrets: {key: {file: ~/.ssh/id}}\n";
    let seen = shorts(&run(text, &command(ComposeAct::Up)));
    for line in ["production opaque directory /srv/live/a ! ?", "host opaque volume of a device ! ?", "host expose directory /home/ana/.ssh/id ! +"] {
        assert!(seen.contains(&line.to_owned()), "{line}: {seen:?}");
    }
}

#[test]
fn without_its_file_what_goes_is_known_by_kind_alone() {
    let target = Target { name: Some("shop"), ..Target::default() };
    let without = |command: &Compose<'_>| compose_without_file(command, &target, &facts());
    let volumes = "host delete volume of shop ! + data";
    let containers = "host delete container of shop ! +";
    check(&without(&Compose { volumes: true, ..command(ComposeAct::Down) }), &[containers, volumes]);
    check(&without(&command(ComposeAct::Down)), &[containers]);
    check(&without(&Compose { images: true, ..command(ComposeAct::Down) }), &[containers, "host delete image of shop ! +"]);
    check(&without(&Compose { volumes: true, ..command(ComposeAct::Rm) }), &[containers, volumes]);
    check(&without(&command(ComposeAct::Stop)), &["host update container of shop ~ +"]);
    check(&without(&command(ComposeAct::Up)), &["host opaque container of shop ! ?"]);
}

#[test]
fn containers_run_where_the_daemon_is_or_the_folder() {
    let down = Compose { volumes: true, ..command(ComposeAct::Down) };
    for (daemon, directory, environment) in [
        (None, None, "host"),
        (None, Some("/srv/live/shop"), "production"),
        (Some("ssh://ana@build.example.com"), None, "dev"),
        (Some("tcp://192.0.2.1:2376"), Some("/srv/live/shop"), "unknown"),
    ] {
        let target = Target { daemon, directory, ..Target::default() };
        let seen = shorts(&compose(SHOP, &down, &target, &facts()));
        assert!(seen.contains(&format!("{environment} delete volume shop_data ! data")), "{seen:?}");
    }
}
