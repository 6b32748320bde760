//! The pages of the rules that found something.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use super::escape::escaped;
use crate::findings::{Finding, RuleInfo};

/// The pages, folded, in the order of their ids.
pub fn of(findings: &[Finding], rules: &[RuleInfo]) -> String {
    let mut wanted: Vec<&RuleInfo> = rules.iter().filter(|rule| findings.iter().any(|f| f.rule == rule.id)).collect();
    if wanted.is_empty() {
        return String::new();
    }
    wanted.sort_by(|a, b| a.id.cmp(&b.id));
    let pages: String = wanted.into_iter().map(page).collect();
    format!("<section class=\"rules\">\n<h2>The rules</h2>\n{pages}</section>\n")
}

/// The name of a rule's place in the page.
pub fn anchor(id: &str) -> String {
    id.chars().map(|char| if char.is_ascii_alphanumeric() { char } else { '-' }).collect()
}

fn page(rule: &RuleInfo) -> String {
    let mut text = String::new();
    let markdown = rule.page();
    html::push_html(&mut text, Parser::new_ext(&markdown, Options::ENABLE_TABLES).map(harmless));
    format!(
        "<div id=\"rule-{}\">\n<details>\n<summary>{} <span class=\"meta\">{}</span></summary>\n<div class=\"body\">\n{text}\
         </div>\n</details>\n</div>\n",
        anchor(&rule.id),
        escaped(&rule.title),
        escaped(&rule.id),
    )
}

/// A project's own rule is as little to be trusted as its code: markup of its own becomes text, and links lead to pages of
/// the web only. Pictures would be asked for.
fn harmless(event: Event<'_>) -> Event<'_> {
    let is_web = |url: &str| url.starts_with("https://") || url.starts_with("http://");
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = if is_web(&dest_url) { dest_url } else { CowStr::Borrowed("#") };
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        // The page has headings of its own above these.
        Event::Start(Tag::Heading { level, id, classes, attrs }) => {
            Event::Start(Tag::Heading { level: lower(level), id, classes, attrs })
        }
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lower(level))),
        Event::Start(Tag::Image { .. }) => Event::Start(Tag::Emphasis),
        Event::End(TagEnd::Image) => Event::End(TagEnd::Emphasis),
        other => other,
    }
}

fn lower(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H3,
        HeadingLevel::H2 => HeadingLevel::H4,
        _ => HeadingLevel::H5,
    }
}
