//! What the ledger says of intents, read through the program as scripts would.

use serde_json::Value;

use super::Judged;
use crate::World;

/// An intent as `show --json` tells it.
pub(super) struct Told(Value);

impl Told {
    /// Every intent of the world whose deed is of this kind and contains this text, oldest first.
    pub(super) fn all(world: &World, deed: Option<&str>, about: Option<&str>) -> Result<Vec<Self>, String> {
        let shown = world.call("ana", &["ledger", "show", "--json"]);
        if shown.code != 0 {
            return Err(format!("the ledger cannot be shown: {}", shown.err));
        }
        let events = lines(&shown.out)?.into_iter().filter_map(|mut line| line.pointer_mut("/entry/event").map(Value::take));
        let proposed = events.filter(|event| event.get("is").and_then(Value::as_str) == Some("proposed")).map(Self);
        let wanted = proposed.filter(|told| deed.is_none_or(|deed| told.deed() == deed) && about.is_none_or(|text| told.deed_text().contains(text)));
        wanted.map(|told| Self::of(world, told.id())).collect()
    }

    /// What waits for a signature, oldest first.
    pub(super) fn inbox(world: &World) -> Result<Vec<Self>, String> {
        let listed = world.call("ana", &["inbox", "--json"]);
        match listed.code {
            0 => Ok(lines(&listed.out)?.into_iter().map(Self).collect()),
            _ => Err(format!("the inbox cannot be listed: {}", listed.err)),
        }
    }

    fn of(world: &World, id: &str) -> Result<Self, String> {
        let shown = world.call("ana", &["show", id, "--json"]);
        match lines(&shown.out)?.into_iter().next() {
            Some(value) if shown.code == 0 => Ok(Self(value)),
            _ => Err(format!("intent {id} cannot be shown: {}", shown.err)),
        }
    }

    pub(super) fn id(&self) -> &str {
        self.text("/intent/id")
    }

    /// The kind of its deed; a change that has not been rehearsed yet is a rehearsal.
    pub(super) fn deed(&self) -> &str {
        let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let change = self.text("/intent/deed/change");
        match self.text("/intent/deed/do") {
            "change" if change == empty || Some(change) == empty.strip_prefix("sha256:") => "rehearse",
            word => word,
        }
    }

    /// One line a reader of a failed test can use.
    pub(super) fn line(&self) -> String {
        let rules: Vec<&str> = self.rules().collect();
        let (deed, lines) = (self.deed_text(), self.lines().collect::<Vec<_>>());
        format!("{} {} [{}] {} {deed} {lines:?}", self.deed(), self.text("/verdict/decision/is"), rules.join(" "), self.stage())
    }

    fn deed_text(&self) -> String {
        self.0.pointer("/intent/deed").map(Value::to_string).unwrap_or_default()
    }

    /// Whether it is as expected; else what is not.
    pub(super) fn check(&self, judged: &Judged, lines: &[String], not_lines: &[String]) -> Result<(), String> {
        let decision = self.text("/verdict/decision/is");
        if let Some(wanted) = judged.decision.as_ref().filter(|wanted| *wanted != decision) {
            return Err(format!("the verdict is `{decision}`, not `{wanted}`"));
        }
        if let Some(wanted) = judged.quorum.filter(|wanted| Some(*wanted) != self.quorum()) {
            return Err(format!("it needs {:?}, not {wanted:?}", self.quorum()));
        }
        if let Some(rule) = judged.rules.iter().find(|rule| self.rules().all(|spoke| spoke != **rule)) {
            return Err(format!("the rule `{rule}` did not speak"));
        }
        if let Some(rule) = judged.not_rules.iter().find(|rule| self.rules().any(|spoke| spoke == **rule)) {
            return Err(format!("the rule `{rule}` spoke"));
        }
        if let Some(text) = lines.iter().find(|text| !self.lines().any(|line| line.contains(text.as_str()))) {
            return Err(format!("no effect line contains `{text}`"));
        }
        if let Some(text) = not_lines.iter().find(|text| self.lines().any(|line| line.contains(text.as_str()))) {
            return Err(format!("an effect line contains `{text}`"));
        }
        let signed: Vec<&str> = self.texts("/signed_by").collect();
        match judged.signed_by.as_ref().filter(|wanted| **wanted != signed) {
            Some(wanted) => Err(format!("{signed:?} have signed, not {wanted:?}")),
            None => Ok(()),
        }
    }

    pub(super) fn stage(&self) -> &str {
        self.text("/stage/stage")
    }

    fn quorum(&self) -> Option<(u64, u64, u64)> {
        let quorum = self.0.pointer("/verdict/decision/quorum")?;
        let number = |name: &str| quorum.get(name).and_then(Value::as_u64);
        Some((number("people")?, number("peers")?, number("owners")?))
    }

    fn rules(&self) -> impl Iterator<Item = &str> {
        let reasons = self.0.pointer("/verdict/reasons").and_then(Value::as_array);
        reasons.into_iter().flatten().filter_map(|reason| reason.get("rule")?.as_str())
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        self.texts("/lines")
    }

    fn texts(&self, path: &str) -> impl Iterator<Item = &str> {
        self.0.pointer(path).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }

    fn text(&self, path: &str) -> &str {
        self.0.pointer(path).and_then(Value::as_str).unwrap_or_default()
    }
}

fn lines(text: &str) -> Result<Vec<Value>, String> {
    text.lines().map(|line| serde_json::from_str(line).map_err(|e| format!("`{line}` is no JSON: {e}"))).collect()
}
