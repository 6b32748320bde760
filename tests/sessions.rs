//! After any edits, a session reports what a fresh run over the same texts reports.
//!
//! The edits are random, and the same each time. `PERFLINT_SESSION_FOLDER` names another folder than `fixtures/`,
//! `PERFLINT_SESSION_EDITS` how many edits there are, `PERFLINT_SESSION_SEED` other ones.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use perflint::config::{Configs, Overrides, Source};
use perflint::engine::knowledge::Knowledge;
use perflint::engine::lint::lint;
use perflint::engine::session::{Part, Scope, Session};
use perflint::engine::{Progress, Request};
use perflint::findings::Finding;
use perflint::workspace::walk::WalkOptions;
use perflint::workspace::{Manifests, walk};

/// Knuth's MMIX generator.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound.max(1)
    }

    fn of<'t, T>(&mut self, some: &'t [T]) -> &'t T {
        &some[self.below(some.len())]
    }
}

/// The files of a project, as they were and as they are.
struct Texts {
    paths: Vec<PathBuf>,
    first: Vec<String>,
    now: Vec<String>,
}

impl Texts {
    fn of(request: &Request) -> Self {
        let paths: Vec<PathBuf> = request.files.iter().map(|file| file.absolute.clone()).collect();
        let first: Vec<String> = paths.iter().map(|path| std::fs::read_to_string(path).unwrap_or_default()).collect();
        Self { paths, now: first.clone(), first }
    }

    /// Changes a file; its row.
    fn edit(&mut self, random: &mut Random) -> usize {
        let row = random.below(self.paths.len());
        let other = random.below(self.paths.len());
        let mut lines: Vec<String> = self.now[row].split_inclusive('\n').map(str::to_owned).collect();
        let at = random.below(lines.len() + 1);
        let from: Vec<&str> = self.now[other].split_inclusive('\n').collect();
        match random.below(10) {
            // Code is cut and comes back, so that the project stays one.
            0..=2 => lines = self.first[row].split_inclusive('\n').map(str::to_owned).collect(),
            3 if !lines.is_empty() => drop(lines.remove(at.min(lines.len() - 1))),
            4 if !from.is_empty() => lines.insert(at, (*random.of(&from)).to_owned()),
            5 => lines.insert(at, "\n".to_owned()),
            6 => lines.truncate(at),
            7 if lines.len() > 1 => {
                let end = (at + 1 + random.below(12)).min(lines.len());
                let copied: Vec<String> = lines[at.min(end)..end].to_vec();
                lines.extend(copied);
            }
            8 if !lines.is_empty() => lines[at.min(self.now[row].lines().count() - 1)] = self.renamed(row, random),
            _ if !lines.is_empty() => {
                let at = at.min(lines.len() - 1);
                let mut line: Vec<char> = lines[at].chars().collect();
                let place = random.below(line.len());
                let typed = *random.of(&['x', '(', ')', '.', ' ', '"', ':', '{', '}', 'n']);
                if random.below(2) == 0 {
                    line.insert(place, typed);
                } else {
                    line.remove(place);
                }
                lines[at] = line.into_iter().collect();
            }
            _ => {}
        }
        self.now[row] = lines.concat();
        row
    }

    /// A line with a word of another line in place of one of its own.
    fn renamed(&self, row: usize, random: &mut Random) -> String {
        let lines: Vec<&str> = self.now[row].split_inclusive('\n').collect();
        let (line, other) = (*random.of(&lines), *random.of(&lines));
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let of = |line: &str| -> Vec<String> {
            line.split(|c| !is_word(c)).filter(|word| word.len() > 2).map(str::to_owned).collect()
        };
        match (of(line), of(other)) {
            (mine, theirs) if !mine.is_empty() && !theirs.is_empty() => {
                line.replacen(random.of(&mine).as_str(), random.of(&theirs).as_str(), 1)
            }
            _ => line.to_owned(),
        }
    }
}

fn request(folder: &Path) -> Request {
    let configs = Configs::new(folder, &Source::Nearest, Overrides::default());
    let found = walk(&[PathBuf::from(".")], &configs, WalkOptions::default());
    let manifests = Manifests::load(folder, found.files.iter().map(|file| file.absolute.as_path())).0;
    Request { files: found.files, settings: configs.all(), manifests, progress: Arc::default() }
}

fn fresh(request: &mut Request, texts: &Texts, knowledge: &Knowledge) -> Vec<Finding> {
    for (file, text) in request.files.iter_mut().zip(&texts.now) {
        file.text = Some(text.as_str().into());
    }
    lint(request, knowledge, Instant::now()).unwrap().findings
}

/// The first finding that only one of two reports has.
fn difference(session: &[Finding], fresh: &[Finding]) -> String {
    let lacks = fresh.iter().find(|finding| !session.contains(finding));
    let more = session.iter().find(|finding| !fresh.contains(finding));
    format!("the session lacks {lacks:#?}\nand has {more:#?}")
}

fn number(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).ok().and_then(|number| number.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn after_random_edits_a_session_reports_what_a_fresh_run_does() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let folder = std::env::var_os("PERFLINT_SESSION_FOLDER").map_or(fixtures, PathBuf::from);
    let edits = number("PERFLINT_SESSION_EDITS", 300);
    let mut random = Random(number("PERFLINT_SESSION_SEED", 1) as u64);
    let knowledge = Knowledge::load(&[], &[]).unwrap();
    let mut request = request(&folder);
    let mut texts = Texts::of(&request);
    let mut session = Session::new(Scope::Folder(folder), Source::Nearest, Overrides::default());
    let progress = Arc::<Progress>::default();
    let (mut compared, mut longest) = (0, 0);
    for edit in 0..edits {
        for _ in 0..=random.below(2) {
            let row = texts.edit(&mut random);
            session.set_buffer(&texts.paths[row], Some(texts.now[row].as_str().into()));
        }
        let mut early: Option<Vec<Finding>> = None;
        let mut told = |part: Part<'_>| {
            early = Some(part.report.findings.clone());
            true
        };
        assert!(session.refresh(&texts.paths, &progress, &mut told).unwrap());
        let found = &session.report().unwrap().findings;
        assert!(early.is_none_or(|early| early == *found), "what is told early holds");
        if edit % 10 == 9 || edit + 1 == edits {
            let expected = fresh(&mut request, &texts, &knowledge);
            assert!(*found == expected, "after {edit} edits {}", difference(found, &expected));
            compared += 1;
            longest = longest.max(expected.len());
        }
    }
    assert!(compared > 0 && longest > 10, "there was something to compare: {longest} findings");
}
