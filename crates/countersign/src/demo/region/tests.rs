#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods, reason = "tests fail by panicking")]

use super::*;

const ROWS: &str = "CREATE TABLE cost (day TEXT, service TEXT, region TEXT, amount_micros INTEGER);
    INSERT INTO cost VALUES ('2025-11-30', 'compute', 'region-1', 5), ('2025-11-30', 'compute', 'region-2', 7),
        ('2025-11-30', 'storage', 'region-1', 1), ('2025-12-01', 'compute', 'region-1', 2);";

struct World {
    folder: tempfile::TempDir,
    region: Region,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("app/deep")).unwrap();
        fs::create_dir_all(folder.path().join("data")).unwrap();
        fs::write(folder.path().join("app/index.html"), "<p>hi").unwrap();
        fs::write(folder.path().join("app/deep/a.mjs"), "export {}").unwrap();
        let world = Self { region: Region::start(folder.path().to_owned(), 0).unwrap(), folder };
        Connection::open(world.store()).unwrap().execute_batch(ROWS).unwrap();
        world
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("data/costs.db")
    }

    fn ask(&self, request: &str) -> (u16, String) {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.region.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    fn get(&self, path: &str) -> (u16, String) {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"))
    }
}

#[test]
fn it_answers_from_the_database() {
    let world = World::new();
    assert_eq!(world.get("/health"), (200, r#"{"status":"ok"}"#.into()));
    assert_eq!(world.get("/api/rows"), (200, r#"{"rows":4}"#.into()));
    let (status, body) = world.get("/api/costs?from=2025-11-30&to=2025-12-01");
    let value: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(status, 200);
    assert_eq!(value["rows"], json!([
        { "day": "2025-11-30", "service": "compute", "amount_micros": 12 },
        { "day": "2025-11-30", "service": "storage", "amount_micros": 1 },
        { "day": "2025-12-01", "service": "compute", "amount_micros": 2 },
    ]));
    let (_, one) = world.get("/api/costs?to=2025-12-01&from=2025-12-01");
    assert_eq!(serde_json::from_str::<Value>(&one).unwrap()["rows"].as_array().unwrap().len(), 1);
}

#[test]
fn a_range_that_is_none_is_refused() {
    let world = World::new();
    for query in ["", "from=2025-12-01", "from=2025-12-01&to=2025-13-01", "from=2025-12-02&to=2025-12-01", "from=2025-12-01&to=2025-12-01T00", "from=2025-12-01&to=2025-12-01&to=2025-12-02", "from='--&to=2025-12-01"] {
        assert_eq!(world.get(&format!("/api/costs?{query}")).0, 400, "{query}");
    }
}

#[test]
fn it_says_503_when_the_database_is_gone_empty_or_wrong_and_comes_back() {
    let world = World::new();
    let kept = fs::read(world.store()).unwrap();
    fs::remove_file(world.store()).unwrap();
    for path in ["/health", "/api/rows", "/api/costs?from=2025-11-30&to=2025-12-01"] {
        assert_eq!(world.get(path).0, 503, "{path}");
    }
    fs::write(world.store(), "").unwrap();
    assert_eq!(world.get("/api/rows").0, 503);
    fs::write(world.store(), "not a database at all, but long enough to be read as one".repeat(20)).unwrap();
    assert_eq!(world.get("/api/rows").0, 503);
    assert_eq!(world.get("/app/").0, 200, "the page has no data in it");
    fs::write(world.store(), kept).unwrap();
    assert_eq!(world.get("/api/rows"), (200, r#"{"rows":4}"#.into()));
    assert!(!world.folder.path().join("data/costs.db-journal").exists());
}

#[test]
fn it_reads_beside_a_writer() {
    let world = World::new();
    let writer = Connection::open(world.store()).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE; INSERT INTO cost VALUES ('2025-12-02', 'x', 'y', 1);").unwrap();
    assert_eq!(world.get("/api/rows"), (200, r#"{"rows":4}"#.into()), "what is not committed is not seen");
    writer.execute_batch("COMMIT").unwrap();
    assert_eq!(world.get("/api/rows"), (200, r#"{"rows":5}"#.into()));
}

#[test]
fn the_page_is_served_and_nothing_beside_it() {
    let world = World::new();
    assert_eq!(world.get("/app/"), (200, "<p>hi".into()));
    assert_eq!(world.get("/app"), (200, "<p>hi".into()));
    assert_eq!(world.get("/app/deep/a.mjs?v=1"), (200, "export {}".into()));
    std::os::unix::fs::symlink(world.store(), world.folder.path().join("app/link.db")).unwrap();
    for path in ["/app/../data/costs.db", "/app/link.db", "/app/.hidden", "/app/deep", "/app//index.html", "/app/%2e%2e/data", "/data/costs.db", "/", "/apple"] {
        assert_eq!(world.get(path).0, 404, "{path}");
    }
}

#[test]
fn other_requests_are_refused_and_head_has_no_body() {
    let world = World::new();
    assert_eq!(world.ask("DELETE /api/rows HTTP/1.1\r\nHost: x\r\n\r\n").0, 405);
    assert_eq!(world.ask("HEAD /api/rows HTTP/1.1\r\nHost: x\r\n\r\n"), (200, String::new()));
    assert_eq!(world.ask("nonsense\r\n\r\n").0, 400);
    assert_eq!(world.ask(&format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(20_000))).0, 400);
}

#[test]
fn a_page_that_is_swapped_is_always_whole() {
    let world = World::new();
    let app = world.folder.path().join("app");
    let versions = ["a".repeat(20_000), "b".repeat(30_000)];
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for version in versions.iter().cycle() {
                fs::write(app.join("index.html.new"), version).unwrap();
                fs::rename(app.join("index.html.new"), app.join("index.html")).unwrap();
                if stop.load(Ordering::SeqCst) {
                    return;
                }
            }
        });
        for _ in 0..100 {
            let (status, body) = world.get("/app/");
            assert!(status == 200 && (versions.contains(&body) || body == "<p>hi"), "{status}, {} bytes", body.len());
        }
        stop.store(true, Ordering::SeqCst);
    });
}

#[test]
fn it_stops_when_it_is_dropped() {
    let world = World::new();
    let port = world.region.port;
    drop(world);
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
}
