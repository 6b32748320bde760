//! Reading all files of a request, in parallel, the biggest first.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use super::Request;
use crate::findings::Problem;
use crate::findings::report::{SkipReason, Stats};
use crate::workspace::source::{self, Reading};
use crate::workspace::{Source, SourceFile};

/// What became of the files.
#[derive(Debug)]
pub struct Outcome<T> {
    /// What the work gave for each file, in the order of [`Request::files`]; `None` where there was nothing to read.
    pub results: Vec<Option<T>>,
    /// Files that could not be read, or that the work failed on.
    pub problems: Vec<Problem>,
    /// Files and lines read, files skipped.
    pub stats: Stats,
}

enum Step<T> {
    Done { result: T, lines: usize, broken: bool },
    Skipped(SkipReason),
    Failed(Problem),
}

impl<T> Outcome<T> {
    /// Of so many files, none of which was read yet.
    pub fn empty(files: usize) -> Self {
        Self {
            results: std::iter::repeat_with(|| None).take(files).collect(),
            problems: Vec::new(),
            stats: Stats::default(),
        }
    }

    /// Takes what another reading of some of the files gave.
    pub fn replace(&mut self, mut again: Self, rows: &[usize]) {
        for &row in rows {
            self.results[row] = again.results[row].take();
        }
        for problem in again.problems {
            if !self.problems.contains(&problem) {
                self.problems.push(problem);
            }
        }
        self.stats.files += again.stats.files;
        self.stats.lines += again.stats.lines;
        for (reason, count) in again.stats.skipped {
            *self.stats.skipped.entry(reason).or_insert(0) += count;
        }
    }
}

/// Does some work on the text of some of a request's files, given by their rows, on the current thread pool. A panic of
/// the work is a problem of that file.
pub fn each_file<T: Send>(
    request: &Request,
    mut order: Vec<usize>,
    work: impl Fn(&SourceFile, Source) -> T + Sync,
) -> Outcome<T> {
    order.sort_by_key(|&row| std::cmp::Reverse(request.files[row].size));
    request.progress.expect(order.len());
    let steps: Vec<(usize, Step<T>)> = order
        .into_par_iter()
        .with_max_len(1)
        .map(|row| {
            let step = one_file(&request.files[row], &work);
            request.progress.step();
            (row, step)
        })
        .collect();
    let mut outcome = Outcome::empty(request.files.len());
    for (row, step) in steps {
        match step {
            Step::Done { result, lines, broken } => {
                outcome.stats.files += 1;
                outcome.stats.lines += lines;
                outcome.results[row] = Some(result);
                if broken {
                    let message = "much of this file is not UTF-8; what is not was replaced";
                    outcome.problems.push(Problem::file(&request.files[row].path, message));
                }
            }
            Step::Skipped(reason) => *outcome.stats.skipped.entry(reason).or_insert(0) += 1,
            Step::Failed(problem) => outcome.problems.push(problem),
        }
    }
    outcome
}

fn one_file<T>(file: &SourceFile, work: impl Fn(&SourceFile, Source) -> T) -> Step<T> {
    let read = match &file.text {
        Some(text) => Ok(Reading::of_text(text, file.is_asked_for)),
        None => source::read(&file.absolute, &file.path),
    };
    match read {
        Ok(Reading::Source(source)) => {
            let (lines, broken) = (source.lines.count(), source.broken);
            match catch_unwind(AssertUnwindSafe(|| work(file, source))) {
                Ok(result) => Step::Done { result, lines, broken },
                Err(_) => Step::Failed(
                    Problem::internal("perflint failed on this file; the rest of the run holds").at(&*file.path, None),
                ),
            }
        }
        Ok(Reading::Skipped(reason)) => Step::Skipped(reason),
        Err(problem) => Step::Failed(problem),
    }
}
