//! One file a command: its arguments, whose doc comments are the help, and one function.

pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod env;
pub(crate) mod fork;
pub(crate) mod guidance;
pub(crate) mod hook;
pub(crate) mod inbox;
pub(crate) mod init;
pub(crate) mod ledger;
pub(crate) mod man;
pub(crate) mod map;
pub(crate) mod mcp;
pub(crate) mod people;
pub(crate) mod record;
pub(crate) mod refuse;
pub(crate) mod resume;
pub(crate) mod rewind;
pub(crate) mod run;
pub(crate) mod sessions;
pub(crate) mod show;
pub(crate) mod sign;
pub(crate) mod spec;
pub(crate) mod stop;
pub(crate) mod usage;
