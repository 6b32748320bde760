//! What is known of each file, kept until the file changes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::Scope;
use super::stamp::Stamp;
use crate::config::Configs;
use crate::engine::extraction::{self, Extracted, Extraction};
use crate::engine::knowledge::Knowledge;
use crate::engine::prefilter::Prefilter;
use crate::engine::reading::Outcome;
use crate::engine::{Error, Progress, Request};
use crate::facts;
use crate::findings::Problem;
use crate::project::Project;
use crate::project::layout::Layout;
use crate::project::sources::Sources;
use crate::workspace::walk::{self, WalkOptions};
use crate::workspace::{LineIndex, Manifests, SourceFile, Walk};

type Buffers = FxHashMap<PathBuf, Arc<str>>;

/// The files of a session.
#[derive(Debug)]
pub struct Files {
    /// The files with their settings, sorted by path, and what the manifests around them say.
    pub request: Request,
    /// Rules and models.
    pub knowledge: Arc<Knowledge>,
    layout: Layout,
    /// The row of each file in the request.
    rows: FxHashMap<PathBuf, usize>,
    stamps: Vec<Stamp>,
    /// The facts, by row.
    known: Outcome<Extracted>,
    /// What is wrong beside single files.
    problems: Vec<Problem>,
}

/// Finds the files that a session lints.
pub fn find(scope: &Scope, configs: &Configs, buffers: &Buffers) -> Walk {
    let mut found = match scope {
        Scope::Buffers => walk::named(buffers.keys().map(PathBuf::as_path), configs),
        Scope::Folder(folder) => {
            let mut found = walk::walk(&[PathBuf::from(".")], configs, WalkOptions::default());
            // A buffer of a file that was never saved.
            let new = buffers.keys().filter(|path| !path.exists() && walk::would_take(configs, folder, path));
            found.files.extend(new.filter_map(|path| SourceFile::new(configs, path.clone(), 0)));
            found.files.sort_by(|a, b| a.path.cmp(&b.path));
            found
        }
    };
    for file in &mut found.files {
        if let Some(text) = buffers.get(&file.absolute) {
            (file.size, file.text) = (text.len() as u64, Some(Arc::clone(text)));
        }
    }
    found
}

impl Files {
    /// Reads the files that were found, apart from those that `old` ones have and that did not change.
    ///
    /// # Errors
    /// For a defect of perflint.
    pub fn read(
        walk: Walk,
        configs: &Configs,
        knowledge: Arc<Knowledge>,
        old: Option<Self>,
        progress: &Arc<Progress>,
    ) -> Result<Self, Error> {
        let absolute = || walk.files.iter().map(|file| file.absolute.as_path());
        let (manifests, mut problems) = Manifests::load(configs.cwd(), absolute());
        problems.extend(walk.problems);
        let rows = absolute().enumerate().map(|(row, path)| (path.to_owned(), row)).collect();
        let progress = Arc::clone(progress);
        let request = Request { files: walk.files, settings: configs.all(), manifests, progress };
        let layout = extraction::layout(&request, &knowledge.catalog);
        let stamps = request.files.par_iter().map(stamp_of).collect();
        let known = Outcome::empty(request.files.len());
        let mut files = Self { request, knowledge, layout, rows, stamps, known, problems };
        let missing = files.take_over(old)?;
        files.extract(&missing)?;
        Ok(files)
    }

    /// Takes over what is known of files that did not change; gives the rows of the others.
    fn take_over(&mut self, old: Option<Self>) -> Result<Vec<usize>, Error> {
        let Some(mut old) = old else { return Ok((0..self.request.files.len()).collect()) };
        let mut missing = Vec::new();
        let kept = {
            let (before, now) = (old.prefilter()?, self.prefilter()?);
            let (before, now) = (old.extraction(&before), self.extraction(&now));
            let is_same = |row: usize, was: usize| {
                let (file, old_file) = (&self.request.files[row], &old.request.files[was]);
                let how = |extraction: &Extraction<'_>, file: &SourceFile| -> facts::Reading { extraction.how(file) };
                self.stamps[row] == old.stamps[was]
                    && file.outside == old_file.outside
                    && how(&now, file) == how(&before, old_file)
            };
            let same = |row: usize| {
                let was = *old.rows.get(&self.request.files[row].absolute)?;
                (old.known.results[was].is_some() && is_same(row, was)).then_some(was)
            };
            (0..self.request.files.len()).map(same).collect::<Vec<_>>()
        };
        for (row, was) in kept.into_iter().enumerate() {
            match was {
                Some(was) => self.known.results[row] = old.known.results[was].take(),
                None => missing.push(row),
            }
        }
        let is_kept = |path: &str| {
            self.request.files.iter().position(|file| file.path == path).is_some_and(|row| !missing.contains(&row))
        };
        let problems = std::mem::take(&mut old.known.problems);
        self.known.problems = problems.into_iter().filter(|one| one.path.as_deref().is_some_and(is_kept)).collect();
        Ok(missing)
    }

