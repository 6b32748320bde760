//! `perflint explain --why FILE:LINE`: what is known of a line, and at which clause each rule gave up.

use std::fmt::Write as _;

use super::Error;
use super::Request;
use super::extraction::{read_facts, text_of};
use super::knowledge::Knowledge;
use crate::catalog::Effect;
use crate::facts::CallId;
use crate::findings::Problem;
use crate::project::sources::Sources;
use crate::project::{CallRef, FileId, Project};
use crate::rules::run::failed_clause;
use crate::workspace::LineIndex;

/// Tells what is known of a line (1-based) of a file of the request.
///
/// # Errors
/// When the file is not part of the request, or perflint itself is at fault.
pub fn why(request: &Request, knowledge: &Knowledge, path: &str, line: usize) -> Result<String, Error> {
    let read = read_facts(request, knowledge, Some(path))?;
    let sources = Sources::new(read.facts, &knowledge.catalog, &read.layout);
    let project = Project::link(&sources).map_err(Error::Internal)?;
    let found = read.files.iter().position(|file| file.path == path);
    let Some(row) = found else {
        return Err(Error::Load(vec![Problem::input(format!("`{path}` is not among the files that are linted here"))]));
    };
    let at = FileId(row as u32);
    let source = text_of(read.files[row]);
    let lines = LineIndex::new(&source);
    let mut text = String::new();
    for (row, call) in project.file(at).facts.calls.iter().enumerate() {
        if lines.line(call.name_span.start) as usize == line {
            describe(&project, CallRef { file: at, id: CallId(row as u32) }, &source, &mut text);
            for rule in &knowledge.rules {
                for clause in failed_clause(&project, rule, at, CallId(row as u32)) {
                    let _ = writeln!(text, "    {}: {clause}", rule.info.id);
                }
            }
        }
    }
    if text.is_empty() {
        text.push_str("No call stands on this line.\n");
    }
    Ok(text)
}

fn describe(project: &Project, of: CallRef, source: &str, text: &mut String) {
    let call = project.call(of);
    let resolver = &project.resolver;
    let shown: String =
        source.get(call.span.range()).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let shown: String = shown.chars().take(100).collect();
    let resolved = resolver.call(of);
    let receiver = resolver.operand(of.file, &call.receiver(), call.function);
    let _ = writeln!(text, "{shown}\n  receiver: {}", resolver.describe(&receiver));
    let _ = writeln!(text, "  gives: {}", resolver.describe(&resolved.gives));
    if let Some(info) = project.info(of) {
        let targets = info.targets.iter().map(|target| resolver.function_name(*target)).collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "  calls: {}", if targets.is_empty() { "no function of the project" } else { &targets });
    } else {
        text.push_str("  nothing is known of what it calls\n");
    }
    for hit in project.hits(of, 4) {
        let effect: Effect = hit.effect;
        let chain = project.chain(&hit);
        let chain = chain.iter().map(|w| {
            resolver.function_name(crate::project::FunctionRef { file: w.call.file, id: project.call(w.call).function })
        });
        let chain = chain.collect::<Vec<_>>().join(" → ");
        let _ = writeln!(text, "  effect: {} ({:?}, {} calls away) {chain}", effect.name(), hit.grade, hit.depth);
    }
    let function = resolver.sources.function(crate::project::FunctionRef { file: of.file, id: call.function });
    let _ = function;
}
