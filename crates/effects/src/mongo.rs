//! Reads what a `mongosh --eval` would do, where it is one of a few fixed forms: `db.COLLECTION.METHOD(…)` with nothing but literals, and
//! `show dbs`. The shell speaks JavaScript, and nothing of that is read: no variable, no function, no operator, no comment. What is not
//! of those forms has no reading at all, and neither has the text that it stands in.
//!
//! Methods and what they do are facts from the manuals of MongoDB 8 and mongosh 2.5, read in 2026.

use action::{Certainty, Effect, Resource, Verb};

use crate::environment::Spot;
use crate::facts::Facts;
use crate::path::shown;
use crate::place::lasting;
use crate::sighting::{Reading, Sighting, Span};

mod literal;

use literal::{Cursor, Value};

/// Longer texts are not read.
const MOST_BYTES: usize = 64 * 1024;
/// Keys in whose values code runs, or that make a question write.
const RUNS_OR_WRITES: [&str; 6] = ["$where", "$function", "$accumulator", "$out", "$merge", "$eval"];
/// Keys that lead to other collections.
const ELSEWHERE: [&str; 3] = ["$lookup", "$graphLookup", "$unionWith"];
/// What may follow a question, and changes nothing about it.
const OF_CURSORS: [&str; 14] =
    ["limit", "skip", "sort", "pretty", "toArray", "count", "size", "hint", "batchSize", "explain", "itcount", "maxTimeMS", "collation", "next"];

/// What a text does to a database, or nothing where not all of it is of a known form.
pub(crate) fn read(text: &str, database: &str, spot: &Spot, facts: &Facts) -> Option<Reading> {
    if text.len() > MOST_BYTES {
        return None;
    }
    let site = Site { database, spot, facts };
    let mut cursor = Cursor::new(text);
    let mut effects = Vec::new();
    loop {
        while cursor.takes(';') {}
        if cursor.is_at_end() {
            break;
        }
        effects.extend(site.statement(&mut cursor)?);
        if !cursor.is_at_end() && !cursor.takes(';') {
            return None;
        }
    }
    let span = Span::whole(text);
    (!effects.is_empty()).then(|| Reading::new(effects.into_iter().map(|effect| Sighting { effect, span }).collect()))
}

/// Where it is done.
#[derive(Clone, Copy)]
struct Site<'s> {
    database: &'s str,
    spot: &'s Spot,
    facts: &'s Facts,
}

/// A method with its arguments.
struct Call {
    name: String,
    arguments: Vec<Value>,
}

