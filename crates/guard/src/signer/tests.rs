use ssh_key::LineEnding;
use ssh_key::private::Ed25519Keypair;

use super::*;

#[test]
fn files_that_are_no_keys() {
    for bytes in [&b""[..], b"hello", b"-----BEGIN OPENSSH PRIVATE KEY-----\n"] {
        let error = Signer::from_key_file(bytes, None).unwrap_err();
        assert!(matches!(error, NotSigned::KeyFile { .. }), "{error}");
    }
}

#[test]
fn a_signer_never_prints_its_key() {
    let key = PrivateKey::from(Ed25519Keypair::from_seed(&[1; 32]));
    let text = key.to_openssh(LineEnding::LF).unwrap();
    let shown = format!("{:?}", Signer::from_key_file(text.as_bytes(), None).unwrap());
    assert!(shown.starts_with("Signer(SHA256:"), "{shown}");
}

#[test]
fn a_socket_with_nobody_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("sock");
    let error = Signer::keys_in_agent(&socket).unwrap_err();
    assert!(matches!(error, NotSigned::NoAgent { .. }) && error.to_string().contains("no ssh-agent answers at"), "{error}");
    let key = PrivateKey::from(Ed25519Keypair::from_seed(&[1; 32]));
    assert!(matches!(Signer::agent(&socket, key.public_key()), Err(NotSigned::NoAgent { .. })));
}

/// An agent that answers with a signature by another key is found before the answer is handed out.
#[test]
fn a_lying_agent_is_found() {
    use std::io::{Read as _, Write as _};
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("sock");
    let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let liar = PrivateKey::from(Ed25519Keypair::from_seed(&[2; 32]));
    let served = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut length = [0; 4];
        stream.read_exact(&mut length).unwrap();
        let mut request = vec![0; u32::from_be_bytes(length) as usize];
        stream.read_exact(&mut request).unwrap();
        let signature: Vec<u8> = Vec::try_from(liar.try_sign(b"other bytes").unwrap()).unwrap();
        let mut reply = vec![14];
        reply.extend((signature.len() as u32).to_be_bytes());
        reply.extend(signature);
        stream.write_all(&(reply.len() as u32).to_be_bytes()).unwrap();
        stream.write_all(&reply).unwrap();
    });
    let honest = PrivateKey::from(Ed25519Keypair::from_seed(&[1; 32])).public_key().clone();
    let signer = Signer::Agent { socket, key: Box::new(honest) };
    let digest = action::Digest::of_bytes(b"x");
    let answer = Answer {
        v: 1,
        reply: action::Reply::Yes,
        person: action::PersonId::new("ben"),
        intent: digest,
        effects: digest,
        policy: digest,
        environment: action::EnvironmentName::host(),
        generation: action::Generation(0),
        expires: action::Moment(1),
        shown: vec![],
        why: String::new(),
    };
    assert_eq!(signer.sign(&answer).unwrap_err(), NotSigned::Faulty(BadSignature::Mismatch));
    served.join().unwrap();
}
