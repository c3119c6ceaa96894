use action::{Certainty, Effect, Tier, Verb};

use crate::place::Place;
use crate::shell::read;
use crate::shell::tests::facts;

fn worst(text: &str) -> Effect {
    read(text, &facts(), Place::Host).iter().next().cloned().unwrap_or_else(|| panic!("{text} does nothing"))
}

#[test]
fn what_is_evaluated_lands_where_the_address_leads() {
    for (text, verb, name, tier) in [
        ("mongosh mongodb://cost.example.com/shop --eval 'db.users.find()'", Verb::Read, "users", Tier::Production),
        ("mongosh 'mongodb+srv://u:p@cost.example.com/shop?tls=true' --quiet --eval 'db.dropDatabase()'", Verb::Delete, "shop", Tier::Production),
        ("mongo --host cost.example.com shop --eval 'db.users.deleteMany({})'", Verb::Delete, "users", Tier::Production),
        ("mongosh --host db.other.example shop --eval 'db.users.drop()'", Verb::Delete, "users", Tier::Unknown),
        ("mongosh --host cost.example.com --eval 'show dbs'", Verb::Read, "test", Tier::Production),
    ] {
        let effect = worst(text);
        assert_eq!((effect.verb, effect.resource.name.as_str(), effect.tier, effect.certainty), (verb, name, tier, Certainty::Exact), "{text}");
    }
}

#[test]
fn an_answer_of_an_unknown_host_is_never_sure() {
    let effect = worst("mongosh mongodb://elsewhere.example/shop --eval 'db.users.countDocuments({})'");
    assert_eq!((effect.verb, effect.certainty), (Verb::Read, Certainty::AtLeast));
}

#[test]
fn whatever_else_would_run_leaves_it_opaque() {
    for text in [
        "mongosh", "mongosh script.js", "mongosh --eval 'x()'", "mongosh --eval 'show dbs' script.js", "mongosh --file x.js --eval 'show dbs'", "mongosh --eval 'show dbs' --eval 'x()'",
        "mongosh --shell --eval 'show dbs'", "mongosh --eval \"$X\"", "mongosh evil.example.com/shop --eval 'show dbs'", "HOME=/tmp/x mongosh --eval 'show dbs'",
        "echo 'evil()' > ~/.mongoshrc.js; mongosh --eval 'show dbs'", "mongosh http://x/y --eval 'show dbs'",
    ] {
        assert!(read(text, &facts(), Place::Host).iter().any(|e| e.verb == Verb::Opaque && e.certainty == Certainty::Opaque), "{text}");
    }
}
