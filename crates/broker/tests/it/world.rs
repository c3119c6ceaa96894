//! A door with scripted hosts behind it, and clients that speak to it byte by byte.

use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use broker::{Answer, Door, DoorRules, HostRule, Limits, Passage, Reach, Resolve};

/// No wait of a test is longer; it only ends tests that fail.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct World {
    pub(crate) door: Option<Door>,
    passages: Mutex<Receiver<Passage>>,
    pub(crate) asked: Arc<Mutex<Vec<Reach>>>,
    pub(crate) resolver: Arc<Names>,
    directory: tempfile::TempDir,
}

/// How a world differs from the usual one: everything named is open, everything else is held.
pub(crate) struct Setup {
    pub(crate) rules: DoorRules,
    pub(crate) limits: Limits,
    pub(crate) names: Vec<(&'static str, Vec<Vec<IpAddr>>)>,
    pub(crate) ask: Box<dyn Fn(&Reach) -> Answer + Send + Sync>,
}

impl Setup {
    pub(crate) fn opening(hosts: &[(&str, u16)]) -> Self {
        let open = hosts.iter().map(|(host, port)| HostRule::new(host, *port).unwrap()).collect();
        let ask = Box::new(|reach: &Reach| match reach.named {
            true => Answer::Open,
            false => Answer::Held { text: "run `countersign sign` to open it".into() },
        });
        Self { rules: DoorRules::opening(open), limits: Limits::default(), names: Vec::new(), ask }
    }

    /// A name and what the resolver says of it, first, second, … time.
    pub(crate) fn name(mut self, name: &'static str, answers: &[&[&str]]) -> Self {
        let answers = answers.iter().map(|answer| answer.iter().map(|a| a.parse().unwrap()).collect()).collect();
        self.names.push((name, answers));
        self
    }

    pub(crate) fn limits(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut self.limits);
        self
    }

    pub(crate) fn start(self) -> World {
        let directory = tempfile::tempdir().unwrap();
        let (send, passages) = mpsc::channel();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let resolver = Arc::new(Names { names: self.names, calls: AtomicUsize::new(0) });
        let (ask, list) = (self.ask, Arc::clone(&asked));
        let ask = Box::new(move |reach: &Reach| {
            list.lock().unwrap().push(reach.clone());
            ask(reach)
        });
        let seen = recorder(send);
        let socket = directory.path().join("door.sock");
        let door = Door::open_with(&socket, self.rules, self.limits, Arc::clone(&resolver) as _, ask, seen).unwrap();
        World { door: Some(door), passages: Mutex::new(passages), asked, resolver, directory }
    }
}

pub(crate) fn recorder(send: Sender<Passage>) -> broker::Seen {
    let send = Mutex::new(send);
    Box::new(move |passage| drop(send.lock().unwrap().send(passage.clone())))
}

impl World {
    pub(crate) fn socket(&self) -> std::path::PathBuf {
        self.directory.path().join("door.sock")
    }

    pub(crate) fn client(&self) -> Client {
        Client::of(UnixStream::connect(self.socket()).unwrap())
    }

    /// The next passage that is over.
    pub(crate) fn passage(&self) -> Passage {
        self.passages.lock().unwrap().recv_timeout(PATIENCE).expect("a passage is recorded")
    }

    pub(crate) fn no_more_passages(&self) -> bool {
        self.passages.lock().unwrap().try_recv().is_err()
    }
}

/// A resolver that says what the test wants; the last answer is said again and again.
pub(crate) struct Names {
    names: Vec<(&'static str, Vec<Vec<IpAddr>>)>,
    pub(crate) calls: AtomicUsize,
}

impl Resolve for Names {
    fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        let found = self.names.iter().find(|(n, _)| *n == name).map(|(_, answers)| answers);
        let answers = found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such name"))?;
        Ok(answers.get(call).or(answers.last()).unwrap().clone())
    }
}

/// A client inside the box, byte by byte.
pub(crate) struct Client {
    stream: UnixStream,
    ahead: Vec<u8>,
}

impl Client {
    pub(crate) fn of(stream: UnixStream) -> Self {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self { stream, ahead: Vec::new() }
    }

    pub(crate) fn say(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.stream.write_all(bytes.as_ref()).unwrap();
        self
    }

    /// The same, where the door may have closed already.
    pub(crate) fn try_say(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    pub(crate) fn end(&mut self) -> &mut Self {
        self.stream.shutdown(Shutdown::Write).unwrap();
        self
    }

    /// Up to and with the next blank line.
    pub(crate) fn head(&mut self) -> String {
        loop {
            if let Some(at) = self.ahead.windows(4).position(|four| four == b"\r\n\r\n") {
                let rest = self.ahead.split_off(at + 4);
                return String::from_utf8(std::mem::replace(&mut self.ahead, rest)).unwrap();
            }
            assert!(self.more() > 0, "it ended before a whole head: {:?}", String::from_utf8_lossy(&self.ahead));
        }
    }

    pub(crate) fn exactly(&mut self, n: usize) -> Vec<u8> {
        while self.ahead.len() < n {
            assert!(self.more() > 0, "it ended after {:?}", String::from_utf8_lossy(&self.ahead));
        }
        let rest = self.ahead.split_off(n);
        std::mem::replace(&mut self.ahead, rest)
    }

    /// All until the door closes; a reset counts as closed.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        while self.more() > 0 {}
        std::mem::take(&mut self.ahead)
    }

