//! Tests that stand inside a source of Rust, and the rest of it: so that the one can be put beside another rest.

use tree_sitter::Node;

use super::language::Language;
use super::outline::{LARGEST, parse};

/// A source in two parts. Together they are all of it, in another order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apart {
    /// What is there in every build.
    pub code: String,
    /// What is there for tests only: items of the file with `#[cfg(test)]` or `#[test]`, also modules in files of their own.
    pub tests: String,
}

/// Takes a source of Rust apart; `None` for one that the parser cannot read as such.
pub fn apart(source: &str) -> Option<Apart> {
    if source.len() > LARGEST {
        return None;
    }
    let tree = parse(Language::Rust.rules(), source.as_bytes(), source.len() / 16 + 10_000).ok()?;
    let root = tree.root_node();
    if root.has_error() {
        return None;
    }
    let (mut code, mut tests, mut at) = (String::new(), String::new(), 0);
    let (mut attributes, mut documented): (Vec<Node<'_>>, Option<usize>) = (Vec::new(), None);
    let mut cursor = root.walk();
    for item in root.children(&mut cursor) {
        match item.kind() {
            "attribute_item" => attributes.push(item),
            // What documents an item goes with it; other comments may stand between an attribute and its item.
            "line_comment" | "block_comment" if is_documentation(source, &item) && attributes.is_empty() => _ = documented.get_or_insert(item.start_byte()),
            "line_comment" | "block_comment" => {}
            _ => {
                let begins = documented.take().unwrap_or(attributes.first().map_or(item.start_byte(), Node::start_byte));
                if attributes.iter().any(|attribute| is_for_tests(source, attribute)) {
                    code.push_str(source.get(at..begins)?);
                    tests.push_str(source.get(begins..item.end_byte())?);
                    tests.push('\n');
                    at = item.end_byte();
                }
                attributes.clear();
            }
        }
    }
    code.push_str(source.get(at..)?);
    Some(Apart { code, tests })
}

fn is_documentation(source: &str, comment: &Node<'_>) -> bool {
    let text = source.get(comment.byte_range()).unwrap_or_default();
    (text.starts_with("///") && !text.starts_with("////")) || (text.starts_with("/**") && !text.starts_with("/***"))
}

/// `#[cfg(test)]`, `#[test]` and those of frameworks: `#[tokio::test]`.
fn is_for_tests(source: &str, attribute: &Node<'_>) -> bool {
    let text: String = source.get(attribute.byte_range()).unwrap_or_default().chars().filter(|c| !c.is_whitespace()).collect();
    let inside = text.trim_start_matches("#[").trim_end_matches(']');
    let name = inside.split(['(', '=']).next().unwrap_or_default();
    name == "test" || name.ends_with("::test") || inside == "cfg(test)" || inside.starts_with("cfg(all(test,")
}

#[cfg(test)]
mod tests;
