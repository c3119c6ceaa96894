//! Which language server knows which files, and how it is started. A table of ours: what a repository names otherwise is not
//! executed.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::code::Language;

/// Languages that one server knows together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Family {
    Rust,
    Python,
    TypeScript,
    Go,
}

impl Family {
    pub(crate) const ALL: [Self; 4] = [Self::Rust, Self::Python, Self::TypeScript, Self::Go];

    /// By the ending of a file's name; nothing where no server is known.
    pub(crate) fn of(path: &str) -> Option<Self> {
        match Language::of(path)? {
            Language::Rust => Some(Self::Rust),
            Language::Python => Some(Self::Python),
            Language::JavaScript | Language::TypeScript | Language::Tsx => Some(Self::TypeScript),
            Language::Go => Some(Self::Go),
            Language::Java | Language::C | Language::Cpp | Language::Ruby => None,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Python => "python",
            Self::TypeScript => "typescript",
            Self::Go => "go",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.name() == name)
    }

    /// Programs and their arguments, the first that is there.
    pub(crate) fn programs(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Rust => &[("rust-analyzer", "")],
            Self::Python => &[("pyright-langserver", " --stdio"), ("basedpyright-langserver", " --stdio")],
            Self::TypeScript => &[("typescript-language-server", " --stdio")],
            Self::Go => &[("gopls", "")],
        }
    }

    /// What the protocol calls the language of a file (`TextDocumentItem`, LSP 3.17).
    pub(crate) fn id(self, path: &str) -> &'static str {
        match (self, Path::new(path).extension().and_then(|end| end.to_str()).unwrap_or_default()) {
            (Self::Rust, _) => "rust",
            (Self::Python, _) => "python",
            (Self::Go, _) => "go",
            (Self::TypeScript, "tsx") => "typescriptreact",
            (Self::TypeScript, "jsx") => "javascriptreact",
            (Self::TypeScript, "ts" | "mts" | "cts") => "typescript",
            (Self::TypeScript, _) => "javascript",
        }
    }

    /// Whether it says when it has read the project (`experimental/serverStatus` of rust-analyzer), and answers with nothing before.
    pub(crate) fn says_when_ready(self) -> bool {
        self == Self::Rust
    }

    /// What it is told at the start. Nothing is fetched, and nothing is checked that nobody asked for.
    pub(crate) fn options(self) -> Value {
        match self {
            // What it builds for itself is no part of the project: it goes to the box's own scratch space.
            Self::Rust => json!({"checkOnSave": false, "cargo": {"targetDir": "/tmp/rust-analyzer", "extraEnv": {"CARGO_NET_OFFLINE": "true"}}}),
            // Its second, quicker half answers while the project is read, and then knows one file only.
            Self::TypeScript => json!({"disableAutomaticTypingAcquisition": true, "hostInfo": "countersign", "tsserver": {"useSyntaxServer": "never"}}),
            Self::Python | Self::Go => json!({}),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_is_found_by_its_name_and_has_programs() {
        for family in Family::ALL {
            assert_eq!(Family::named(family.name()), Some(family));
            assert!(!family.programs().is_empty());
        }
        assert_eq!(Family::named("cobol"), None);
    }

    #[test]
    fn files_have_a_family_and_the_protocol_s_name_of_their_language() {
        let table = [
            ("a.rs", Some(Family::Rust), "rust"),
            ("b/c.pyi", Some(Family::Python), "python"),
            ("d.ts", Some(Family::TypeScript), "typescript"),
            ("d.tsx", Some(Family::TypeScript), "typescriptreact"),
            ("d.jsx", Some(Family::TypeScript), "javascriptreact"),
            ("d.cjs", Some(Family::TypeScript), "javascript"),
            ("e.go", Some(Family::Go), "go"),
            ("f.rb", None, ""),
            ("g.txt", None, ""),
        ];
        for (path, family, id) in table {
            assert_eq!(Family::of(path), family, "{path}");
            assert_eq!(family.map(|family| family.id(path)).unwrap_or_default(), id, "{path}");
        }
    }
}
