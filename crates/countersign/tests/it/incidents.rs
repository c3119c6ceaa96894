//! The nineteen incidents at the gate, each through several surfaces, and the tricks that have beaten other gates.
//!
//! For each incident: the deed as a direct command in the words of some agent, as the same command from a subagent, as a
//! script and as an SDK program which the agent writes and then runs, and as a tool of an MCP server. None goes on, nothing
//! happens, the ledger has each. Then its harmless neighbours, which go on in silence; and looks at a place outside, which
//! wait for one signature, mostly of whoever asked. The stories of our own sessions are in `scenarios/`.

use super::{gate, world};

mod played;
mod stage;
mod table;
mod tricks;
