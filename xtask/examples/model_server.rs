//! The scripted model server of `cargo run -p xtask -- bench`, as a process of its own.
//!
//! `model_server CALLS` prints its address and then serves a session of so many shell calls (`true 0`, `true 1`, ...) over
//! each of the three protocols. When its standard input ends it prints one line a request, times in nanoseconds of the
//! machine's monotonic clock: connection, bytes of the body, first byte read, last byte read, answer handed to the kernel.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "part of a measurement; it stops where something is wrong")]

use std::io::{Read, Write};
use std::time::Instant;

use testkit::model_server::{ModelServer, Script, Turn};

fn main() {
    let calls: usize = std::env::args().nth(1).unwrap().parse().unwrap();
    let call = |n: usize| Turn::default().and_raw_call("shell", &format!("{{\"command\":\"true {n}\"}}"));
    let mut turns: Vec<Turn> = (0..calls).map(call).collect();
    turns.push(Turn::say("Done."));
    let server = ModelServer::start_forgetful(Script::from(turns));
    println!("{}", server.url());
    std::io::stdout().flush().unwrap();
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();

    let (here, now) = (Instant::now(), monotonic());
    let at = |then: Instant| now - here.duration_since(then).as_nanos();
    for request in server.requests() {
        let answered = request.answered.map_or(0, at);
        println!("{} {} {} {} {answered}", request.connection, request.size, at(request.first_byte), at(request.arrived));
    }
}

fn monotonic() -> u128 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    u128::from(now.tv_sec.unsigned_abs()) * 1_000_000_000 + u128::from(now.tv_nsec.unsigned_abs())
}
