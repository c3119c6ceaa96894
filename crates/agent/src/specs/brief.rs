//! What is known of a specification and its project before anybody works on it.

use tools::Runner;

use super::part::Workflow;

/// [`Brief::test_seconds`], where nobody said otherwise.
pub const TEST_SECONDS: u64 = 600;

/// A specification to work on.
#[derive(Clone, Debug)]
pub struct Brief {
    /// Its name: `month-total`.
    pub name: String,
    /// Its folder in the tree: `.kiro/specs/month-total`.
    pub folder: String,
    /// What the person wants, in their words.
    pub wish: String,
    /// The order of its documents.
    pub workflow: Workflow,
    /// A fresh UUID for `.config.kiro`.
    pub id: String,
    /// How the project runs its tests.
    pub runners: Vec<Runner>,
    /// Test files that the project has.
    pub tests: Vec<String>,
    /// The longest that one run of the tests may take, in seconds; then it is ended, and that is no pass.
    pub test_seconds: u64,
    /// Whether the project has documentation outside its specifications.
    pub has_docs: bool,
    /// Where the project says what changed from version to version.
    pub changelog: Option<String>,
}

impl Brief {
    /// The path of a document in the tree.
    pub fn path(&self, file: &str) -> String {
        format!("{}/{file}", self.folder)
    }
}
