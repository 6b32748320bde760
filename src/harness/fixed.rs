//! The `fixed` examples of a rule document: exactly what the `bad` example before them becomes when all of its findings are
//! fixed, again and again, until there is nothing left to fix.

use super::marks::without;
use super::rules::{Block, FINDING, run};
use super::{Bench, Sheet};
use crate::engine::{Error, fixes};
use crate::findings::Finding;
use crate::findings::fix::{Fix, MAX_PASSES, apply_all};
use crate::rules::Rule;
use crate::rules::file::{ExampleKind, RuleExample};
use crate::syntax::Family;

/// Compares each `fixed` example with what becomes of the bad one, and names the fixes that no example shows.
pub fn check(
    bench: &Bench,
    rule: &Rule,
    projects: &[Vec<Block>],
    examples: &[RuleExample],
    sheet: &mut Sheet<'_>,
) -> Result<(), Error> {
    let mut shown: Vec<(usize, Family)> = Vec::new();
    for example in examples {
        let failed = sheet.failures();
        match bad_of(projects, example) {
            Some((project, place)) => {
                let (text, made) = fixed(bench, rule, project, place)?;
                let family = example.language.family();
                shown.extend(made.into_iter().map(|fix| (fix, family)));
                compare(&project[place], example, &text, sheet);
            }
            None => sheet.fail(example.line, "no bad example of its language stands before it".to_owned()),
        }
        sheet.passed_if(failed);
    }
    for (place, fix) in rule.fixes.iter().enumerate().filter(|(_, fix)| fix.bulk_form.is_none()) {
        for family in fix.languages.iter().filter(|family| !shown.contains(&(place, **family))) {
            let message =
                format!("no fixed example in {} shows the fix number {} of the document", family.name(), place + 1);
            sheet.fail(1, message);
        }
    }
    Ok(())
}

/// The bad example that becomes a fixed one: its project, and its place there.
fn bad_of<'p>(projects: &'p [Vec<Block>], fixed: &RuleExample) -> Option<(&'p [Block], usize)> {
    let is_it = |block: &Block| {
        let example = &block.example;
        let is_named = fixed.file.is_none() || fixed.file == example.file;
        is_named
            && example.kind == ExampleKind::Bad
            && example.language.family() == fixed.language.family()
            && example.line < fixed.line
    };
    let places = projects
        .iter()
        .flat_map(|project| project.iter().enumerate().map(move |(place, block)| (project, place, block)));
    let last = places.filter(|(_, _, block)| is_it(block)).max_by_key(|(_, _, block)| block.example.line);
    last.map(|(project, place, _)| (project.as_slice(), place))
}

/// The text of a block when nothing is left to fix, and which fixes were made on the way.
pub(super) fn fixed(
    bench: &Bench,
    rule: &Rule,
    project: &[Block],
    place: usize,
) -> Result<(String, Vec<usize>), Error> {
    let mut project: Vec<Block> = project.to_vec();
    for block in &mut project {
        block.text = without(&block.text, FINDING);
    }
    let mut made = Vec::new();
    for _ in 0..=MAX_PASSES {
        let mut report = run(bench, rule, &project)?;
        let block = &mut project[place];
        let mut found: Vec<&mut Finding> = report.findings.iter_mut().filter(|one| one.path == block.path).collect();
        fixes::fill(&bench.knowledge.rules, block.example.language, &block.text, &mut found);
        let wanted: Vec<Option<Fix>> = found.iter().map(|finding| finding.fixes.first().cloned()).collect();
        let (text, went_in) = apply_all(&block.text, &wanted);
        if !went_in.contains(&true) {
            return Ok((block.text.clone(), made));
        }
        let went_in = wanted.iter().zip(went_in).filter(|(_, went_in)| *went_in);
        made.extend(went_in.filter_map(|(fix, _)| Some(fix.as_ref()?.place)));
        block.text = text;
    }
    Ok((format!("after {MAX_PASSES} passes there is still something to fix:\n{}", project[place].text), made))
}

fn compare(block: &Block, example: &RuleExample, text: &str, sheet: &mut Sheet<'_>) {
    // What the example takes over has been fixed where it stands, and may be fixed here too.
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let inherited = if block.inherited == 0 { 0 } else { lines.len().saturating_sub(example.code.lines().count()) };
    let own = lines[inherited..].concat();
    if own == example.code {
        return;
    }
    let pairs = own.lines().zip(example.code.lines());
    let same = pairs.take_while(|(is, wanted)| is == wanted).count();
    let is = own.lines().nth(same).unwrap_or("the end");
    sheet.fail(example.line + same as u32, format!("the bad example becomes something else; here it has: {is}"));
}
