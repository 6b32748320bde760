//! The thread that lints, so that the one that talks to the client never waits.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender};
use rustc_hash::FxHashMap;

use super::diagnostics::Findings;
use super::options::Options;
use super::teller::Teller;
use crate::config::{Overrides, Source as ConfigSource};
use crate::engine::Progress;
use crate::engine::session::{Part, Scope, Session};
use crate::findings::RuleInfo;
use crate::workspace::Columns;

/// Code may nest deeply, and walks of its tree may recurse.
const STACK: usize = 32 * 1024 * 1024;

/// Something that changes what there is to report.
#[derive(Clone, Debug)]
pub enum Job {
    /// The folders that are open and the user's settings: together, so that nothing is linted, and no end of it told, with one
    /// of them only.
    Setup(Vec<PathBuf>, Options),
    /// The text of a file in the editor; `None` when the file on disk holds again.
    Buffer(PathBuf, Option<Arc<str>>),
    /// These files were written, made or deleted.
    Changed(Vec<PathBuf>),
}

/// What the thread has to say.
#[derive(Debug)]
pub enum News {
    /// Files are being read, for a while.
    Scanning(Arc<Progress>),
    /// What is reported in some files changed.
    Changed {
        /// The number of the last job that is taken into account.
        number: u64,
        /// All rules.
        rules: Arc<Vec<RuleInfo>>,
        /// Files of which is said now what holds, changed or not.
        judged: Vec<PathBuf>,
        /// The files; `None` where nothing is reported any more.
        files: Vec<(PathBuf, Option<Arc<Findings>>)>,
    },
    /// Everything up to a job was done.
    Done {
        /// The job's number.
        number: u64,
        /// What is wrong, in words, where no file shows it.
        problems: Vec<String>,
    },
}

/// How the server was started.
#[derive(Clone, Debug)]
pub struct Start {
    /// Where configurations come from, unless the user's settings name one.
    pub source: ConfigSource,
    /// How many threads to use; 0 for as many as the machine has.
    pub threads: usize,
    /// The unit of columns.
    pub columns: Columns,
    /// Whether the client shows related places.
    pub related: bool,
}

/// The thread's state.
struct Worker {
    start: Start,
    news: Sender<News>,
    options: Options,
    folders: Vec<PathBuf>,
    buffers: FxHashMap<PathBuf, Arc<str>>,
    sessions: Vec<Session>,
    teller: Teller,
}

/// Starts the thread. It ends when either channel is closed.
///
/// # Errors
/// Threads cannot be started.
pub fn spawn(start: Start, jobs: Receiver<(u64, Job)>, news: Sender<News>) -> std::io::Result<()> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(start.threads).stack_size(STACK).build();
    let pool = pool.map_err(std::io::Error::other)?;
    let teller = Teller::new(news.clone(), start.columns, start.related);
    let mut worker = Worker {
        start,
        news,
        teller,
        options: Options::default(),
        folders: Vec::new(),
        buffers: FxHashMap::default(),
        sessions: Vec::new(),
    };
    std::thread::Builder::new().name("lint".to_owned()).stack_size(STACK).spawn(move || {
        while let Ok((mut number, job)) = jobs.recv() {
            worker.take(job);
            // What came in meanwhile is done in one go.
            for (later, job) in jobs.try_iter() {
                number = later;
                worker.take(job);
            }
            if pool.install(|| worker.lint(number, &jobs)).is_none() {
                break;
            }
        }
    })?;
    Ok(())
}

impl Worker {
    fn take(&mut self, job: Job) {
        match job {
            Job::Setup(folders, options) => {
                self.options = options;
                if self.sessions.is_empty() || self.folders != folders {
                    self.folders = folders;
                    self.open_sessions();
                }
                let (source, overrides) = self.configuration();
                for session in &mut self.sessions {
                    session.configure(source.clone(), overrides.clone());
                }
            }
            Job::Buffer(path, text) => {
                if let Some(session) = self.session_of(&path) {
                    self.sessions[session].set_buffer(&path, text.clone());
                }
                match text {
                    Some(text) => self.buffers.insert(path, text),
                    None => self.buffers.remove(&path),
                };
            }
            Job::Changed(paths) => {
                for session in &mut self.sessions {
                    paths.iter().for_each(|path| session.file_changed(path));
                }
            }
        }
    }

