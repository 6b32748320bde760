//! Sizes, ends and comparisons with zero.

use super::{Show, facts};
use crate::syntax::Language;

fn measures(language: Language, text: &str) -> Vec<String> {
    let facts = facts(language, text);
    let show = Show(&facts);
    facts.measures.iter().map(|one| format!("{:?} {}", one.asked, show.operand(&one.of))).collect()
}

#[test]
fn python_asks_with_functions_and_indexes() {
    let text = "len(xs) > 0\nbool(xs)\nxs[0]\nxs[-1]\nxs[2]\nxs.pop()\nxs.pop(3)\n0 == n\nn >= 1\n0 < n < 5\nlen(a, b)";
    assert_eq!(
        measures(Language::Python, text),
        ["Size xs", "Zero #0", "Empty xs", "First xs", "Last xs", "Last xs", "Zero n", "Zero n"]
    );
}

#[test]
fn javascript_asks_with_fields_and_methods() {
    let text = "xs.length > 0; xs[xs.length - 1]; xs[ys.length - 1]; xs.at(-1); xs.at(2); n !== 0; n > 1; xs.length()";
    assert_eq!(
        measures(Language::JavaScript, text),
        ["Size xs", "Zero xs.length", "Size xs", "Last xs", "Size ys", "Last xs", "Zero n"]
    );
}

#[test]
fn rust_asks_with_methods() {
    let text = "fn f() { v.len() == 0; v.is_empty(); v[v.len() - 1]; v.first(); v.iter().next(); v.get(1); }";
    assert_eq!(
        measures(Language::Rust, text),
        ["Size v", "Zero #0", "Empty v", "Size v", "Last v", "First v", "First #6"]
    );
}
