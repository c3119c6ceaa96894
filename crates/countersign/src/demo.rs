//! The December incident as a story: real files, real processes, real keys, the real program; a recorded model.

pub(crate) mod poller;
pub(crate) mod project;
pub(crate) mod region;
pub(crate) mod seed;
pub(crate) mod story;
pub(crate) mod world;
