use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use super::*;

#[test]
fn a_large_frame_and_its_descriptors_arrive() {
    let (a, b) = UnixStream::pair().unwrap();
    let (mut kept, given) = UnixStream::pair().unwrap();
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| n as u8).collect();
    let sent = bytes.clone();
    let writer = std::thread::spawn(move || send_frame(&a, &sent, &[given.as_fd()]).unwrap());
    let (got, mut fds) = receive_frame(&b).unwrap();
    writer.join().unwrap();
    assert_eq!(got, bytes);
    UnixStream::from(fds.pop().unwrap()).write_all(b"x").unwrap();
    let mut byte = [0];
    kept.read_exact(&mut byte).unwrap();
    assert_eq!(&byte, b"x");
}

#[test]
fn frames_do_not_run_together() {
    let (a, b) = UnixStream::pair().unwrap();
    let (_, given) = UnixStream::pair().unwrap();
    send_frame(&a, b"one", &[]).unwrap();
    send_frame(&a, b"", &[given.as_fd()]).unwrap();
    assert_eq!(receive_frame(&b).unwrap().0, b"one");
    let (second, fds) = receive_frame(&b).unwrap();
    assert_eq!((second.len(), fds.len()), (0, 1));
}

#[test]
fn the_end_and_a_cut_frame_are_errors() {
    let (mut a, b) = UnixStream::pair().unwrap();
    a.write_all(&[9, 0, 0, 0, 1]).unwrap();
    drop(a);
    assert_eq!(receive_frame(&b).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    assert_eq!(receive_frame(&b).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
}

#[test]
fn an_absurd_length_is_refused_before_memory_is_taken() {
    let (mut a, b) = UnixStream::pair().unwrap();
    a.write_all(&u32::MAX.to_le_bytes()).unwrap();
    assert_eq!(receive_frame(&b).unwrap_err().kind(), io::ErrorKind::InvalidData);
}