    pub(crate) fn rest_as_text(&mut self) -> String {
        String::from_utf8_lossy(&self.rest()).into_owned()
    }

    fn more(&mut self) -> usize {
        let mut piece = [0; 4096];
        match self.stream.read(&mut piece) {
            Ok(n) => {
                self.ahead.extend_from_slice(&piece[..n]);
                n
            }
            Err(e) if matches!(e.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe) => 0,
            Err(e) => panic!("nothing came: {e}"),
        }
    }
}

/// A host outside. Each connection is told to the test after what the script said to it.
pub(crate) struct Server {
    pub(crate) port: u16,
    heard: Receiver<Vec<u8>>,
}

impl Server {
    /// For each connection, the script reads and writes as it likes and returns what it heard.
    pub(crate) fn start(script: impl Fn(&mut TcpStream) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::start_at(Ipv4Addr::LOCALHOST, 0, script)
    }

    pub(crate) fn start_at(address: Ipv4Addr, port: u16, script: impl Fn(&mut TcpStream) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::serving(address, port, move |stream, told| drop(told.send(script(stream))))
    }

    /// One that answers the same to every request. What it heard is told before the answer goes out: of requests of which
    /// each waits for the answer before it, they are told in that order.
    pub(crate) fn answering(response: &'static str) -> Self {
        Self::serving(Ipv4Addr::LOCALHOST, 0, move |stream, told| {
            told.send(read_request(stream)).ok();
            stream.write_all(response.as_bytes()).ok();
        })
    }

    /// For each connection a thread of its own, which tells what it heard.
    fn serving(address: Ipv4Addr, port: u16, each: impl Fn(&mut TcpStream, &Sender<Vec<u8>>) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((address, port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (send, heard) = mpsc::channel();
        let each = Arc::new(each);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, send, each) = (stream.unwrap(), send.clone(), Arc::clone(&each));
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                std::thread::spawn(move || each(&mut stream, &send));
            }
        });
        Self { port, heard }
    }

    /// One that sends back what it hears, until the other side has finished.
    pub(crate) fn echo() -> Self {
        Self::start(|stream| {
            let (mut heard, mut piece) = (Vec::new(), [0; 4096]);
            while let Ok(n) = stream.read(&mut piece) {
                if n == 0 || stream.write_all(&piece[..n]).is_err() {
                    break;
                }
                heard.extend_from_slice(&piece[..n]);
            }
            heard
        })
    }

    pub(crate) fn heard(&self) -> Vec<u8> {
        self.heard.recv_timeout(PATIENCE).expect("the host was reached")
    }

    pub(crate) fn heard_text(&self) -> String {
        String::from_utf8_lossy(&self.heard()).into_owned()
    }

    pub(crate) fn heard_nothing(&self) -> bool {
        self.heard.try_recv().map_or(true, |bytes| bytes.is_empty())
    }

    pub(crate) fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }
}

/// A head and the body that it announces, both as they came.
pub(crate) fn read_request(stream: &mut TcpStream) -> Vec<u8> {
    let mut heard = Vec::new();
    let mut piece = [0; 4096];
    while !is_whole(&heard) {
        match stream.read(&mut piece) {
            Ok(n) if n > 0 => heard.extend_from_slice(&piece[..n]),
            _ => break,
        }
    }
    heard
}

fn is_whole(heard: &[u8]) -> bool {
    let text = String::from_utf8_lossy(heard).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse::<usize>().ok());
    match (length, head.contains("transfer-encoding: chunked")) {
        (_, true) => body.ends_with("0\r\n\r\n"),
        (Some(n), false) => body.len() >= n,
        (None, false) => true,
    }
}

/// The first message of a TLS connection, naming this server or none.
pub(crate) fn hello(name: Option<&str>) -> Vec<u8> {
    let block = |bytes: usize, data: &[u8]| [&data.len().to_be_bytes()[8 - bytes..], data].concat();
    let server = |name: &str| block(2, &[vec![0], block(2, name.as_bytes())].concat());
    let extension = |kind: u16, data: &[u8]| [kind.to_be_bytes().to_vec(), block(2, data)].concat();
    let mut extensions = extension(10, &[0, 2, 0, 29]);
    extensions.extend(name.map(|name| extension(0, &server(name))).unwrap_or_default());
    let body = [vec![3, 3], vec![7; 32], block(1, &[9; 32]), block(2, &[0x13, 1]), block(1, &[0]), block(2, &extensions)].concat();
    let message = [vec![1], block(3, &body)].concat();
    [vec![22, 3, 1], block(2, &message)].concat()
}
