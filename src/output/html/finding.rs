//! One finding: the message, the code with its labels, the chain of calls.

use super::super::Input;
use super::super::parts::{line, sentence};
use super::code::{Label, excerpt};
use super::escape::{escaped, with_code};
use crate::catalog::Entry;
use crate::findings::{Finding, rule_info};

/// The entry point from which a finding is reached, in words.
pub fn entry(finding: &Finding, input: &Input<'_>) -> String {
    let Some(entry) = &finding.entry else { return "Reached from where perflint does not see".to_owned() };
    let kind = match entry.kind {
        Entry::Http => "Request",
        Entry::Job => "Job",
        Entry::Cli => "Command",
        Entry::Startup => "Start",
        Entry::Admin => "Back office",
        Entry::Test => "Test",
        Entry::Migration => "Migration",
        Entry::Script => "Script",
        Entry::Client => "Page",
    };
    let place = format!("{}:{}", entry.path, line(input, &entry.path, entry.span));
    match entry.route.as_ref().or(entry.name.as_ref()) {
        Some(name) => format!("{kind} {name}, {place}"),
        None => format!("{kind} at {place}"),
    }
}

/// A finding that folds, open or not.
pub fn article(finding: &Finding, input: &Input<'_>, is_open: bool) -> String {
    let rule = rule_info::find(input.rules, &finding.rule);
    let group = rule.map_or("", |rule| rule.group.as_str());
    let cost = if finding.cost.is_empty() { group } else { &finding.cost };
    let place = format!("{}:{}", finding.path, line(input, &finding.path, finding.span));
    let text = format!("{} {} {place} {}", finding.rule, finding.what, finding.function.as_deref().unwrap_or(""))
        .to_lowercase();
    let mut parts = String::new();
    for (name, value) in [("Why", &finding.why), ("Cost", &finding.cost), ("What to do", &finding.fix)] {
        if !value.is_empty() {
            parts.push_str(&format!("<dt>{name}</dt><dd>{}</dd>\n", with_code(&sentence(value))));
        }
    }
    let title = rule.map_or_else(String::new, |rule| format!(" · {}", escaped(&rule.title)));
    format!(
        "<article class=\"{severity}\" data-severity=\"{severity}\" data-confidence=\"{confidence}\" data-rule=\"{id}\" \
         data-file=\"{path}\" data-cost=\"{cost}\" data-entry=\"{entry}\" data-text=\"{text}\">\n<details{open}>\n\
         <summary>{what} <span class=\"meta\"><span class=\"grade {severity}\">{severity}</span> · confidence {confidence} · \
         {id} · <code>{place}</code></span></summary>\n<div class=\"body\">\n<dl>\n{parts}</dl>\n{code}{chain}\
         <p><a href=\"#rule-{anchor}\">The rule</a>{title}</p>\n</div>\n</details>\n</article>\n",
        severity = finding.severity,
        confidence = finding.confidence,
        id = escaped(&finding.rule),
        anchor = super::pages::anchor(&finding.rule),
        path = escaped(&finding.path),
        cost = escaped(cost),
        entry = escaped(&entry(finding, input)),
        text = escaped(&text),
        open = if is_open { " open" } else { "" },
        what = with_code(&finding.what),
        place = escaped(&place),
        code = own_code(finding, input),
        chain = chain(finding, input),
    )
}

/// The code of the finding's file, with the labels in it, then that of labels in other files.
fn own_code(finding: &Finding, input: &Input<'_>) -> String {
    let first = Label { span: finding.span, text: &finding.primary_label, is_first: true };
    let related = || finding.related.iter();
    let own = related().filter(|label| label.path == finding.path);
    let own = own.map(|label| Label { span: label.span, text: &label.text, is_first: false });
    let labels: Vec<Label<'_>> = std::iter::once(first).chain(own).collect();
    let mut text = excerpt(&finding.path, &labels, input);
    for label in related().filter(|label| label.path != finding.path) {
        text.push_str(&excerpt(&label.path, &[Label { span: label.span, text: &label.text, is_first: false }], input));
    }
    text
}

/// The calls from the place to the effect, each with its code.
fn chain(finding: &Finding, input: &Input<'_>) -> String {
    if finding.chain.is_empty() {
        return String::new();
    }
    let step = |label: &crate::findings::Label| {
        let code = excerpt(&label.path, &[Label { span: label.span, text: "", is_first: false }], input);
        format!("<li>{}{code}</li>\n", with_code(&label.text))
    };
    let steps: String = finding.chain.iter().map(step).collect();
    format!("<p>The calls that lead there:</p>\n<ol class=\"steps\">\n{steps}</ol>\n")
}
