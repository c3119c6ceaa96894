use super::*;
use crate::samples::{key, sign};

/// For the kinds that both write, ours is `ssh_key`'s to the byte.
#[test]
fn the_armor_is_the_one_that_is_known() {
    let signed = sign(&key(1), "countersign", "text");
    let read = Envelope::read(&signed.signature).unwrap();
    assert_eq!(read.armored(), signed.signature);
    assert_eq!((read.namespace.as_str(), read.hash, read.algorithm()), ("countersign", HashAlg::Sha512, Some("ssh-ed25519")));
}

#[test]
fn other_bytes_are_none() {
    let armored = sign(&key(1), "countersign", "text").signature;
    let read = Envelope::read(&armored).unwrap();
    let whole = STANDARD.decode(armored.lines().filter(|line| !line.starts_with('-')).collect::<String>()).unwrap();
    let wrap = |bytes: &[u8]| {
        let body: Vec<String> = STANDARD.encode(bytes).as_bytes().chunks(WIDTH).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        format!("{BEGIN}\n{}\n{END}\n", body.join("\n"))
    };
    assert_eq!(Envelope::read(&wrap(&whole)), Some(read), "else the rest says nothing");
    assert_eq!(Envelope::read(&wrap(&[&whole[..], b"x"].concat())), None);
    for length in 0..whole.len() {
        assert_eq!(Envelope::read(&wrap(&whole[..length])), None, "{length}");
    }
    let mut version = whole;
    version[9] = 0;
    assert_eq!(Envelope::read(&wrap(&version)), None);
    for text in [armored.replacen('\n', "", 1), format!("x{armored}"), armored.replace("SSH SIGNATURE", "SSH  SIGNATURE"), armored.replacen("\nU1NIU0lH", "\nU1NIU0lH\n", 1)] {
        assert_eq!(Envelope::read(&text), None, "{text}");
    }
}

#[test]
fn a_length_that_is_not_there_reads_nothing() {
    let mut fields = Fields(&[0xff, 0xff, 0xff, 0xff, 1]);
    assert_eq!(fields.string(), None);
    assert_eq!((Fields(&[1]).number(), Fields(&[]).byte(), Fields(&[0, 0, 0, 0]).string()), (None, None, Some(&[][..])));
}