impl Site<'_> {
    fn statement(&self, cursor: &mut Cursor<'_>) -> Option<Vec<Effect>> {
        match cursor.word()? {
            "show" => match cursor.word()? {
                "dbs" | "databases" | "collections" | "tables" => Some(vec![self.effect(Verb::Read, "database", self.database)]),
                _ => None,
            },
            "db" => self.chain(cursor),
            _ => None,
        }
    }

    /// Names and calls behind `db`.
    fn chain(&self, cursor: &mut Cursor<'_>) -> Option<Vec<Effect>> {
        let mut site = *self;
        let mut collection: Vec<String> = Vec::new();
        let sibling;
        let mut call = None;
        let mut later: Vec<Call> = Vec::new();
        let mut named = String::new();
        while call.is_none() {
            if cursor.takes('[') {
                collection.push(cursor.string()?);
                if !cursor.takes(']') {
                    return None;
                }
                continue;
            }
            let name = cursor.takes('.').then(|| cursor.word())??.to_owned();
            if !cursor.takes('(') {
                collection.push(name);
                continue;
            }
            let arguments = cursor.arguments()?;
            match (name.as_str(), arguments.as_slice()) {
                ("getSiblingDB", [Value::Text(other)]) if collection.is_empty() && named.is_empty() => named.clone_from(other),
                ("getCollection", [Value::Text(other)]) if collection.is_empty() => collection.push(other.clone()),
                _ => call = Some(Call { name, arguments }),
            }
        }
        if !named.is_empty() {
            sibling = named;
            site.database = &sibling;
        }
        while cursor.takes('.') {
            let name = cursor.word()?.to_owned();
            let arguments = cursor.takes('(').then(|| cursor.arguments())??;
            later.push(Call { name, arguments });
        }
        let call = call?;
        let all = || std::iter::once(&call).chain(&later).flat_map(|call| &call.arguments);
        if all().any(|value| value.has_key(&RUNS_OR_WRITES)) {
            return None;
        }
        let plain = later.iter().all(|call| OF_CURSORS.contains(&call.name.as_str()));
        if !plain || (!later.is_empty() && !["find", "aggregate"].contains(&call.name.as_str())) {
            return None;
        }
        match collection.is_empty() {
            true => site.of_database(&call),
            false => site.of_collection(&collection.join("."), &call),
        }
    }

    fn of_database(&self, call: &Call) -> Option<Vec<Effect>> {
        Some(vec![match call.name.as_str() {
            "stats" | "getCollectionNames" | "getCollectionInfos" | "version" | "getName" | "serverStatus" | "hostInfo" | "getMongo" => {
                self.effect(Verb::Read, "database", self.database)
            }
            "dropDatabase" => self.data(Verb::Delete, "database", self.database),
            "createCollection" => match call.arguments.first()? {
                Value::Text(name) => self.effect(Verb::Create, "collection", name),
                _ => return None,
            },
            _ => return None,
        }])
    }

    fn of_collection(&self, name: &str, call: &Call) -> Option<Vec<Effect>> {
        let arguments = call.arguments.as_slice();
        let first = arguments.first();
        let documents = |verb| self.data(verb, "documents", name);
        Some(match call.name.as_str() {
            "find" | "findOne" | "distinct" => vec![self.data(Verb::Read, "collection", name)],
            "aggregate" => {
                let elsewhere = arguments.iter().any(|value| value.has_key(&ELSEWHERE));
                let effect = self.data(Verb::Read, "collection", name);
                vec![if elsewhere { effect.with_certainty(Certainty::AtLeast).noted("and other collections") } else { effect }]
            }
            "countDocuments" | "estimatedDocumentCount" | "count" | "stats" | "getIndexes" | "dataSize" | "storageSize" | "totalSize" | "totalIndexSize"
            | "isCapped" => vec![self.effect(Verb::Read, "collection", name)],
            "deleteMany" => vec![self.many(Verb::Delete, name, first)],
            "remove" => match arguments.get(1) {
                None => vec![self.many(Verb::Delete, name, first)],
                Some(_) => vec![documents(Verb::Delete).with_certainty(Certainty::AtLeast)],
            },
            "deleteOne" => vec![documents(Verb::Delete).counted(1, "documents")],
            "findOneAndDelete" => vec![documents(Verb::Delete).counted(1, "documents"), self.data(Verb::Read, "collection", name)],
            "updateMany" => vec![self.many(Verb::Update, name, first)],
            "updateOne" => vec![documents(Verb::Update).counted(1, "documents")],
            "replaceOne" => vec![documents(Verb::Replace).counted(1, "documents")],
            "findOneAndUpdate" => vec![documents(Verb::Update).counted(1, "documents"), self.data(Verb::Read, "collection", name)],
            "findOneAndReplace" => vec![documents(Verb::Replace).counted(1, "documents"), self.data(Verb::Read, "collection", name)],
            "insertOne" => vec![self.effect(Verb::Create, "documents", name).counted(1, "documents")],
            "insertMany" => match first? {
                Value::List(items) => vec![self.effect(Verb::Create, "documents", name).counted(items.len() as u64, "documents")],
                _ => return None,
            },
            "drop" => vec![self.data(Verb::Delete, "collection", name)],
            "renameCollection" if arguments.len() == 1 => vec![self.effect(Verb::Update, "collection", name)],
            "createIndex" => vec![self.effect(Verb::Create, "index", name)],
            "dropIndex" | "dropIndexes" => vec![self.effect(Verb::Delete, "index", name)],
            _ => return None,
        })
    }

    /// All documents that a filter lets through: `{}` and none at all let all through.
    fn many(&self, verb: Verb, name: &str, filter: Option<&Value>) -> Effect {
        let effect = self.data(verb, "documents", name);
        let all = match filter {
            None => true,
            Some(Value::Object(keys)) => keys.is_empty(),
            Some(_) => false,
        };
        match (all, self.facts.tables.get(name)) {
            (true, Some(number)) => effect.noted("all of the collection").counted(*number, "documents"),
            (true, None) => effect.noted("all of the collection"),
            (false, _) => effect.with_certainty(Certainty::AtLeast).noted("those of a filter"),
        }
    }

    fn effect(&self, verb: Verb, kind: &str, name: &str) -> Effect {
        let reversibility = match self.spot.tier {
            action::Tier::Workspace => action::Reversibility::Reversible,
            _ => lasting(verb),
        };
        Effect::in_workspace(verb, Resource::new(kind, shown(name))).at(self.spot.environment.clone(), self.spot.tier).that_is(reversibility)
    }

    fn data(&self, verb: Verb, kind: &str, name: &str) -> Effect {
        Effect { data_bearing: true, ..self.effect(verb, kind, name) }
    }
}

#[cfg(test)]
mod tests;
