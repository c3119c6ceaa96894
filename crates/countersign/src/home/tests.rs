use super::{POLICIES, PREPARED};

#[test]
fn the_prepared_policy_is_the_policy() {
    assert_eq!(PREPARED, guard::prepared(POLICIES).unwrap(), "make it anew: cargo run -p guard --example prepare_policy > policies/default.json");
}
