//! What cannot be done to a [`Countersigned`] value. Each line is compiled: where the type had the trait, there would be two
//! candidates for `A` and the line would be ambiguous. That its fields are private is shown by the `compile_fail` examples of
//! the type itself, each beside a twin that compiles.

use action::{Countersigned, Permit};

macro_rules! lacks {
    ($type:ty: $($bound:tt)+) => {{
        trait Lacks<A> {
            fn shown() -> bool {
                true
            }
        }
        impl<T: ?Sized> Lacks<()> for T {}
        struct Had;
        impl<T: ?Sized + $($bound)+> Lacks<Had> for T {}
        <$type as Lacks<_>>::shown()
    }};
}

macro_rules! has {
    ($type:ty: $($bound:tt)+) => {{
        fn needs<T: ?Sized + $($bound)+>(_: std::marker::PhantomData<T>) -> bool {
            true
        }
        needs(std::marker::PhantomData::<$type>)
    }};
}

/// The values inside have every trait asked for, so only the lock itself can be what lacks it.
#[test]
fn one_verification_one_value() {
    assert!(has!(u8: Clone + Copy + Default + From<u8>) && has!(Permit: Clone));
    assert!(lacks!(Countersigned<u8>: Clone));
    assert!(lacks!(Countersigned<u8>: Copy));
    assert!(lacks!(Countersigned<u8>: ToOwned));
    assert!(lacks!(&'static Countersigned<u8>: Into<Countersigned<u8>>));
}

#[test]
fn no_other_way_to_make_one() {
    assert!(has!(u8: serde::de::DeserializeOwned) && has!(Permit: serde::de::DeserializeOwned));
    assert!(lacks!(Countersigned<u8>: serde::de::DeserializeOwned));
    assert!(lacks!(Countersigned<u8>: Default));
    assert!(lacks!(Countersigned<u8>: From<u8>));
    assert!(lacks!(Countersigned<u8>: From<(u8, Permit)>));
    assert!(lacks!(Countersigned<u8>: TryFrom<(u8, Permit), Error = std::fmt::Error>));
    assert!(lacks!(Countersigned<u8>: std::str::FromStr));
}

/// What is inside stays as it was verified.
#[test]
fn no_way_to_change_one() {
    assert!(has!(Vec<u8>: AsMut<[u8]> + std::ops::DerefMut));
    assert!(lacks!(Countersigned<Vec<u8>>: std::ops::DerefMut));
    assert!(lacks!(Countersigned<Vec<u8>>: AsMut<[u8]>));
    assert!(lacks!(Countersigned<Vec<u8>>: AsMut<Vec<u8>>));
    assert!(lacks!(Countersigned<Vec<u8>>: std::borrow::BorrowMut<Vec<u8>>));
}
