//! Which nodes of a grammar define something, and where their names are: a table for each language.
//!
//! The tags queries that come with the grammars are not used: they know no nesting and no ends, some leave out
//! constructors, enums, constants and macros, and a query walks the tree once more. One walk with a table sees
//! it all. That every name in a table is one of its grammar is tested.

use super::language::Language;

/// How the name of a defined thing is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// It is the field `name`.
    Name,
    /// The same, and there must be a body: without one, the thing is only mentioned (`struct s *p`).
    NameWithBody,
    /// Down a chain of `declarator`s (C).
    Declarator,
    /// The same, and a function must be in the chain: other declarations are variables.
    Prototype,
    /// The field `type`, and `trait` before it (Rust's impl).
    Type,
    /// The field `left`, if it is one name.
    Left,
    /// The field `name`; a function if the value is one.
    Value,
}

/// What a node of some kind means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) word: &'static str,
    pub(super) named: Named,
    /// Whether it is left out inside a function: a local variable tells nobody anything.
    pub(super) global: bool,
    /// Whether what is in it is inside a function.
    pub(super) function: bool,
}

type Row = (&'static str, &'static str, Named);

/// Words of things whose inside is a function's.
const FUNCTIONS: &[&str] = &["function", "method", "constructor", "macro"];
/// Words of things that are only told outside of functions.
const GLOBALS: &[&str] = &["constant", "variable", "prototype", "type"];

const RUST: &[Row] = &[
    ("function_item", "function", Named::Name),
    ("function_signature_item", "method", Named::Name),
    ("struct_item", "struct", Named::Name),
    ("enum_item", "enum", Named::Name),
    ("union_item", "union", Named::Name),
    ("trait_item", "trait", Named::Name),
    ("impl_item", "impl", Named::Type),
    ("mod_item", "module", Named::NameWithBody),
    ("type_item", "type", Named::Name),
    ("const_item", "constant", Named::Name),
    ("static_item", "constant", Named::Name),
    ("macro_definition", "macro", Named::Name),
];

const PYTHON: &[Row] = &[
    ("class_definition", "class", Named::Name),
    ("function_definition", "function", Named::Name),
    ("assignment", "constant", Named::Left),
];

const JAVASCRIPT: &[Row] = &[
    ("class_declaration", "class", Named::Name),
    ("function_declaration", "function", Named::Name),
    ("generator_function_declaration", "function", Named::Name),
    ("method_definition", "method", Named::Name),
    ("variable_declarator", "constant", Named::Value),
];

const TYPESCRIPT: &[Row] = &[
    ("class_declaration", "class", Named::Name),
    ("abstract_class_declaration", "class", Named::Name),
    ("interface_declaration", "interface", Named::Name),
    ("enum_declaration", "enum", Named::Name),
    ("type_alias_declaration", "type", Named::Name),
    ("internal_module", "module", Named::Name),
    ("module", "module", Named::Name),
    ("function_declaration", "function", Named::Name),
    ("generator_function_declaration", "function", Named::Name),
    ("function_signature", "function", Named::Name),
    ("method_definition", "method", Named::Name),
    ("method_signature", "method", Named::Name),
    ("abstract_method_signature", "method", Named::Name),
    ("variable_declarator", "constant", Named::Value),
];

const GO: &[Row] = &[
    ("function_declaration", "function", Named::Name),
    ("method_declaration", "method", Named::Name),
    ("method_elem", "method", Named::Name),
    ("type_spec", "type", Named::Name),
    ("type_alias", "type", Named::Name),
    ("const_spec", "constant", Named::Name),
    ("var_spec", "variable", Named::Name),
];

const JAVA: &[Row] = &[
    ("class_declaration", "class", Named::Name),
    ("record_declaration", "record", Named::Name),
    ("interface_declaration", "interface", Named::Name),
    ("annotation_type_declaration", "interface", Named::Name),
    ("enum_declaration", "enum", Named::Name),
    ("method_declaration", "method", Named::Name),
    ("constructor_declaration", "constructor", Named::Name),
    ("compact_constructor_declaration", "constructor", Named::Name),
];

const C: &[Row] = &[
    ("function_definition", "function", Named::Declarator),
    ("declaration", "prototype", Named::Prototype),
    ("struct_specifier", "struct", Named::NameWithBody),
    ("union_specifier", "union", Named::NameWithBody),
    ("enum_specifier", "enum", Named::NameWithBody),
    ("type_definition", "type", Named::Declarator),
    ("preproc_def", "macro", Named::Name),
    ("preproc_function_def", "macro", Named::Name),
];

const CPP: &[Row] = &[
    ("function_definition", "function", Named::Declarator),
    ("declaration", "prototype", Named::Prototype),
    ("field_declaration", "method", Named::Prototype),
    ("class_specifier", "class", Named::NameWithBody),
    ("struct_specifier", "struct", Named::NameWithBody),
    ("union_specifier", "union", Named::NameWithBody),
    ("enum_specifier", "enum", Named::NameWithBody),
    ("namespace_definition", "module", Named::Name),
    ("alias_declaration", "type", Named::Name),
    ("concept_definition", "type", Named::Name),
    ("type_definition", "type", Named::Declarator),
    ("preproc_def", "macro", Named::Name),
    ("preproc_function_def", "macro", Named::Name),
];

const RUBY: &[Row] = &[
    ("class", "class", Named::Name),
    ("module", "module", Named::Name),
    ("method", "method", Named::Name),
    ("singleton_method", "method", Named::Name),
    ("assignment", "constant", Named::Left),
];

/// The table of a language.
pub(super) fn rows(language: Language) -> &'static [Row] {
    match language {
        Language::Rust => RUST,
        Language::Python => PYTHON,
        Language::JavaScript => JAVASCRIPT,
        Language::TypeScript | Language::Tsx => TYPESCRIPT,
        Language::Go => GO,
        Language::Java => JAVA,
        Language::C => C,
        Language::Cpp => CPP,
        Language::Ruby => RUBY,
    }
}

/// A table by the numbers of the grammar.
pub(super) struct Compiled {
    pub(super) grammar: tree_sitter::Language,
    /// By the number of the node's kind.
    rules: Vec<Option<Rule>>,
    /// Which kinds are names.
    names: Vec<bool>,
}

impl Compiled {
    pub(super) fn rule(&self, kind: u16) -> Option<Rule> {
        self.rules.get(usize::from(kind)).copied().flatten()
    }

    pub(super) fn is_name(&self, kind: u16) -> bool {
        self.names.get(usize::from(kind)).copied().unwrap_or(false)
    }
}

pub(super) fn compile(language: Language) -> Compiled {
    let grammar = language.grammar();
    let count = u16::try_from(grammar.node_kind_count()).unwrap_or(u16::MAX);
    let rule = |kind: u16| {
        let name = grammar.node_kind_for_id(kind).filter(|_| grammar.node_kind_is_named(kind))?;
        let (_, word, named) = rows(language).iter().find(|(row, _, _)| *row == name)?;
        Some(Rule { word, named: *named, global: GLOBALS.contains(word), function: FUNCTIONS.contains(word) })
    };
    let is_name = |kind: u16| {
        let named = grammar.node_kind_is_named(kind);
        named && grammar.node_kind_for_id(kind).is_some_and(|name| name.ends_with("identifier") || name == "constant")
    };
    Compiled { rules: (0..count).map(rule).collect(), names: (0..count).map(is_name).collect(), grammar }
}
