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

/// An agent for one signature, which a function makes of the bytes that it is to be over.
fn agent(sign: impl FnOnce(&[u8]) -> Vec<u8> + Send + 'static) -> (tempfile::TempDir, PathBuf, std::thread::JoinHandle<()>) {
    use std::io::{Read as _, Write as _};
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("sock");
    let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let served = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut length = [0; 4];
        stream.read_exact(&mut length).unwrap();
        let mut request = vec![0; u32::from_be_bytes(length) as usize];
        stream.read_exact(&mut request).unwrap();
        let string = |bytes: &[u8]| {
            let (length, rest) = bytes.split_at(4);
            rest.split_at(u32::from_be_bytes(length.try_into().unwrap()) as usize).0.to_vec()
        };
        let key = string(&request[1..]);
        let signature = sign(&string(&request[5 + key.len()..]));
        let mut reply = vec![14];
        reply.extend((signature.len() as u32).to_be_bytes());
        reply.extend(signature);
        stream.write_all(&(reply.len() as u32).to_be_bytes()).unwrap();
        stream.write_all(&reply).unwrap();
    });
    (folder, socket, served)
}

fn answer() -> Answer {
    let digest = action::Digest::of_bytes(b"x");
    Answer {
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
    }
}

/// An agent that answers with a signature by another key is found before the answer is handed out.
#[test]
fn a_lying_agent_is_found() {
    let liar = PrivateKey::from(Ed25519Keypair::from_seed(&[2; 32]));
    let (_folder, socket, served) = agent(move |_| Vec::try_from(liar.try_sign(b"other bytes").unwrap()).unwrap());
    let honest = PrivateKey::from(Ed25519Keypair::from_seed(&[1; 32])).public_key().clone();
    let signer = Signer::Agent { socket, key: Box::new(honest) };
    assert_eq!(signer.sign(&answer()).unwrap_err(), NotSigned::Faulty(BadSignature::Mismatch));
    served.join().unwrap();
}

/// What an agent says for a security key (OpenSSH, PROTOCOL.u2f): ssh-key would put flags and counter where nobody reads them.
#[test]
fn an_ecdsa_security_key_signs_through_its_agent_once_it_was_touched() {
    use rsa::sha2::{Digest as _, Sha256};
    for (flags, expected) in [(1, None), (0, Some(NotSigned::Faulty(BadSignature::Passkey(action::BadAssertion::Absent))))] {
        let device = testkit::Authenticator::new(5);
        let key = action::passkey(&device.point(), "ssh:").unwrap();
        let (_folder, socket, served) = agent(move |data| {
            let trailer = [&[flags][..], &7_u32.to_be_bytes()].concat();
            let der = device.der(&[&Sha256::digest("ssh:")[..], &trailer, &Sha256::digest(data)].concat());
            // Two numbers with their lengths, of which DER has one byte and SSH four.
            let (r, s) = der[2..].split_at(2 + usize::from(der[3]));
            let numbers = [&[0, 0, 0][..], &r[1..], &[0, 0, 0], &s[1..]].concat();
            let kind = b"sk-ecdsa-sha2-nistp256@openssh.com";
            let length = |bytes: &[u8]| (bytes.len() as u32).to_be_bytes();
            [&length(kind)[..], kind, &length(&numbers), &numbers, &trailer].concat()
        });
        let signed = Signer::Agent { socket, key: Box::new(key.clone()) }.sign(&answer());
        served.join().unwrap();
        match expected {
            None => assert_eq!(signed.unwrap().verify(&key, Namespace::Person), Ok(())),
            Some(why) => assert_eq!(signed.unwrap_err(), why),
        }
    }
}
