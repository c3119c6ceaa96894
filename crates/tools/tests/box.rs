//! The launcher of this crate's tests: becomes a box whose file operations are the real ones.

fn main() {
    sandbox::inside(tools::inside)
}
