//! A servant: answers file operations of the service, one after another, from inside the box.

use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Hands, birth};
use crate::wire;

/// First byte of an answer: what follows is the reply.
pub(crate) const ANSWERED: u8 = 0;
/// First byte of an answer: the operation ended in a fault of ours, and what it did is not known.
pub(crate) const FAULT: u8 = 1;

/// Serves until the service is gone.
pub(super) fn serve(socket: &OwnedFd, hands: Hands) -> ! {
    std::panic::set_hook(Box::new(|_| {}));
    loop {
        let Ok((request, _)) = wire::receive_frame(socket) else { birth::leave(0) };
        let answer = match catch_unwind(AssertUnwindSafe(|| hands(&request))) {
            Ok(reply) => [vec![ANSWERED], reply].concat(),
            Err(_) => vec![FAULT],
        };
        if wire::send_frame(socket, &answer, &[]).is_err() {
            birth::leave(0);
        }
    }
}
