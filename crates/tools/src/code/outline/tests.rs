use proptest::prelude::*;

use super::super::rules::rows;
use super::*;

/// Every definition as `line-end depth kind name | signature`.
#[track_caller]
fn check(language: Language, source: &str, expected: &[&str]) {
    let outline = outline(language, source.as_bytes()).unwrap();
    let rows: Vec<String> = outline
        .definitions
        .iter()
        .map(|one| format!("{}-{} {} {} {} | {}", one.line, one.end, one.depth, one.kind, one.name, one.signature))
        .collect();
    assert_eq!(rows, expected, "{}", language.name());
    assert!(!outline.cut);
}

#[test]
fn rust() {
    check(
        Language::Rust,
        "//! Totals.\nuse std::fmt;\n\npub const MOST: usize = 9;\n\n/// A total.\n#[derive(Debug)]\npub struct Total<T> {\n    sum: T,\n}\n\nimpl<T> fmt::Display for Total<T> {\n    fn fmt(\n        &self,\n        f: &mut fmt::Formatter<'_>,\n    ) -> fmt::Result {\n        const LOCAL: u8 = 1;\n        fn inner() {}\n        Ok(())\n    }\n}\n\ntrait Sum { fn sum(&self) -> u64; }\nmod far;\nmod near { enum E { A } }\nmacro_rules! m { () => {} }\n",
        &[
            "4-4 0 constant MOST | pub const MOST: usize = 9;",
            "8-10 0 struct Total | pub struct Total<T>",
            "12-21 0 impl fmt::Display for Total<T> | impl<T> fmt::Display for Total<T>",
            "13-20 1 function fmt | fn fmt( &self, f: &mut fmt::Formatter<'_>, ) -> fmt::Result",
            "18-18 2 function inner | fn inner()",
            "23-23 0 trait Sum | trait Sum",
            "23-23 1 method sum | fn sum(&self) -> u64;",
            "25-25 0 module near | mod near",
            "25-25 1 enum E | enum E",
            "26-26 0 macro m | macro_rules! m { () => {} }",
        ],
    );
}

#[test]
fn python() {
    check(
        Language::Python,
        "MOST = 3\na, b = 1, 2\n\n@dataclass\nclass Total(Base):\n    sum: int = 0\n\n    async def add(self, one: int) -> \"Total\":\n        local = 1\n        def inner(): pass\n        return self\n\ndef total(xs): return sum(xs)\n",
        &[
            "1-1 0 constant MOST | MOST = 3",
            "5-11 0 class Total | class Total(Base)",
            "6-6 1 constant sum | sum: int = 0",
            "8-11 1 function add | async def add(self, one: int) -> \"Total\"",
            "10-10 2 function inner | def inner()",
            "13-13 0 function total | def total(xs)",
        ],
    );
}

#[test]
fn javascript_and_typescript() {
    check(
        Language::JavaScript,
        "import x from 'y';\nexport class Cart extends Base {\n  #sum = 0;\n  static of(items) { const local = 1; return items; }\n}\nexport const total = async (items) => {\n  return items;\n};\nconst RATE = 0.2, { a } = x;\nfunction* each() {}\nmodule.exports = { total };\n",
        &[
            "2-5 0 class Cart | export class Cart extends Base",
            "4-4 1 method of | static of(items)",
            "6-8 0 function total | export const total = async (items)",
            "9-9 0 constant RATE | const RATE = 0.2",
            "10-10 0 function each | function* each()",
        ],
    );
    for language in [Language::TypeScript, Language::Tsx] {
        check(
            language,
            "export interface Item { price(at: Date): number }\nexport type Rate = number;\nexport enum Kind { A }\nabstract class P { abstract go(): void; stop(): void {} }\nnamespace N { export function f(x: string): void {} }\nexport default function total(items: Item[]): number { return 0; }\n",
            &[
                "1-1 0 interface Item | export interface Item",
                "1-1 1 method price | price(at: Date): number",
                "2-2 0 type Rate | export type Rate = number;",
                "3-3 0 enum Kind | export enum Kind",
                "4-4 0 class P | abstract class P",
                "4-4 1 method go | abstract go(): void",
                "4-4 1 method stop | stop(): void",
                "5-5 0 module N | namespace N",
                "5-5 1 function f | function f(x: string): void",
                "6-6 0 function total | export default function total(items: Item[]): number",
            ],
        );
    }
    check(Language::Tsx, "export const App = () => <Cart items={[]} />;\n", &["1-1 0 function App | export const App = ()"]);
}

