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
use crate::facts::{self, FileFacts};
use crate::findings::Problem;
use crate::project::Project;
use crate::project::layout::Layout;
use crate::project::memory::Memory;
use crate::project::sources::{Changes, ProjectFile, Sources};
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
    /// What is known of each file, by row. The facts of those that were linked are in [`Self::linked`].
    known: Outcome<Extracted>,
    /// What the last link leaves.
    linked: Option<Linked>,
    /// What is wrong beside single files.
    problems: Vec<Problem>,
}

/// What a link leaves for the next one.
#[derive(Debug)]
struct Linked {
    /// The rows of the files that could be read.
    rows: Vec<usize>,
    /// Those files.
    files: Vec<ProjectFile>,
    memory: Memory,
    /// The places, among those files, of what was read anew since.
    changed: Vec<usize>,
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
        let mut files = Self { request, knowledge, layout, rows, stamps, known, linked: None, problems };
        let missing = files.take_over(old)?;
        files.extract(&missing)?;
        Ok(files)
    }

    /// Takes over what is known of files that did not change; gives the rows of the others.
    fn take_over(&mut self, old: Option<Self>) -> Result<Vec<usize>, Error> {
        let Some(mut old) = old else { return Ok((0..self.request.files.len()).collect()) };
        old.unlink();
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

    /// Gives the rows their facts back.
    fn unlink(&mut self) {
        self.unlink_but(&[]);
    }

    /// The same, but for rows that were just read anew.
    fn unlink_but(&mut self, read: &[usize]) {
        let Some(Linked { rows, files, changed, .. }) = self.linked.take() else { return };
        for (place, (row, file)) in rows.into_iter().zip(files).enumerate() {
            if let Some(known) = &mut self.known.results[row]
                && !changed.contains(&place)
                && !read.contains(&row)
            {
                known.facts = file.facts;
            }
        }
    }

    fn extract(&mut self, rows: &[usize]) -> Result<(), Error> {
        let prefilter = self.prefilter()?;
        let mut known = std::mem::replace(&mut self.known, Outcome::empty(0));
        let about =
            |problem: &Problem| rows.iter().any(|&row| problem.path.as_ref() == Some(&self.request.files[row].path));
        known.problems.retain(|problem| !about(problem));
        let was_read: Vec<bool> = rows.iter().map(|&row| known.results[row].is_some()).collect();
        let more = self.extraction(&prefilter).rows(rows, &mut known);
        let is_same_set = rows.iter().zip(was_read).all(|(&row, was_read)| known.results[row].is_some() == was_read);
        self.known = known;
        match &mut self.linked {
            Some(linked) if is_same_set => {
                let places = rows.iter().chain(&more).filter_map(|row| linked.rows.binary_search(row).ok());
                linked.changed.extend(places);
                linked.changed.sort_unstable();
                linked.changed.dedup();
            }
            // The files have other numbers now.
            _ => {
                let read: Vec<usize> = rows.iter().chain(&more).copied().collect();
                self.unlink_but(&read);
            }
        }
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
        let catalog = &self.knowledge.catalog;
        let (sources, changes, memory, rows) = match self.linked.take() {
            Some(Linked { rows, files, memory, changed }) => {
                let mut facts = |place: usize| Some((place, take_facts(self.known.results[rows[place]].as_mut()?)));
                let facts = changed.into_iter().filter_map(&mut facts).collect();
                let (sources, changes) = Sources::again(files, facts, catalog, &self.layout);
                (sources, changes, memory, rows)
            }
            None => {
                let results = self.known.results.iter_mut().enumerate();
                let known = results.filter_map(|(row, known)| Some((row, take_facts(known.as_mut()?))));
                let (rows, facts) = known.unzip();
                (Sources::new(facts, catalog, &self.layout), Changes::default(), Memory::default(), rows)
            }
        };
        let files: Vec<&SourceFile> = rows.iter().map(|&row| &self.request.files[row]).collect();
        let lines_of = |row: &usize| self.known.results[*row].as_ref().and_then(|known| known.lines.as_ref());
        let lines: Vec<Option<&LineIndex>> = rows.iter().map(lines_of).collect();
        let done = Project::relinked(&sources, memory, &changes, |project| work(project, &files, &lines));
        let files = sources.files;
        let (done, memory) = match done {
            Ok((done, memory)) => (Ok(done), memory),
            Err(error) => (Err(error), Memory::default()),
        };
        self.linked = Some(Linked { rows, files, memory, changed: Vec::new() });
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

fn take_facts(known: &mut Extracted) -> Box<FileFacts> {
    let nothing = facts::unparsed(&known.facts.path, known.facts.language);
    std::mem::replace(&mut known.facts, Box::new(nothing))
}
