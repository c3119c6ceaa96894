//! The first message of a TLS connection, read as far as the name of the server (RFC 8446, 4.1.2; RFC 6066, 3).
//!
//! A tunnel is opened to one host. If the client then asks for another by name, hides the name, or does not speak TLS at
//! all, the tunnel is not what was opened. Nothing is decrypted; at most 16 KB are looked at.

/// What the bytes so far are.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Hello {
    /// The beginning of a hello: read more.
    More,
    /// A whole hello, and the server that it names.
    Names(Option<String>),
    /// Something that a tunnel does not carry.
    Not(&'static str),
}

/// A hello, all records of it.
pub(crate) const MOST: usize = 16 * 1024;

impl Hello {
    /// Reads what has come so far.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        match message(bytes) {
            Err(Stop::Short) if bytes.len() >= MOST => Self::Not("its TLS hello is longer than 16 KB"),
            Err(Stop::Short) => Self::More,
            Err(Stop::Bad(why)) => Self::Not(why),
            Ok(body) => match server_name(&body) {
                Ok(name) => Self::Names(name),
                Err(Stop::Bad(why)) => Self::Not(why),
                Err(Stop::Short) => Self::Not("its TLS hello is shorter than it says"),
            },
        }
    }
}

enum Stop {
    Short,
    Bad(&'static str),
}

/// The body of the hello, which may be spread over several records.
fn message(bytes: &[u8]) -> Result<Vec<u8>, Stop> {
    let mut records = Reader(bytes);
    let mut message = Vec::new();
    loop {
        match records.byte() {
            Ok(22) => {}
            Ok(_) => return Err(Stop::Bad("it does not begin with TLS, and a tunnel carries nothing else")),
            Err(stop) => return Err(stop),
        }
        if records.byte()? != 3 {
            return Err(Stop::Bad("its TLS record has no version that is known"));
        }
        records.byte()?;
        let length = records.number(2)?;
        if length == 0 || length > 16_384 {
            return Err(Stop::Bad("its TLS record has a length that none has"));
        }
        let piece = records.0.get(..length.min(records.0.len())).unwrap_or_default();
        message.extend_from_slice(piece);
        if let Some(body) = whole(&message)? {
            return Ok(body);
        }
        records.take(length)?;
    }
}

fn whole(message: &[u8]) -> Result<Option<Vec<u8>>, Stop> {
    let mut reader = Reader(message);
    match reader.byte() {
        Ok(1) => {}
        Ok(_) => return Err(Stop::Bad("its first TLS message is no hello")),
        Err(_) => return Ok(None),
    }
    let Ok(length) = reader.number(3) else { return Ok(None) };
    if length > MOST {
        return Err(Stop::Bad("its TLS hello is longer than 16 KB"));
    }
    Ok(reader.take(length).ok().map(<[u8]>::to_vec))
}

fn server_name(body: &[u8]) -> Result<Option<String>, Stop> {
    let mut reader = Reader(body);
    reader.take(2 + 32)?; // version and random
    reader.block(1)?; // session id
    reader.block(2)?; // cipher suites
    reader.block(1)?; // compression methods
    if reader.0.is_empty() {
        return Ok(None);
    }
    let mut extensions = Reader(reader.block(2)?);
    if !reader.0.is_empty() {
        return Err(Stop::Bad("its TLS hello has bytes after its end"));
    }
    let mut name = None;
    while !extensions.0.is_empty() {
        let kind = extensions.number(2)?;
        let data = extensions.block(2)?;
        match kind {
            SERVER_NAME if name.is_some() => return Err(Stop::Bad("its TLS hello names two servers")),
            SERVER_NAME => name = Some(read_name(data)?),
            ENCRYPTED_HELLO | ENCRYPTED_NAME => return Err(Stop::Bad("its TLS hello hides the server's name")),
            _ => {}
        }
    }
    Ok(name)
}

const SERVER_NAME: usize = 0;
const ENCRYPTED_HELLO: usize = 0xfe0d;
const ENCRYPTED_NAME: usize = 0xffce; // its predecessor, in drafts only

fn read_name(data: &[u8]) -> Result<String, Stop> {
    const ODD: Stop = Stop::Bad("its TLS hello names no server that can be read");
    let mut outer = Reader(data);
    let mut list = Reader(outer.block(2).map_err(|_| ODD)?);
    let kind = list.byte().map_err(|_| ODD)?;
    let name = list.block(2).map_err(|_| ODD)?;
    if kind != 0 || name.is_empty() || !list.0.is_empty() || !outer.0.is_empty() {
        return Err(ODD);
    }
    String::from_utf8(name.to_vec()).map_err(|_| ODD)
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], Stop> {
        let (taken, rest) = self.0.split_at_checked(n).ok_or(Stop::Short)?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, Stop> {
        self.take(1)?.first().copied().ok_or(Stop::Short)
    }

    /// A number of so many bytes, most significant first.
    fn number(&mut self, bytes: usize) -> Result<usize, Stop> {
        Ok(self.take(bytes)?.iter().fold(0, |sum, byte| (sum << 8) | usize::from(*byte)))
    }

    /// Bytes behind their length, which has so many bytes.
    fn block(&mut self, bytes: usize) -> Result<&'a [u8], Stop> {
        let length = self.number(bytes)?;
        self.take(length)
    }
}

#[cfg(test)]
mod tests;