    fn configuration(&self) -> (ConfigSource, Overrides) {
        let first = self.folders.first().map_or(Path::new(""), PathBuf::as_path);
        let named = self.options.config.as_ref().map(|path| ConfigSource::File(first.join(path)));
        let overrides = Overrides { min_confidence: self.options.min_confidence, ..Overrides::default() };
        (named.unwrap_or_else(|| self.start.source.clone()), overrides)
    }

    /// A session for each folder that is open, and one for what lies in none of them.
    fn open_sessions(&mut self) {
        let scopes = self.folders.iter().cloned().map(Scope::Folder).chain([Scope::Buffers]);
        let mut old = std::mem::take(&mut self.sessions);
        let (source, overrides) = self.configuration();
        for scope in scopes {
            let known = old.iter().position(|session| *session.scope() == scope).map(|at| old.swap_remove(at));
            let session = known.unwrap_or_else(|| Session::new(scope, source.clone(), overrides.clone()));
            self.sessions.push(session);
        }
        // Buffers may belong to other sessions now.
        for (path, text) in self.buffers.clone() {
            let owner = self.session_of(&path);
            for (at, session) in self.sessions.iter_mut().enumerate() {
                session.set_buffer(&path, (owner == Some(at)).then(|| Arc::clone(&text)));
            }
        }
    }

    /// The session that reports on a file: that of the deepest folder around it.
    fn session_of(&self, path: &Path) -> Option<usize> {
        let depth = |session: &Session| match session.scope() {
            Scope::Folder(folder) => path.starts_with(folder).then(|| folder.components().count() + 1),
            Scope::Buffers => Some(0),
        };
        let depths = self.sessions.iter().enumerate().filter_map(|(at, session)| Some((depth(session)?, at)));
        depths.max().map(|(_, at)| at)
    }

    /// Lints what changed, and says so; `None` when nobody listens any more.
    fn lint(&mut self, number: u64, jobs: &Receiver<(u64, Job)>) -> Option<()> {
        let mut problems = Vec::new();
        self.teller.begin(number);
        for at in 0..self.sessions.len() {
            if self.options.enable {
                match self.refresh(at, jobs) {
                    Ok(true) => {}
                    // More came in: all is told when that is done as well.
                    Ok(false) => return Some(()),
                    Err(problem) => problems.push(problem),
                }
                let Self { folders, sessions, teller, .. } = &mut *self;
                let folder = sessions[at].folder();
                teller.tell_all(&sessions[at], &|path| !is_of_another(folders, folder, path))?;
            }
        }
        self.teller.end()?;
        let unplaced = self.sessions.iter().flat_map(Session::problems).filter(|problem| problem.path.is_none());
        problems.extend(unplaced.map(|problem| problem.message.clone()));
        self.news.send(News::Done { number, problems }).ok()
    }

    /// Brings a session up to date; tells of the open documents before the rest is done, and leaves that if there are other
    /// jobs by then. Whether all was done.
    fn refresh(&mut self, at: usize, jobs: &Receiver<(u64, Job)>) -> Result<bool, String> {
        let (source, overrides) = self.configuration();
        let Self { news, folders, buffers, sessions, teller, .. } = self;
        let session = &mut sessions[at];
        let progress = Arc::<Progress>::default();
        if session.is_stale() {
            let _ = news.send(News::Scanning(Arc::clone(&progress)));
        }
        let open: Vec<PathBuf> = buffers.keys().cloned().collect();
        let scope = session.scope().clone();
        let folder = session.folder().to_owned();
        let mut early = |part: Part<'_>| {
            let listens = teller.tell(&folder, &part, &|path| !is_of_another(folders, &folder, path));
            listens.is_some() && jobs.is_empty()
        };
        match catch_unwind(AssertUnwindSafe(|| session.refresh(&open, &progress, &mut early))) {
            Ok(outcome) => outcome.map_err(|error| error.to_string()),
            Err(_) => {
                // What is half done cannot be trusted: with the next change all is read again.
                *session = Session::new(scope, source, overrides);
                let own = buffers.iter().filter(|(path, _)| path.starts_with(&folder));
                own.for_each(|(path, text)| session.set_buffer(path, Some(Arc::clone(text))));
                Err("perflint failed; please report what was edited last".to_owned())
            }
        }
    }
}

/// Whether a file below a folder lies in another open one that is deeper.
fn is_of_another(folders: &[PathBuf], folder: &Path, path: &Path) -> bool {
    folders.iter().any(|other| other != folder && other.starts_with(folder) && path.starts_with(other))
}
