//! The solver as Cedar's symbolic compiler wants it: it writes a script and reads an answer. Here both are bytes in memory; a process
//! for them is somebody else's. So no future ever waits, and none needs a runtime.

use std::future::Future;
use std::pin::pin;
use std::sync::OnceLock;
use std::task::{Context, Poll, Waker};

use cedar_policy_symcc::solver::{Decision, DecisionWithModel, Solver, SolverError};
use tokio::io::AsyncWrite;

use super::Solve;

/// A solver, until it first gives no answer.
pub(super) struct Oracle<'a> {
    solve: Solve<'a>,
    /// Why it is asked nothing more.
    gone: OnceLock<String>,
}

impl<'a> Oracle<'a> {
    pub(super) fn new(solve: Solve<'a>) -> Self {
        Self { solve, gone: OnceLock::new() }
    }

    /// Whether it gave no answer once, and is asked nothing more.
    pub(super) fn is_gone(&self) -> bool {
        self.gone.get().is_some()
    }

    /// Nothing while it answers; else why not. Asked before what would only be made for a question: with thousands of rules that alone
    /// takes longer than any answer.
    pub(super) fn is_there(&self) -> Result<(), String> {
        self.gone.get().map_or(Ok(()), |why| Err(why.clone()))
    }

    fn answer(&self, script: &[u8]) -> Result<String, String> {
        if let Some(why) = self.gone.get() {
            return Err(why.clone());
        }
        (self.solve)(script).map_err(|why| self.gone.get_or_init(|| why).clone())
    }
}

/// One script, and why it has no answer.
pub(super) struct Asked<'a> {
    oracle: &'a Oracle<'a>,
    script: Vec<u8>,
    why: Option<String>,
}

impl<'a> Asked<'a> {
    pub(super) fn new(oracle: &'a Oracle<'a>) -> Self {
        Self { oracle, script: Vec::new(), why: None }
    }

    /// Why there was no answer, in the words of whoever ran the solver or in the solver's own.
    pub(super) fn why(&self) -> Option<String> {
        self.why.clone()
    }

    fn put(&mut self, more: &str) -> Result<String, SolverError> {
        self.script.extend_from_slice(more.as_bytes());
        self.oracle.answer(&self.script).map_err(|why| self.fault(why))
    }

    fn fault(&mut self, why: String) -> SolverError {
        self.why = Some(why.clone());
        SolverError::Solver(why)
    }

    /// Nothing but the one word is an answer.
    fn decision(&mut self, said: &str) -> Result<Decision, SolverError> {
        match said.trim() {
            "sat" => Ok(Decision::Sat),
            "unsat" => Ok(Decision::Unsat),
            "unknown" => {
                self.why = Some("the solver could not decide it".to_owned());
                Ok(Decision::Unknown)
            }
            "" => Err(self.fault("the solver ended without an answer".to_owned())),
            other => {
                let first: String = other.lines().next().unwrap_or_default().chars().take(200).collect();
                Err(self.fault(format!("the solver gave no answer but `{first}`")))
            }
        }
    }
}

impl Solver for Asked<'_> {
    fn smtlib_input(&mut self) -> &mut (dyn AsyncWrite + Unpin + Send) {
        &mut self.script
    }

    async fn enable_models(&mut self) -> Result<(), SolverError> {
        self.script.extend_from_slice(b"(set-option :produce-models true)\n");
        Ok(())
    }

    async fn check_sat(&mut self) -> Result<Decision, SolverError> {
        let said = self.put("(check-sat)\n")?;
        self.decision(&said)
    }

    async fn check_sat_with_model(&mut self) -> Result<DecisionWithModel, SolverError> {
        let said = self.put("(check-sat)\n")?;
        match self.decision(&said)? {
            Decision::Unsat => Ok(DecisionWithModel::Unsat),
            Decision::Unknown => Ok(DecisionWithModel::Unknown),
            // A process of its own again: the model is of the same script, which now asks for it.
            Decision::Sat => match self.put("(get-model)\n")?.trim_start().strip_prefix("sat") {
                Some(model) => Ok(DecisionWithModel::Sat { model: model.trim_start().to_owned() }),
                None => Err(self.fault("the solver found an example and then none".to_owned())),
            },
        }
    }
}

/// What comes of a future that never waits; nothing, if it does.
pub(super) fn driven<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}
