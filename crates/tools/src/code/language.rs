//! The languages that are read, by the endings of file names, and their compiled rules.

use std::sync::LazyLock;

use serde::Serialize;

use super::rules::{Compiled, compile};

/// A language with a grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Rust.
    Rust,
    /// Python.
    Python,
    /// JavaScript, with JSX.
    JavaScript,
    /// TypeScript.
    TypeScript,
    /// TypeScript with JSX.
    Tsx,
    /// Go.
    Go,
    /// Java.
    Java,
    /// C.
    C,
    /// C++; also its headers that end with `.h`, since they cannot be told apart by name.
    Cpp,
    /// Ruby.
    Ruby,
}

impl Serialize for Language {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Language {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 10] = [
        Self::Rust,
        Self::Python,
        Self::JavaScript,
        Self::TypeScript,
        Self::Tsx,
        Self::Go,
        Self::Java,
        Self::C,
        Self::Cpp,
        Self::Ruby,
    ];

    /// By the ending of a file's name; nothing for a kind of file that is not read.
    pub fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        match extension {
            _ if stem.is_empty() => None,
            "rs" => Some(Self::Rust),
            "py" | "pyi" => Some(Self::Python),
            "js" | "jsx" | "mjs" | "cjs" => Some(Self::JavaScript),
            "ts" | "mts" | "cts" => Some(Self::TypeScript),
            "tsx" => Some(Self::Tsx),
            "go" => Some(Self::Go),
            "java" => Some(Self::Java),
            "c" => Some(Self::C),
            "h" | "hh" | "hpp" | "hxx" | "cc" | "cpp" | "cxx" => Some(Self::Cpp),
            "rb" | "rake" | "gemspec" => Some(Self::Ruby),
            "" if matches!(name, "Rakefile" | "Gemfile") => Some(Self::Ruby),
            _ => None,
        }
    }

    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Python => "python",
            Self::JavaScript => "javascript",
            Self::TypeScript => "typescript",
            Self::Tsx => "tsx",
            Self::Go => "go",
            Self::Java => "java",
            Self::C => "c",
            Self::Cpp => "c++",
            Self::Ruby => "ruby",
        }
    }

    pub(super) fn grammar(self) -> tree_sitter::Language {
        match self {
            Self::Rust => tree_sitter_rust::LANGUAGE.into(),
            Self::Python => tree_sitter_python::LANGUAGE.into(),
            Self::JavaScript => tree_sitter_javascript::LANGUAGE.into(),
            Self::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
            Self::Tsx => tree_sitter_typescript::LANGUAGE_TSX.into(),
            Self::Go => tree_sitter_go::LANGUAGE.into(),
            Self::Java => tree_sitter_java::LANGUAGE.into(),
            Self::C => tree_sitter_c::LANGUAGE.into(),
            Self::Cpp => tree_sitter_cpp::LANGUAGE.into(),
            Self::Ruby => tree_sitter_ruby::LANGUAGE.into(),
        }
    }

    /// The rules, compiled at first use and the same ever after.
    pub(super) fn rules(self) -> &'static Compiled {
        static RULES: [LazyLock<Compiled>; Language::ALL.len()] = [
            LazyLock::new(|| compile(Language::Rust)),
            LazyLock::new(|| compile(Language::Python)),
            LazyLock::new(|| compile(Language::JavaScript)),
            LazyLock::new(|| compile(Language::TypeScript)),
            LazyLock::new(|| compile(Language::Tsx)),
            LazyLock::new(|| compile(Language::Go)),
            LazyLock::new(|| compile(Language::Java)),
            LazyLock::new(|| compile(Language::C)),
            LazyLock::new(|| compile(Language::Cpp)),
            LazyLock::new(|| compile(Language::Ruby)),
        ];
        let [rust, python, javascript, typescript, tsx, go, java, c, cpp, ruby] = &RULES;
        match self {
            Self::Rust => rust,
            Self::Python => python,
            Self::JavaScript => javascript,
            Self::TypeScript => typescript,
            Self::Tsx => tsx,
            Self::Go => go,
            Self::Java => java,
            Self::C => c,
            Self::Cpp => cpp,
            Self::Ruby => ruby,
        }
    }
}
