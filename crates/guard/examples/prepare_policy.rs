//! Prints the default policy as the gate reads it: `cargo run -p guard --example prepare_policy > policies/default.json`.

fn main() -> Result<(), guard::BadPolicy> {
    print!("{}", guard::prepared(include_str!("../../../policies/default.cedar"))?);
    Ok(())
}