    fn prefilter(&self) -> Result<Prefilter<'static>, Error> {
        Prefilter::new(&self.request, &self.knowledge, None).map_err(Error::Internal)
    }

    fn extraction<'f>(&'f self, prefilter: &'f Prefilter<'f>) -> Extraction<'f> {
        Extraction { request: &self.request, knowledge: &self.knowledge, layout: &self.layout, prefilter }
    }

    fn extract(&mut self, rows: &[usize]) -> Result<(), Error> {
        let prefilter = self.prefilter()?;
        let mut known = std::mem::replace(&mut self.known, Outcome::empty(0));
        let about =
            |problem: &Problem| rows.iter().any(|&row| problem.path.as_ref() == Some(&self.request.files[row].path));
        known.problems.retain(|problem| !about(problem));
        self.extraction(&prefilter).rows(rows, &mut known);
        self.known = known;
        Ok(())
    }

    /// Whether a file (an absolute path) is one of these.
    pub fn has(&self, path: &Path) -> bool {
        self.rows.contains_key(path)
    }

    /// Reads those of some files (absolute paths) again whose text is another than it was; gives those.
    ///
    /// # Errors
    /// For a defect of perflint.
    pub fn update(
        &mut self,
        paths: impl IntoIterator<Item = PathBuf>,
        buffers: &Buffers,
    ) -> Result<Vec<PathBuf>, Error> {
        let mut changed = Vec::new();
        for path in paths {
            let Some(&row) = self.rows.get(&path) else { continue };
            let file = &mut self.request.files[row];
            file.text = buffers.get(&path).cloned();
            let stamp = stamp_of(file);
            if std::mem::replace(&mut self.stamps[row], stamp.clone()) != stamp {
                changed.push((row, path));
            }
        }
        changed.sort();
        self.extract(&changed.iter().map(|(row, _)| *row).collect::<Vec<_>>())?;
        Ok(changed.into_iter().map(|(_, path)| path).collect())
    }

    /// What could not be read or understood.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().chain(&self.known.problems)
    }

    /// Links the files, and gives the project to some work, together with the files that could be read and the lines of
    /// those with suppression comments, in the project's order.
    ///
    /// # Errors
    /// For a defect of perflint.
    pub fn linked<T>(
        &mut self,
        work: impl FnOnce(&Project<'_>, &[&SourceFile], &[Option<&LineIndex>]) -> T,
    ) -> Result<T, String> {
        let known = std::mem::take(&mut self.known.results);
        let read = |row: &usize| known[*row].is_some();
        let rows: Vec<usize> = (0..known.len()).filter(read).collect();
        let files: Vec<&SourceFile> = rows.iter().map(|&row| &self.request.files[row]).collect();
        let (mut facts, mut rest) = (Vec::new(), Vec::new());
        for extracted in known.into_iter().flatten() {
            facts.push(extracted.facts);
            rest.push((extracted.lines, extracted.parsed));
        }
        let sources = Sources::new(facts, &self.knowledge.catalog, &self.layout);
        let lines: Vec<Option<&LineIndex>> = rest.iter().map(|(lines, _)| lines.as_ref()).collect();
        let done = Project::link(&sources).map(|project| work(&project, &files, &lines));
        self.known.results.resize_with(self.request.files.len(), || None);
        for ((row, file), (lines, parsed)) in rows.into_iter().zip(sources.files).zip(rest) {
            self.known.results[row] = Some(Extracted { facts: file.facts, lines, parsed });
        }
        done
    }

    /// The rows of some files (absolute paths) among those that could be read.
    pub fn rows_of(&self, paths: &[PathBuf]) -> Vec<usize> {
        let rows = paths.iter().filter_map(|path| self.rows.get(path).copied());
        let read = rows.filter(|&row| self.known.results[row].is_some());
        let mut rows: Vec<usize> =
            read.map(|row| self.known.results[..row].iter().filter(|known| known.is_some()).count()).collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }
}

fn stamp_of(file: &SourceFile) -> Stamp {
    Stamp::new(&file.absolute, file.text.as_deref())
}
