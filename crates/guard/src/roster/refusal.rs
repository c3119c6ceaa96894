//! Why a change of people does not count, each in a sentence.

use action::{BadAccess, EnvironmentName, Generation, IntentId, Moment, PersonId};

/// Why an enrolment or a change of people does not count. The roster is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotEnrolled {
    /// The founder enrols themselves, as an admin.
    #[error("the first enrolment must be `{person}`'s own and hold the role admin")]
    FirstNotAdmin {
        /// Who was to be enrolled.
        person: PersonId,
    },
    /// A ledger is founded once.
    #[error("the service is founded already: its guard and its people are changed by no second founding")]
    FoundedAgain,
    /// Only admins enrol.
    #[error("`{by}` enrolled `{person}` but is not an admin")]
    ByNoAdmin {
        /// Who was to be enrolled.
        person: PersonId,
        /// Who tried.
        by: PersonId,
    },
    /// An entry that nobody signed for.
    #[error("people are changed by an entry that no signed change stands behind")]
    Unsigned,
    /// What stands behind it does not hold.
    #[error("the change of people is not backed by the signatures that it needs: {why}")]
    NotBacked {
        /// What is wrong with it.
        why: String,
    },
    /// Another change came first.
    #[error("it is written as change {number} of people, and change {expected} was to come")]
    OutOfTurn {
        /// In the entry.
        number: u64,
        /// The one that was to come.
        expected: u64,
    },
    /// One key, one person.
    #[error("the key given for `{person}` is already the key of `{other}`: one key is one person, for good")]
    KeyOfAnother {
        /// Who was to be enrolled.
        person: PersonId,
        /// Whose key it is.
        other: PersonId,
    },
    /// Nothing to do.
    #[error("this key is already the key of `{person}`")]
    KeyTwice {
        /// Whose it is.
        person: PersonId,
    },
    /// Nothing brings a revoked key back.
    #[error("the key {key} of `{person}` is revoked; it never signs again")]
    KeyRevoked {
        /// Its fingerprint.
        key: String,
        /// Whose it was.
        person: PersonId,
    },
    /// The key is not this person's.
    #[error("{key} is no key of `{person}`")]
    NotTheirKey {
        /// Whose it was to be.
        person: PersonId,
        /// Its fingerprint.
        key: String,
    },
    /// Not a public key that is taken.
    #[error("the public key cannot be used: {why}")]
    Key {
        /// Why.
        why: String,
    },
    /// The name is taken.
    #[error("`{person}` is enrolled already")]
    Already {
        /// Who.
        person: PersonId,
    },
    /// The name stays whose it was.
    #[error("`{person}` is the name of somebody who was removed, and stays theirs: choose another name")]
    NameOfRemoved {
        /// Who.
        person: PersonId,
    },
    /// The name would be taken for another.
    #[error("`{person}` would be taken for `{other}`: choose a name that differs in more than capitals")]
    NameAlike {
        /// The new name.
        person: PersonId,
        /// The one that is known.
        other: PersonId,
    },
    /// Nobody of this name.
    #[error("`{person}` is not enrolled")]
    Nobody {
        /// Who.
        person: PersonId,
    },
    /// A person without a role could do nothing.
    #[error("`{person}` would be left without a role; remove them instead")]
    NoRole {
        /// Who.
        person: PersonId,
    },
    /// Service accounts stay what they are.
    #[error("`{person}` cannot be a service account and a person: a service account holds no other role, and nobody becomes one")]
    ServiceAccount {
        /// Who.
        person: PersonId,
    },
    /// The roles are not what was signed about.
    #[error("`{person}` holds {roles}, so this gives or takes nothing that can be given or taken")]
    RolesMoved {
        /// Who.
        person: PersonId,
        /// At present.
        roles: String,
    },
    /// The team is not what was signed about.
    #[error("in team `{team}` {}, so nobody joins or leaves it by this", if people.is_empty() { "is nobody".to_owned() } else { format!("are {people}") })]
    TeamMoved {
        /// Which.
        team: String,
        /// At present.
        people: String,
    },
    /// The environment is not what was signed about.
    #[error("`{environment}` was mapped otherwise meanwhile (it is at generation {}): ask for it again", generation.0)]
    EnvironmentMoved {
        /// Which.
        environment: EnvironmentName,
        /// At present.
        generation: Generation,
    },
    /// Generations only grow.
    #[error("`{environment}` went back from generation {} to {}", from.0, to.0)]
    GenerationBack {
        /// Which.
        environment: EnvironmentName,
        /// At present.
        from: Generation,
        /// What was written.
        to: Generation,
    },
    /// Another one is observed than was signed about.
    #[error("another policy is observed than the one that this takes the place of, or this very one\nhint: `countersign policy observed` names it")]
    ObservedMoved,
    /// A role that does not sign does nobody's duty.
    #[error("`{person}` holds no role that signs (engineer or owner), so they do nobody's duty")]
    NoSigner {
        /// Who.
        person: PersonId,
    },
    /// One duty, one deputy.
    #[error("`{deputy}` does `{person}`'s duty until {}, and a duty is one person's at a time\nhint: end that first, or begin when it is over", until.text())]
    DeputyAlready {
        /// Who does it.
        deputy: PersonId,
        /// Whose it is.
        person: PersonId,
        /// Until when.
        until: Moment,
    },
    /// Nothing to end.
    #[error("`{deputy}` does not do `{person}`'s duty in that time, so nothing ends\nhint: `countersign people deputy` lists who does whose")]
    NoDeputy {
        /// Who was to do it.
        deputy: PersonId,
        /// Whose it was to be.
        person: PersonId,
    },
    /// Asked for what is not there.
    #[error("{people} of team `{team}` must agree there, and {there} in it could\nhint: `countersign team` lists the teams and who is in them")]
    TeamTooSmall {
        /// Which.
        team: String,
        /// How many were asked for.
        people: u8,
        /// How many sign.
        there: usize,
    },
    /// No mapping of this name.
    #[error("`{environment}` is no environment here\nhint: `countersign env` lists them")]
    NoEnvironment {
        /// The name.
        environment: EnvironmentName,
    },
    /// A name that says something else.
    #[error("`{environment}` is a name of ours: choose another")]
    NameOfOurs {
        /// The name.
        environment: EnvironmentName,
    },
    /// Nothing would be it.
    #[error("`{environment}` needs a path, host, remote or identity that is it")]
    Placeless {
        /// The name.
        environment: EnvironmentName,
    },
    /// Mapped by an entry that nobody signed.
    #[error("`{environment}` is mapped by an entry that no signed change stands behind")]
    MappedUnsigned {
        /// The name.
        environment: EnvironmentName,
    },
    /// An owner without the role.
    #[error("`{person}` does not hold the role owner, and so cannot own an environment")]
    NoOwner {
        /// Who.
        person: PersonId,
    },
    /// Nothing to do.
    #[error("`{environment}` is frozen for just that time already")]
    FrozenAlready {
        /// Where.
        environment: EnvironmentName,
    },
    /// Nothing to end.
    #[error("there is no such freeze of `{environment}`")]
    NotFrozen {
        /// Where.
        environment: EnvironmentName,
    },
    /// What cannot be given for a while.
    #[error(transparent)]
    Access(#[from] BadAccess),
    /// Nothing to take.
    #[error("`{person}` has no access {access} that could be taken")]
    NoAccess {
        /// Who.
        person: PersonId,
        /// Which.
        access: IntentId,
    },
    /// Nothing to review.
    #[error("no review of {glass} is owed, or it says nothing")]
    NoReviewOwed {
        /// Which.
        glass: IntentId,
    },
    /// Another policy came in between, or it is in force already.
    #[error("another policy is in force than the one that this takes the place of, or it is in force already: ask for it again")]
    PolicyMoved,
    /// Somebody must be able to agree to the next change.
    #[error("`{person}` is the last admin with a key: make somebody else an admin first, or give them another key")]
    LastAdmin {
        /// Who.
        person: PersonId,
    },
}
