//! Effects are a set: their order says nothing, and their lines cannot be forged.

use action::{Effects, Tier, canonical, visible};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::strategies as any_;

proptest! {
    #[test]
    fn the_order_in_which_they_are_found_says_nothing(found in vec(any_::effect(), 0..6).prop_flat_map(|e| (Just(e.clone()), Just(e).prop_shuffle()))) {
        let (one, mut other) = found;
        other.extend(one.iter().take(2).cloned());
        prop_assert_eq!(canonical(&Effects::new(one)).unwrap(), canonical(&Effects::new(other)).unwrap());
    }

    #[test]
    fn the_first_is_of_the_gravest_tier(found in vec(any_::effect(), 1..6)) {
        let effects = Effects::new(found.clone());
        let gravest = found.iter().map(|effect| effect.tier).max().unwrap();
        prop_assert_eq!(effects.tier(), gravest);
        prop_assert_eq!(effects.iter().next().unwrap().tier, gravest);
        prop_assert_eq!(effects.environment(), effects.iter().next().unwrap().environment.clone());
        prop_assert_eq!(effects.stay_in_the_box(), gravest == Tier::Workspace);
        prop_assert!(found.iter().all(|effect| effects.iter().any(|kept| kept == effect)), "none is lost");
    }

    #[test]
    fn a_line_is_one_line(effect in any_::effect()) {
        let line = effect.line();
        prop_assert!(!line.contains(char::is_control), "{:?}", line);
        prop_assert_eq!(visible(&line), line.as_str());
        prop_assert!(line.starts_with(effect.verb.third_person()));
    }

    #[test]
    fn a_deed_is_one_line(deed in any_::deed()) {
        let line = deed.line();
        prop_assert!(!line.is_empty() && !line.contains(char::is_control), "{:?}", line);
    }

    #[test]
    fn a_name_ends_where_its_quotes_say(effect in any_::effect()) {
        let resource = effect.resource.to_string();
        let name = resource.strip_prefix(&*visible(&effect.resource.kind)).unwrap();
        prop_assert!(name.starts_with(" `") && name.ends_with('`'), "{}", name);
        prop_assert_eq!(name.matches('`').count(), 2, "{}", name);
    }
}
