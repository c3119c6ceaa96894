//! What tests stand on instead of the world: doubles that behave like the real thing down to the bytes.
//!
//! A dev-dependency only. Nothing in here asserts; it plays its part and keeps what it saw for the test to look at.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "for tests only, and tests fail by panicking"
)]

pub mod authenticator;
pub mod authority;
pub mod model_server;
pub mod scenario;
pub mod store;
pub mod world;

pub use authenticator::{Authenticator, Said};
pub use authority::{Authority, Heard};
pub use scenario::Scenario;
pub use store::{FaultyStore, StoreFault};
pub use world::{Called, World};
