//! What a policy permits, for every request that its schema can make: proofs instead of samples.
//!
//! Cedar's symbolic compiler puts a question about policy sets into logic (SMT-LIB 2), once for each kind of request: principal type ×
//! action × resource type. Whoever calls has the solver and runs it; a script that the solver finds unsatisfiable is a proof. What it
//! finds is believed only after Cedar itself, asked about that very request, said the same. No answer, an answer that is none, a
//! counterexample that Cedar does not confirm: not proved.
//!
//! It is a proof about the text of a policy, over the facts that the guard hands to Cedar. Whether those facts are right is
//! another matter, and so is what nobody writes in a policy: whose signature counts ([`crate::Ballot`]).

mod case;
mod diff;
mod lint;
mod solver;

use action::Reason;
use cedar_policy::{Effect, Policy, PolicySet, RequestEnv, Schema};
use cedar_policy_symcc::{CedarSymCompiler, CompiledPolicy, CompiledPolicySet, CompiledSchema, Env, SymEnv};

use crate::policy::{BadPolicy, PolicySource, Rules, chain};
use case::Case;
use solver::{Asked, Oracle, driven};

pub use case::Witness;
pub use diff::{Difference, diff};
pub use lint::{Finding, Flaw, lint};

/// Runs the solver on one script and gives what it wrote. An error says why there was no answer, in words, and is the end: a solver that
/// gave none is asked nothing more.
pub type Solve<'a> = &'a (dyn Fn(&[u8]) -> Result<String, String> + Sync);

/// What came of one statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is proved.
    Holds,
    /// It is wrong, and this request shows it.
    Fails(Box<Witness>),
    /// It is not proved, and counts as wrong. Why, in words.
    Unproved(String),
}

impl Outcome {
    /// Whether it is proved.
    pub fn holds(&self) -> bool {
        *self == Self::Holds
    }

    /// The worse of two: what is shown wrong before what is not proved.
    fn and(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Fails(_) => self,
            Self::Holds => other(),
            Self::Unproved(_) => match other() {
                fails @ Self::Fails(_) => fails,
                Self::Holds | Self::Unproved(_) => self,
            },
        }
    }
}

/// One invariant, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Its name, and what it says.
    pub invariant: Reason,
    /// What came of it.
    pub outcome: Outcome,
}

/// What no policy may permit: `forbid` rules, of which nothing that one matches may be permitted.
pub struct Invariants {
    rules: Vec<Invariant>,
    /// All of them at once.
    all: PolicySet,
}

struct Invariant {
    says: Reason,
    /// Permits all but what the rule forbids.
    set: PolicySet,
}

impl Invariants {
    /// Reads invariants; each is a `forbid` with an `@id` and a `@reason`, and fits the schema.
    pub fn load(source: &PolicySource<'_>) -> Result<Self, BadPolicy> {
        let read = Rules::load(source)?;
        let mut all = everything()?;
        let mut rules = Vec::new();
        for says in read.in_order() {
            let rule = read.rule(&says.rule).ok_or_else(|| BadPolicy::Unreadable { why: format!("rule `{}` is lost", says.rule) })?;
            if rule.effect() != Effect::Forbid {
                return Err(BadPolicy::Permits { rule: says.rule });
            }
            let mut set = everything()?;
            for set in [&mut set, &mut all] {
                set.add(rule.clone()).map_err(|_| BadPolicy::TwiceNamed { rule: says.rule.clone() })?;
            }
            rules.push(Invariant { says, set });
        }
        Ok(Self { rules, all })
    }
}

fn everything() -> Result<PolicySet, BadPolicy> {
    let permit = Policy::parse(None, "permit (principal, action, resource);").map_err(|e| BadPolicy::Unreadable { why: chain(&e) })?;
    // No rule has this `@id`: a blank one is none.
    PolicySet::from_policies([permit.new_id(cedar_policy::PolicyId::new(""))]).map_err(|e| BadPolicy::Unreadable { why: chain(&e) })
}

/// A policy of more rules is put to no solver: what it would be asked grows with each, in depth as well.
pub const MOST_RULES: usize = 2_000;

