//! What goes over the sockets between the service and the box: length-prefixed JSON, with file descriptors where needed.
//!
//! Only our own program is on either end of them; commands never hold one. A frame that cannot be read ends the box.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, recv,
    recvmsg, send, sendmsg,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::bounds::Reach;
use crate::coded::Coded;
use crate::level::Level;
use crate::plan::Limits;

/// The first frame: what the launched process is to become.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Setup {
    /// Try everything once, say what works, exit.
    Probe,
    /// Become a box. Comes with the sockets of the reader and of the writer.
    Box(Box<BoxPlan>),
}

/// A settled plan, as the box needs it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct BoxPlan {
    pub(crate) tree: Coded,
    pub(crate) home: Coded,
    /// An empty folder of the state; the new root is mounted on it.
    pub(crate) stage: Coded,
    pub(crate) rehearsals: Coded,
    /// The tree first, then git folders that lie outside it.
    pub(crate) layers: Vec<Layer>,
    pub(crate) visible: Vec<Coded>,
    /// Absolute paths that are covered by an unreadable nothing (secrets in visible folders).
    pub(crate) covered: Vec<Coded>,
    /// Absolute paths that are read-only although they lie in a layer.
    pub(crate) protected: Vec<Coded>,
    /// Environments; a command names one by its index.
    pub(crate) places: Vec<Coded>,
    pub(crate) door: Option<Coded>,
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) limits: Limits,
    /// Files of the new `/etc` that are written rather than copied, by name.
    pub(crate) etc: Vec<(String, String)>,
}

/// One overlay.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Layer {
    pub(crate) at: Coded,
    /// Laid over the real folder: placeholders of secrets and of protected paths.
    pub(crate) mask: Coded,
    pub(crate) upper: Coded,
    pub(crate) work: Coded,
}

/// The answer to [`Setup`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Settled {
    /// The box's first process exists; by the number that the service sees it under.
    Born { pid: i32 },
    /// All steps done. Comes with the control groups to remove once the box is gone.
    Ready { level: Level, cgroups: Vec<Coded> },
    /// A step failed; nothing runs.
    Failed { step: String, why: String, level: Level },
}

/// What the box is asked to do once it is ready.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Order {
    /// Comes with the write end of the command's output and its status socket; for a server also with the read end of its
    /// input and the write end of its errors.
    Start(Start),
    /// Replace a servant that died or hangs. Comes with its new socket.
    Servant { reach: Reach },
}

/// A command to start.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Start {
    pub(crate) line: String,
    pub(crate) cwd: Coded,
    pub(crate) rehearse: Option<Rehearse>,
    /// Over those of the plan, for this command alone.
    pub(crate) variables: Vec<(String, String)>,
    /// Whether it has the network that the box has.
    pub(crate) network: bool,
}

/// Which place, and the number of the folder that takes the writes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Rehearse {
    pub(crate) place: usize,
    pub(crate) number: u64,
}

/// What a command's first process says on its status socket, one packet each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Status {
    /// It runs. Comes with a pidfd of the command's first process.
    Started,
    /// Nothing ran.
    NotStarted { why: String },
    /// It ended by itself.
    Exited { code: i32 },
    /// A signal ended it.
    Killed { signal: i32 },
}

/// Frames larger than this are a fault of ours.
const LARGEST: usize = 256 << 20;

pub(crate) fn send_value<T: Serialize>(to: impl AsFd, value: &T, fds: &[BorrowedFd<'_>]) -> io::Result<()> {
    send_frame(to, &serde_json::to_vec(value)?, fds)
}

pub(crate) fn receive_value<T: DeserializeOwned>(from: impl AsFd) -> io::Result<(T, Vec<OwnedFd>)> {
    let (bytes, fds) = receive_frame(from)?;
    Ok((serde_json::from_slice(&bytes)?, fds))
}

pub(crate) fn send_frame(to: impl AsFd, bytes: &[u8], fds: &[BorrowedFd<'_>]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).ok().filter(|_| bytes.len() <= LARGEST).ok_or(io::ErrorKind::InvalidInput)?;
    let header = length.to_le_bytes();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(4))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !fds.is_empty() && !ancillary.push(SendAncillaryMessage::ScmRights(fds)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let parts = [IoSlice::new(&header), IoSlice::new(bytes)];
    let sent = retry(|| sendmsg(to.as_fd(), &parts, &mut ancillary, SendFlags::NOSIGNAL))?;
    let rest_of_header = header.get(sent.min(header.len())..).unwrap_or_default();
    send_all(to.as_fd(), rest_of_header)?;
    send_all(to.as_fd(), bytes.get(sent.saturating_sub(header.len())..).unwrap_or_default())
}

fn send_all(to: BorrowedFd<'_>, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let sent = retry(|| send(to, bytes, SendFlags::NOSIGNAL))?;
        bytes = bytes.get(sent..).unwrap_or_default();
    }
    Ok(())
}

pub(crate) fn receive_frame(from: impl AsFd) -> io::Result<(Vec<u8>, Vec<OwnedFd>)> {
    let mut header = [0_u8; 4];
    let (got, fds) = receive_with_fds(from.as_fd(), &mut header)?;
    if got == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    receive_all(from.as_fd(), header.get_mut(got..).unwrap_or_default())?;
    let length = u32::from_le_bytes(header) as usize;
    if length > LARGEST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = vec![0; length];
    receive_all(from.as_fd(), &mut bytes)?;
    Ok((bytes, fds))
}

fn receive_all(from: BorrowedFd<'_>, mut space: &mut [u8]) -> io::Result<()> {
    while !space.is_empty() {
        let (got, _) = retry(|| recv(from, &mut *space, RecvFlags::empty()))?;
        if got == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        space = space.get_mut(got..).unwrap_or_default();
    }
    Ok(())
}

/// One packet of a status socket; `None` when the other end is gone.
pub(crate) fn receive_packet(from: impl AsFd) -> io::Result<Option<(Status, Vec<OwnedFd>)>> {
    let mut bytes = [0_u8; 4096];
    let (got, fds) = receive_with_fds(from.as_fd(), &mut bytes)?;
    let packet = bytes.get(..got).unwrap_or_default();
    if packet.is_empty() { Ok(None) } else { Ok(Some((serde_json::from_slice(packet)?, fds))) }
}

pub(crate) fn send_packet(to: impl AsFd, status: &Status, fds: &[BorrowedFd<'_>]) -> io::Result<()> {
    let bytes = serde_json::to_vec(status)?;
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(4))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !fds.is_empty() && !ancillary.push(SendAncillaryMessage::ScmRights(fds)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    retry(|| sendmsg(to.as_fd(), &[IoSlice::new(&bytes)], &mut ancillary, SendFlags::NOSIGNAL)).map(drop)
}

fn receive_with_fds(from: BorrowedFd<'_>, space: &mut [u8]) -> io::Result<(usize, Vec<OwnedFd>)> {
    let mut ancillary_space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(4))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut ancillary_space);
    let got = retry(|| recvmsg(from, &mut [IoSliceMut::new(space)], &mut ancillary, RecvFlags::CMSG_CLOEXEC))?;
    let mut fds = Vec::new();
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = message {
            fds.extend(rights);
        }
    }
    Ok((got.bytes, fds))
}

fn retry<T>(mut call: impl FnMut() -> rustix::io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(rustix::io::Errno::INTR) => {}
            other => return Ok(other?),
        }
    }
}

#[cfg(test)]
mod tests;
