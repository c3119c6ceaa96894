//! The box's network: a loopback device and, where the plan has a door, one listener that carries each connection to the
//! proxy's unix socket outside. The socket's path does not exist in the box; only the relay holds its folder open.

use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddrV4, TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::fs::{Mode, OFlags};
use rustix::net::{AddressFamily, SocketType};

use super::birth;

/// Where clients in the box find the proxy.
const PORT: u16 = 3128;
/// Connections at once; more are closed at once, which clients take as a proxy that is busy.
const MOST_CONNECTIONS: usize = 256;

/// The way to the proxy's socket: its folder, held open from before the root was changed, and its name there.
pub(super) struct Door {
    folder: OwnedFd,
    name: PathBuf,
}

impl Door {
    pub(super) fn keep(socket: &Path) -> io::Result<Self> {
        let (Some(folder), Some(name)) = (socket.parent(), socket.file_name()) else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let folder = rustix::fs::open(folder, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        Ok(Self { folder, name: name.into() })
    }

    pub(super) fn as_fd(&self) -> BorrowedFd<'_> {
        self.folder.as_fd()
    }

    fn connect(&self) -> io::Result<UnixStream> {
        UnixStream::connect(Path::new("/proc/self/fd").join(self.folder.as_raw_fd().to_string()).join(&self.name))
    }
}

/// The variables that make package managers use the door.
pub(super) fn variables() -> Vec<(String, String)> {
    let proxy = format!("http://127.0.0.1:{PORT}");
    let to_proxy = [
        "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy", "npm_config_proxy",
        "npm_config_https_proxy", "PIP_PROXY", "CARGO_HTTP_PROXY",
    ];
    let direct = ["NO_PROXY", "no_proxy", "npm_config_noproxy"];
    to_proxy
        .iter()
        .map(|name| ((*name).to_owned(), proxy.clone()))
        .chain(direct.iter().map(|name| ((*name).to_owned(), "localhost,127.0.0.1,::1".to_owned())))
        .collect()
}

/// A new network namespace has a loopback device that is down.
pub(super) fn bring_loopback_up() -> io::Result<()> {
    let socket = rustix::net::socket(AddressFamily::INET, SocketType::DGRAM, None)?;
    // SAFETY: all-zero bytes are a valid `ifreq`.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (place, byte) in request.ifr_name.iter_mut().zip(b"lo") {
        *place = libc::c_char::try_from(*byte).unwrap_or_default();
    }
    request.ifr_ifru.ifru_flags = i16::try_from(libc::IFF_UP | libc::IFF_RUNNING).unwrap_or_default();
    // SAFETY: the descriptor is open and `request` is an `ifreq` with a NUL-terminated name and its flags set.
    let done = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &raw const request) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Takes the port before any command can.
pub(super) fn listen() -> io::Result<TcpListener> {
    TcpListener::bind(SocketAddrV4::new(Ipv4Addr::LOCALHOST, PORT))
}

/// Carries connections for as long as the box lives.
pub(super) fn run(listener: &TcpListener, door: &Door) -> ! {
    let open = Arc::new(AtomicUsize::new(0));
    loop {
        let Ok((inner, _)) = listener.accept() else { birth::leave(1) };
        if open.load(Ordering::Relaxed) >= MOST_CONNECTIONS {
            continue;
        }
        let Ok(outer) = door.connect() else { continue };
        open.fetch_add(1, Ordering::Relaxed);
        let open = Arc::clone(&open);
        let carried = std::thread::Builder::new().stack_size(STACK).spawn(move || {
            // Either end may close at any time; there is nobody to tell.
            drop(carry(inner, outer));
            open.fetch_sub(1, Ordering::Relaxed);
        });
        drop(carried);
    }
}

/// Enough for a copy loop.
const STACK: usize = 64 * 1024;

fn carry(inner: TcpStream, outer: UnixStream) -> io::Result<()> {
    let (mut inner_read, mut outer_write) = (inner.try_clone()?, outer.try_clone()?);
    let (mut inner_write, mut outer_read) = (inner, outer);
    let outward = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        let copied = io::copy(&mut inner_read, &mut outer_write);
        drop(outer_write.shutdown(Shutdown::Write));
        copied
    })?;
    let inward = io::copy(&mut outer_read, &mut inner_write);
    drop(inner_write.shutdown(Shutdown::Write));
    drop(outward.join());
    inward.map(drop)
}
