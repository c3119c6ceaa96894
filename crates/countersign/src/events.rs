//! Happenings as JSON lines, for scripts and CI.

use agent::{Filling, Happening};
use serde_json::json;

use crate::commands::sessions::context_json;
use crate::screen;

/// One line a happening; `event` names it, and `of` names which of several that work at once.
pub(crate) fn print(happening: &Happening<'_>, label: Option<&str>) {
    let mut value = match happening {
        Happening::Turn { turn } => json!({"event": "turn", "turn": turn}),
        Happening::Text { text } => json!({"event": "text", "text": text}),
        Happening::Waiting { seconds, why } => json!({"event": "waiting", "seconds": seconds, "why": why}),
        Happening::BadCall { text } => json!({"event": "bad-call", "text": text}),
        Happening::Assessed { intent, effects, verdict } => {
            json!({"event": "assessed", "intent": intent, "effects": effects, "lines": effects.lines(), "verdict": verdict})
        }
        Happening::Held { intent, quorum } => json!({"event": "held", "intent": intent, "quorum": quorum, "needs": quorum.words()}),
        Happening::Hook { name, trigger } => json!({"event": "hook", "name": name, "trigger": trigger}),
        Happening::Output { bytes } => json!({"event": "output", "text": String::from_utf8_lossy(bytes)}),
        Happening::Done { intent, outcome, ok } => json!({"event": "done", "intent": intent, "outcome": outcome, "ok": ok}),
        Happening::Refused { intent, reasons } => json!({"event": "refused", "intent": intent, "reasons": reasons}),
        Happening::Passage { host, open } => json!({"event": "passage", "host": host, "open": open}),
        Happening::Context { context, filling: Filling::Quiet | Filling::Much } => json!({"event": "context", "context": context_json(context)}),
        Happening::Context { context, filling: Filling::Full } => json!({"event": "context-full", "context": context_json(context)}),
        Happening::Compacted { messages, summarized } => json!({"event": "compacted", "messages": messages, "summarized": summarized}),
        Happening::Goal { run, until, line, result } => json!({"event": "goal", "run": run, "until": until, "line": line, "result": result.word()}),
        Happening::Complaint { text } => json!({"event": "complaint", "text": text}),
    };
    if let Some(label) = label {
        value["of"] = json!(label);
    }
    screen::json(&value);
}