#[test]
fn go_java_and_ruby() {
    check(
        Language::Go,
        "package totals\n\nconst Most = 3\n\ntype (\n\tTotal struct {\n\t\tsum int\n\t}\n\tSummer interface {\n\t\tSum() int\n\t}\n)\n\nfunc (t *Total) Add(n int) error {\n\tconst local = 1\n\treturn nil\n}\n\nfunc New() *Total { return nil }\n",
        &[
            "3-3 0 constant Most | const Most = 3",
            "6-8 0 type Total | Total struct",
            "9-11 0 type Summer | Summer interface",
            "10-10 1 method Sum | Sum() int",
            "14-17 0 method Add | func (t *Total) Add(n int) error",
            "19-19 0 function New | func New() *Total",
        ],
    );
    check(
        Language::Java,
        "package x;\n@A\npublic final class Total {\n  private int sum;\n  Total() {}\n  @Override\n  public int sum(int a) throws E { return a; }\n  enum Kind { A }\n  record P(int x) {}\n  interface I { void go(); }\n}\n",
        &[
            "3-11 0 class Total | public final class Total",
            "5-5 1 constructor Total | Total()",
            "7-7 1 method sum | public int sum(int a) throws E",
            "8-8 1 enum Kind | enum Kind",
            "9-9 1 record P | record P(int x)",
            "10-10 1 interface I | interface I",
            "10-10 2 method go | void go();",
        ],
    );
    check(
        Language::Ruby,
        "module Shop\n  RATE = 0.2\n  class Cart < Base\n    def total(items)\n      local = 1\n    end\n    def self.of = new\n  end\nend\n",
        &[
            "1-9 0 module Shop | module Shop",
            "2-2 1 constant RATE | RATE = 0.2",
            "3-8 1 class Cart | class Cart < Base",
            "4-6 2 method total | def total(items)",
            "7-7 2 method of | def self.of",
        ],
    );
}

#[test]
fn c_and_cpp() {
    check(
        Language::C,
        "#include <x.h>\n#define MOST 9\n#define MAX(a, b) ((a) > (b) ? (a) : (b))\nstruct total { int sum; };\ntypedef struct total *total_t;\nstatic int *add(struct total *t, int n) {\n  int local = 1;\n  return 0;\n}\nextern int (*compare)(void);\nint sum(const total_t t);\nint counter;\nenum kind { A, B };\n",
        &[
            "2-3 0 macro MOST | #define MOST 9",
            "3-4 0 macro MAX | #define MAX(a, b) ((a) > (b) ? (a) : (b))",
            "4-4 0 struct total | struct total",
            "5-5 0 type total_t | typedef struct total *total_t;",
            "6-9 0 function add | static int *add(struct total *t, int n)",
            "10-10 0 prototype compare | extern int (*compare)(void);",
            "11-11 0 prototype sum | int sum(const total_t t);",
            "13-13 0 enum kind | enum kind",
        ],
    );
    check(
        Language::Cpp,
        "namespace shop {\ntemplate <class T>\nclass Cart : public Base {\n public:\n  explicit Cart(int n);\n  T& total() const;\n  int sum_;\n  ~Cart() {}\n};\nusing Rate = double;\n}\nint shop::Cart<int>::total(int a) { return a; }\n",
        &[
            "1-11 0 module shop | namespace shop",
            "3-9 1 class Cart | class Cart : public Base",
            "5-5 2 prototype Cart | explicit Cart(int n);",
            "6-6 2 method total | T& total() const;",
            "8-8 2 function ~Cart | ~Cart()",
            "10-10 1 type Rate | using Rate = double;",
            "12-12 0 function shop::Cart<int>::total | int shop::Cart<int>::total(int a)",
        ],
    );
}

#[test]
fn every_row_of_a_table_is_in_its_grammar() {
    for language in Language::ALL {
        let grammar = language.grammar();
        for (kind, _, named) in rows(language) {
            assert_ne!(grammar.id_for_node_kind(kind, true), 0, "{} {kind}", language.name());
            let field = match named {
                Named::Name | Named::NameWithBody | Named::Value => "name",
                Named::Declarator | Named::Prototype => "declarator",
                Named::Type => "type",
                Named::Left => "left",
            };
            assert!(grammar.field_id_for_name(field).is_some(), "{} {field}", language.name());
        }
        assert!(["identifier", "constant"].iter().any(|kind| language.rules().is_name(grammar.id_for_node_kind(kind, true))));
    }
}