/// Each rule is a level of the question, and each level takes some 17 KB of the stack in a debug build: an ordinary one ends the program
/// without a word at a hundred rules of one action. Only what is used of it is memory.
const STACK: usize = 256 * 1024 * 1024;

fn deep<T: Send>(work: impl FnOnce() -> Result<T, BadPolicy> + Send) -> Result<T, BadPolicy> {
    std::thread::scope(|scope| {
        let begun = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        let begun = begun.map_err(|e| BadPolicy::Unreadable { why: format!("there is no room to look at it: {e}") })?;
        begun.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn few_enough(set: &PolicySet) -> Result<(), String> {
    match set.num_of_policies() {
        0..=MOST_RULES => Ok(()),
        many => Err(format!("a policy of {many} rules is more than the {MOST_RULES} that the solver is asked about at once: nothing is proved of it\nhint: join rules that differ in one word")),
    }
}

/// The name of the one invariant that is no rule: none of the policy's own rules can fail to be evaluated.
pub const NO_RULE_ERRS: &str = "no-rule-errs";

/// Proves that no rule of a policy can err, and then each invariant, in their order.
pub fn prove(source: &PolicySource<'_>, invariants: &Invariants, solve: Solve<'_>) -> Result<Vec<Proof>, BadPolicy> {
    deep(|| proved(source, invariants, solve))
}

fn proved(source: &PolicySource<'_>, invariants: &Invariants, solve: Solve<'_>) -> Result<Vec<Proof>, BadPolicy> {
    let rules = Rules::load(source)?;
    let prover = Prover::new(source.schema, solve)?;
    let text = "no rule can fail to be evaluated, for what errs is skipped: a `forbid` that errs forbids nothing".to_owned();
    let no_rule_errs = Reason { rule: NO_RULE_ERRS.to_owned(), text };
    if let Err(why) = few_enough(rules.set()) {
        let unproved = |invariant| Proof { invariant, outcome: Outcome::Unproved(why.clone()) };
        return Ok([no_rule_errs].into_iter().chain(invariants.rules.iter().map(|rule| rule.says.clone())).map(unproved).collect());
    }
    let mut proofs = vec![Proof { invariant: no_rule_errs, outcome: prover.never_errs(&rules) }];
    // Where nothing is permitted that all of them together forbid, each holds: a single question for most kinds of request.
    let open: Vec<&Place> = prover.places.iter().filter(|place| !prover.implies(place, rules.set(), &invariants.all)).collect();
    for Invariant { says, set } in &invariants.rules {
        let outcome = each(open.iter().copied(), |place| prover.permits_only(place, &rules, set, Bar::Invariant(says)));
        proofs.push(Proof { invariant: says.clone(), outcome });
    }
    Ok(proofs)
}

/// What a counterexample breaks.
#[derive(Clone, Copy)]
enum Bar<'a> {
    Invariant(&'a Reason),
    /// Another policy.
    Rules(&'a Rules),
}

/// One schema, each kind of request that it knows, and a solver.
struct Prover<'a> {
    schema: Schema,
    places: Vec<Place>,
    oracle: Oracle<'a>,
}

/// One kind of request.
struct Place {
    request: RequestEnv,
    symbols: SymEnv,
}

impl<'a> Prover<'a> {
    fn new(schema: &str, solve: Solve<'a>) -> Result<Self, BadPolicy> {
        let (schema, _) = Schema::from_cedarschema_str(schema).map_err(|e| BadPolicy::Schema { why: chain(&e) })?;
        let compiled = CompiledSchema::new(&schema).map_err(|e| BadPolicy::Schema { why: chain(&e) })?;
        let place = |request| {
            let symbols = compiled.sym_env(&request).map_err(|e| BadPolicy::Schema { why: chain(&e) })?;
            Ok(Place { request, symbols })
        };
        let mut places = schema.request_envs().map(place).collect::<Result<Vec<_>, BadPolicy>>()?;
        // In one order, so that the same policies are told by the same request each time.
        places.sort_by_key(|place| (place.request.action().to_string(), place.request.principal().to_string(), place.request.resource().to_string()));
        Ok(Self { schema, places, oracle: Oracle::new(solve) })
    }

    /// Whether it is proved that each request of this kind that `narrow` permits is permitted by `wide`.
    fn implies(&self, place: &Place, narrow: &PolicySet, wide: &PolicySet) -> bool {
        let asked = self.compile(place, narrow).and_then(|narrow| {
            let wide = self.compile(place, wide)?;
            self.ask(async |solver| solver.check_implies_opt(&narrow, &wide).await)
        });
        asked == Ok(true)
    }

    /// Whether each request of this kind that these rules permit is permitted by `wide`; `bar` is what a counterexample breaks.
    fn permits_only(&self, place: &Place, rules: &Rules, wide: &PolicySet, bar: Bar<'_>) -> Outcome {
        let asked = self.compile(place, rules.set()).and_then(|narrow| {
            let wide = self.compile(place, wide)?;
            self.ask(async |solver| solver.check_implies_with_counterexample_opt(&narrow, &wide).await)
        });
        let is_one = |case: &Case| case.is_permitted(rules.set()) && !case.is_permitted(wide);
        self.told(asked, is_one, |case| case.permitted(rules, bar))
    }

    /// Whether no rule can fail to be evaluated.
    fn never_errs(&self, rules: &Rules) -> Outcome {
        each(&self.places, |place| {
            let mut policies: Vec<&Policy> = rules.set().policies().collect();
            policies.sort_by_key(|policy| policy.id().clone());
            policies.into_iter().fold(Outcome::Holds, |so_far, policy| so_far.and(|| self.never_errs_here(place, rules, policy)))
        })
    }

    fn never_errs_here(&self, place: &Place, rules: &Rules, policy: &Policy) -> Outcome {
        if let Err(why) = self.oracle.is_there() {
            return Outcome::Unproved(why);
        }
        let compiled = CompiledPolicy::compile_with_custom_symenv(policy, &place.request, &self.schema, place.symbols.clone());
        let asked = compiled.map_err(|e| chain(&e)).and_then(|compiled| {
            let errs = !self.ask(async |solver| solver.check_never_errors_opt(&compiled).await)?;
            if errs { self.ask(async |solver| solver.check_never_errors_with_counterexample_opt(&compiled).await) } else { Ok(None) }
        });
        self.told(asked, |case| case.errs(policy), |case| case.erring(rules, policy))
    }

    /// Believes an example only when Cedar itself confirms it, and makes it as plain as it can be.
    fn told(&self, asked: Result<Option<Env>, String>, is_one: impl Fn(&Case) -> bool, tell: impl FnOnce(&Case) -> Witness) -> Outcome {
        let found = match asked {
            Ok(None) => return Outcome::Holds,
            Ok(Some(found)) => Case::read(&found),
            Err(why) => return Outcome::Unproved(why),
        };
        match found {
            Some(case) if is_one(&case) => Outcome::Fails(Box::new(tell(&case.plainest(&is_one)))),
            Some(_) | None => Outcome::Unproved("the solver's counterexample is none for Cedar".to_owned()),
        }
    }

    /// The symbols are those that Cedar's compiler makes of the same schema and kind of request, made once.
    fn compile(&self, place: &Place, set: &PolicySet) -> Result<CompiledPolicySet, String> {
        self.oracle.is_there().and_then(|()| few_enough(set))?;
        CompiledPolicySet::compile_with_custom_symenv(set, &place.request, &self.schema, place.symbols.clone()).map_err(|e| chain(&e))
    }

    /// One question in a script of its own.
    fn ask<T>(&self, question: impl AsyncFnOnce(&mut CedarSymCompiler<Asked<'_>>) -> Result<T, cedar_policy_symcc::err::Error>) -> Result<T, String> {
        let mut solver = CedarSymCompiler::new(Asked::new(&self.oracle)).map_err(|e| chain(&e))?;
        match driven(question(&mut solver)) {
            Some(answer) => answer.map_err(|e| solver.solver().why().unwrap_or_else(|| chain(&e))),
            None => Err("the question was not put to an end".to_owned()),
        }
    }
}

/// Whether it holds for each of these kinds of request.
fn each<'p>(places: impl IntoIterator<Item = &'p Place>, mut one: impl FnMut(&Place) -> Outcome) -> Outcome {
    places.into_iter().fold(Outcome::Holds, |so_far, place| so_far.and(|| one(place)))
}
