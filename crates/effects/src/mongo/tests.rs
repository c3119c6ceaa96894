use action::{Certainty, Effect, Reversibility, Tier, Verb};

use super::read;
use crate::environment::Spot;
use crate::facts::Facts;

fn effects(text: &str) -> Option<Vec<Effect>> {
    let facts = Facts { tables: [("users".to_owned(), 48)].into(), ..Facts::default() };
    let reading = read(text, "shop", &Spot::unknown(), &facts)?;
    Some(reading.sightings().iter().map(|seen| seen.effect.clone()).collect())
}

/// Verb, kind, name, data and certainty of the first effect.
#[track_caller]
fn check(text: &str, verb: Verb, resource: &str, data: bool, certainty: Certainty) -> Effect {
    let effects = effects(text).unwrap_or_else(|| panic!("{text} is not read"));
    let effect = effects.first().unwrap().clone();
    let resource_of = format!("{} {}", effect.resource.kind, effect.resource.name);
    assert_eq!((effect.verb, resource_of.as_str(), effect.data_bearing, effect.certainty), (verb, resource, data, certainty), "{text}");
    assert_eq!(effect.tier, Tier::Unknown, "{text}");
    effect
}

#[test]
fn questions_say_what_they_give_back() {
    for text in [
        "db.users.find()", "db.users.find({age: {$gt: 3}}, {name: 1}).sort({a: -1}).limit(5)", "db.getCollection('users').findOne({_id: ObjectId('x')})", "db['users'].distinct('name')",
        "db.users.aggregate([{$match: {a: 1}}, {$group: {_id: '$b', n: {$sum: 1}}}]).toArray();", "  db . users\n .find( )\n  .limit(1)",
    ] {
        check(text, Verb::Read, "collection users", true, Certainty::Exact);
    }
    for text in ["db.users.countDocuments({})", "db.users.estimatedDocumentCount()", "db.users.stats()", "db.users.getIndexes()"] {
        check(text, Verb::Read, "collection users", false, Certainty::Exact);
    }
    for text in ["show dbs", "show collections;", "db.stats()", "db.getCollectionNames()", "db.version()"] {
        check(text, Verb::Read, "database shop", false, Certainty::Exact);
    }
    check("db.getSiblingDB('other').stats()", Verb::Read, "database other", false, Certainty::Exact);
    check("db.a.b.find()", Verb::Read, "collection a.b", true, Certainty::Exact);
    check("db.users.aggregate([{$lookup: {from: 'cards', as: 'c'}}])", Verb::Read, "collection users", true, Certainty::AtLeast);
}

#[test]
fn changes_have_their_true_verbs() {
    let all = check("db.users.deleteMany({})", Verb::Delete, "documents users", true, Certainty::Exact);
    assert_eq!((all.count.map(|count| count.n), all.reversibility), (Some(48), Reversibility::Irreversible));
    check("db.users.deleteMany()", Verb::Delete, "documents users", true, Certainty::Exact);
    check("db.users.remove({})", Verb::Delete, "documents users", true, Certainty::Exact);
    check("db.users.deleteMany({old: true})", Verb::Delete, "documents users", true, Certainty::AtLeast);
    check("db.users.deleteOne({_id: 1})", Verb::Delete, "documents users", true, Certainty::Exact);
    check("db.users.updateMany({}, {$set: {a: 1}})", Verb::Update, "documents users", true, Certainty::Exact);
    check("db.users.updateMany({a: 1}, {$unset: {b: ''}})", Verb::Update, "documents users", true, Certainty::AtLeast);
    check("db.users.replaceOne({a: 1}, {b: 2})", Verb::Replace, "documents users", true, Certainty::Exact);
    check("db.users.drop()", Verb::Delete, "collection users", true, Certainty::Exact);
    check("db.dropDatabase()", Verb::Delete, "database shop", true, Certainty::Exact);
    check("db.getSiblingDB(\"other\").dropDatabase()", Verb::Delete, "database other", true, Certainty::Exact);
    check("db.users.insertMany([{a: 1}, {a: 2}])", Verb::Create, "documents users", false, Certainty::Exact);
    check("db.users.dropIndexes()", Verb::Delete, "index users", false, Certainty::Exact);
    let both = effects("db.users.find(); db.users.drop()").unwrap();
    assert_eq!(both.iter().map(|effect| effect.verb).collect::<Vec<_>>(), [Verb::Delete, Verb::Read]);
}

#[test]
fn whatever_is_not_of_a_known_form_has_no_reading() {
    for text in [
        "", ";", "db", "db.users", "x", "show users", "use shop", "db.users.find", "db.users.find(x)", "db.users.find({a: x})", "db.users.find({$where: 'sleep(1)'})",
        "db.users.find({a: {$function: {body: 'x'}}})", "db.users.aggregate([{$out: 'other'}])", "db.users.aggregate([{$merge: {into: 'x'}}])", "db.users.find().forEach(printjson)",
        "db.users.find().map(d => d.a)", "db.users.find().close()", "db.users.drop().toString()", "db.runCommand({dropDatabase: 1})", "db.adminCommand({shutdown: 1})",
        "db.users.bulkWrite([])", "db.users.mapReduce('a', 'b', {out: 'c'})", "db.users.find() db.users.drop()", "db.users.find(); x()", "var a = db.users.find()", "db.users.find() // x",
        "db.users.find(/* x */)", "db.users.find(), db.users.drop()", "db.users.find()\ndb.users.drop()", "db[x].find()", "db.getSiblingDB(x).users.find()", "db.eval('x')",
        "db.users.find`x`", "eval('db.users.drop()')", "db.users.find({'\\x24where': '1'})", "db.users.renameCollection('x', true)", "db.getUsers({showCredentials: true})",
        "rs.stepDown()", "sh.status()", "load('x.js')", "db.users.find({}).next().a.b", "db.users.constructor('x')()", "db.constructor.constructor('x')",
    ] {
        assert!(effects(text).is_none(), "{text}: {:?}", effects(text));
    }
    assert!(effects(&format!("db.users.find({{a: '{}'}})", "x".repeat(70_000))).is_none());
}