#[test]
fn half_a_file_gives_what_can_be_seen() {
    let outline = outline(Language::Rust, b"pub fn whole() {}\nimpl Half { fn one(&self) { if x {").unwrap();
    assert!(outline.broken);
    assert!(outline.definitions.iter().any(|one| one.name == "whole"));
}

#[test]
fn what_is_no_source_is_refused_in_words() {
    assert_eq!(outline(Language::C, b"int a;\0"), Err(NoOutline::NotText));
    let large = vec![b' '; LARGEST + 1];
    assert_eq!(outline(Language::C, &large), Err(NoOutline::TooLarge { bytes: LARGEST as u64 + 1 }));
    assert_eq!(outline(Language::Rust, b"").map(|outline| outline.definitions), Ok(Vec::new()));
}

#[test]
fn what_grows_is_bounded() {
    let many: String = (0..3_000).map(|n| format!("fn f{n:05}() {{ name{n}(); }}\n")).collect();
    let outline = outline(Language::Rust, many.as_bytes()).unwrap();
    assert!(outline.cut);
    assert_eq!(outline.definitions.len(), MOST_DEFINITIONS);
    assert_eq!(outline.mentions.len(), MOST_NAMES);
    let wide = format!("fn wide({}) {{}}", "a: u8, ".repeat(10_000));
    let wide = super::outline(Language::Rust, wide.as_bytes()).unwrap();
    assert!(wide.definitions[0].signature.len() <= 160, "{}", wide.definitions[0].signature.len());
}

#[test]
fn a_name_that_would_move_the_cursor_is_spelled_out() {
    let outline = outline(Language::JavaScript, "class A { 'a\u{1b}[2J\u{202e}'() {} }".as_bytes()).unwrap();
    let method = &outline.definitions[1];
    assert!(!method.name.contains(['\u{1b}', '\u{202e}']) && !method.signature.contains(['\u{1b}', '\u{202e}']), "{method:?}");
}

/// A clock would make the answer depend on the machine; the parser's own steps do not.
#[test]
fn a_source_that_takes_too_many_steps_is_given_up() {
    let source = "int f(int a) { return a; }\n".repeat(2_000);
    let rules = Language::C.rules();
    assert!(parse(rules, source.as_bytes(), LEAST_QUESTIONS).is_ok());
    assert_eq!(parse(rules, source.as_bytes(), 5).map(|_| ()), Err(NoOutline::TooHard));
    assert!(parse(rules, source.as_bytes(), LEAST_QUESTIONS).is_ok(), "and the next one is read again");
}

/// Deeper than any stack of calls would hold.
#[test]
fn nesting_without_end_is_walked_or_given_up() {
    for (language, open) in [(Language::Rust, "fn f() { "), (Language::JavaScript, "(["), (Language::C, "((("), (Language::Python, "[{("), (Language::Cpp, "a<b<")] {
        match outline(language, open.repeat(60_000 / open.len()).as_bytes()) {
            Ok(outline) => assert!(outline.definitions.len() <= MOST_DEFINITIONS),
            Err(why) => assert_eq!(why, NoOutline::TooHard),
        }
    }
}

fn language() -> impl Strategy<Value = Language> {
    prop::sample::select(Language::ALL.to_vec())
}

/// Bytes that look like code for a while.
fn source() -> impl Strategy<Value = Vec<u8>> {
    let word = prop::sample::select(vec![
        "fn ", "class ", "def ", "struct ", "impl ", "func ", "type ", "Name", "{", "}", "(", ")", ":", ";", "\n", "  ", "=>", "const ", "=", "<", ">",
        "\"", "'", "/*", "*/", "//", "#", "end\n", "\u{e9}", "::", "*", "&", "typedef ", "@", "`", "${",
    ]);
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..400),
        prop::collection::vec(word, 0..120).prop_map(|words| words.concat().into_bytes()),
    ]
}

proptest! {
    #[test]
    fn any_bytes_give_an_outline_or_words(language in language(), source in source()) {
        let first = outline(language, &source);
        prop_assert_eq!(&first, &outline(language, &source));
        let lines = source.iter().filter(|byte| **byte == b'\n').count() as u32 + 1;
        for one in first.iter().flat_map(|outline| &outline.definitions) {
            prop_assert!(one.line >= 1 && one.line <= lines && one.end <= lines + 1, "{:?}", one);
            prop_assert!(one.signature.len() <= 6 * 160 && !one.signature.contains('\n'), "{:?}", one);
        }
    }
}
