//! The documents of a specification and the order in which they are written.

/// One document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What is wanted.
    Requirements,
    /// What is wrong, what would be right, what must stay.
    Bugfix,
    /// How it will be.
    Design,
    /// What is to be done.
    Tasks,
    /// What kind it is: decides what is demanded of its tasks.
    Settings,
    /// The same in the older form of other tools.
    OldSettings,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Requirements, Self::Bugfix, Self::Design, Self::Tasks, Self::Settings, Self::OldSettings];

    /// Its file.
    pub fn file(self) -> &'static str {
        match self {
            Self::Requirements => "requirements.md",
            Self::Bugfix => "bugfix.md",
            Self::Design => "design.md",
            Self::Tasks => "tasks.md",
            Self::Settings => ".config.kiro",
            Self::OldSettings => "spec.json",
        }
    }

    /// The document with this file.
    pub fn of_file(file: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.file() == file)
    }
}

/// The order of the documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workflow {
    /// Requirements, design, tasks.
    RequirementsFirst,
    /// Design, requirements, tasks.
    DesignFirst,
    /// The bug, the fix's design, tasks.
    Bugfix,
    /// All three at once.
    Quick,
}

impl Workflow {
    /// The documents that are written together, in order.
    pub fn stages(self) -> &'static [&'static [Part]] {
        match self {
            Self::RequirementsFirst => &[&[Part::Requirements], &[Part::Design], &[Part::Tasks]],
            Self::DesignFirst => &[&[Part::Design], &[Part::Requirements], &[Part::Tasks]],
            Self::Bugfix => &[&[Part::Bugfix], &[Part::Design], &[Part::Tasks]],
            Self::Quick => &[&[Part::Requirements, Part::Design, Part::Tasks]],
        }
    }

    /// What `.config.kiro` says of it; requirements first where it says nothing.
    pub fn of(spec: &spec::folder::Spec) -> Self {
        let said = spec.config.as_ref().and_then(|config| config.workflow.as_deref());
        match (spec.kind, said) {
            (spec::config::Kind::Bugfix, _) => Self::Bugfix,
            (_, Some("design-first")) => Self::DesignFirst,
            (_, Some("fast-task")) => Self::Quick,
            _ => Self::RequirementsFirst,
        }
    }

    /// The one line of `.config.kiro`. `id` is a UUID.
    pub fn config(self, id: &str) -> String {
        let (workflow, kind) = match self {
            Self::RequirementsFirst => ("requirements-first", "feature"),
            Self::DesignFirst => ("design-first", "feature"),
            Self::Bugfix => ("requirements-first", "bugfix"),
            Self::Quick => ("fast-task", "feature"),
        };
        format!("{{\"specId\":\"{id}\",\"workflowType\":\"{workflow}\",\"specType\":\"{kind}\"}}\n")
    }
}

/// What follows what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toward {
    /// The documents follow the code.
    Documents,
    /// The code follows the documents.
    Code,
}
