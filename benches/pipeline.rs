//! What a run costs, phase by phase, beside tree-sitter's parsing of the same files.
//!
//! `cargo bench --bench pipeline` measures the shops of `fixtures/`, repeated; `cargo bench --bench pipeline -- FOLDER…`
//! (or the variable `PERFLINT_BENCH` with a folder) measures any other folder. `--rounds N` sets how often each phase is
//! measured (the cheapest round counts; 3 unless told). `docs/performance.md` tells how to read the table.
#![allow(clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use perflint::config::discover::Source as ConfigSource;
use perflint::config::{Configs, Overrides};
use perflint::engine::extraction::{Extracted, Extraction};
use perflint::engine::knowledge::Knowledge;
use perflint::engine::prefilter::Prefilter;
use perflint::engine::{Request, extraction, lint};
use perflint::project::Project;
use perflint::project::sources::Sources;
use perflint::syntax::Parsers;
use perflint::workspace::source::{self, Reading};
use perflint::workspace::walk::WalkOptions;
use perflint::workspace::{Manifests, SourceFile, walk};

/// The same as in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often the fixtures are repeated to make a corpus.
const COPIES: usize = 150;
/// Code may nest deeply, and walks of its tree may recurse.
const STACK: usize = 32 * 1024 * 1024;
/// Set for the process of its own that measures memory: its value is the folder.
const CHILD: &str = "PERFLINT_BENCH_CHILD";

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    if let Some(folder) = std::env::var_os(CHILD) {
        return whole_run(Path::new(&folder));
    }
    let (mut folders, rounds) = arguments();
    if folders.is_empty() {
        folders.push(repeated_fixtures()?);
    }
    for folder in folders {
        let work = std::thread::Builder::new().stack_size(STACK).spawn(move || measure(&folder, rounds))?;
        work.join().map_err(|_| "the measurement failed")??;
    }
    Ok(())
}

fn arguments() -> (Vec<PathBuf>, usize) {
    let mut folders: Vec<PathBuf> = std::env::var_os("PERFLINT_BENCH").map(PathBuf::from).into_iter().collect();
    let mut rounds = 3;
    let mut words = std::env::args_os().skip(1);
    while let Some(word) = words.next() {
        if word == "--rounds" {
            let number = words.next().and_then(|number| number.to_str()?.parse().ok());
            rounds = number.unwrap_or(rounds).max(1);
        } else if !word.to_string_lossy().starts_with("--") {
            folders.push(PathBuf::from(word));
        }
    }
    (folders, rounds)
}

/// A corpus made of copies of the fixtures, so that it is as long as a real project.
fn repeated_fixtures() -> Result<PathBuf, Failure> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let corpus = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-corpus");
    if corpus.exists() {
        std::fs::remove_dir_all(&corpus)?;
    }
    for copy in 0..COPIES {
        copy_folder(&fixtures, &corpus.join(format!("shop{copy}")))?;
    }
    Ok(corpus)
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// CPU time of this thread in nanoseconds; without `/proc`, time since some moment.
fn clock() -> Duration {
    let scheduled = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = scheduled.and_then(|text| text.split_whitespace().next()?.parse().ok());
    nanoseconds.map_or_else(since_start, Duration::from_nanos)
}

fn since_start() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// Does some work; its time and its result.
fn once<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = clock();
    let result = work();
    (clock().saturating_sub(start), result)
}

/// Does some work as often as asked; the cheapest round's time, and the last result.
fn timed<T>(rounds: usize, mut work: impl FnMut() -> T) -> (Duration, T) {
    let (mut best, mut result) = once(&mut work);
    for _ in 1..rounds {
        drop(result);
        let (time, again) = once(&mut work);
        best = best.min(time);
        result = again;
    }
    (best, result)
}

fn request(folder: &Path, threads: usize) -> Result<Request, Failure> {
    let folder = std::path::absolute(folder)?;
    let configs = Configs::new(&folder, &ConfigSource::Isolated, Overrides::default());
    let found = walk(std::slice::from_ref(&folder), &configs, WalkOptions { force_exclude: false, threads });
    let paths = found.files.iter().map(|file| file.absolute.as_path());
    let manifests = Manifests::load(&folder, paths).0;
    Ok(Request { files: found.files, settings: configs.all(), manifests, progress: Arc::default() })
}

/// Puts the text of every file into the request; files that a run leaves alone drop out.
fn read(mut request: Request) -> Request {
    let with_text = |file: SourceFile| match source::read(&file.absolute, &file.path) {
        Ok(Reading::Source(source)) => Some(SourceFile { text: Some(source.text.into()), ..file }),
        _ => None,
    };
    request.files = request.files.into_iter().filter_map(with_text).collect();
    request
}

/// Measures every phase on this thread alone, then a whole run in a process of its own.
fn measure(folder: &Path, rounds: usize) -> Result<(), Failure> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build()?;
    pool.install(|| phases(folder, rounds))
}

fn phases(folder: &Path, rounds: usize) -> Result<(), Failure> {
    let (load, knowledge) = timed(rounds, || Knowledge::load(&[], &[]));
    let knowledge = knowledge.map_err(|error| error.to_string())?;
    let (reading, request) = timed(rounds, || request(folder, 1).map(read));
    let request = request?;
    let bytes: usize = request.files.iter().filter_map(|file| file.text.as_ref()).map(|text| text.len()).sum();
    let (parsing, ()) = timed(rounds, || parse_all(request.files.iter()));
    let layout = extraction::layout(&request, &knowledge.catalog);
    let prefilter = Prefilter::new(&request, &knowledge, None)?;
    let extraction = Extraction { request: &request, knowledge: &knowledge, layout: &layout, prefilter: &prefilter };
    let (facts, outcome) = timed(rounds, || extraction.all());
    let lines = outcome.stats.lines;
    let parsed = |(_, result): &(_, &Option<Extracted>)| result.as_ref().is_some_and(|file| file.parsed);
    let needed: Vec<&SourceFile> =
        request.files.iter().zip(&outcome.results).filter(parsed).map(|(file, _)| file).collect();
    let (parsing_needed, ()) = timed(rounds, || parse_all(needed.iter().copied()));
    let files: Vec<&SourceFile> = request
        .files
        .iter()
        .zip(&outcome.results)
        .filter(|(_, result)| result.is_some())
        .map(|(file, _)| file)
        .collect();
    let facts_of_files: Vec<_> = outcome.results.into_iter().flatten().map(|file| file.facts).collect();
    let (indexing, sources) = once(|| Sources::new(facts_of_files, &knowledge.catalog, &layout));
    let (linking, project) = timed(rounds, || Project::link(&sources));
    let project = project?;
    let all: Vec<usize> = (0..files.len()).collect();
    let (rules, found) = timed(rounds, || lint::find(&project, &files, &all, &knowledge.rules, &|_| true));
    let findings: usize = found.0.iter().map(Vec::len).sum();

    let mb = bytes as f64 / 1e6;
    println!("{}: {} files, {lines} lines, {mb:.1} MB, {findings} matches", folder.display(), files.len());
    println!("{:<28}{:>10}{:>16}", "phase", "CPU ms", "of parsing");
    let row = |name: &str, time: Duration| {
        let ratio = time.as_secs_f64() / parsing.as_secs_f64().max(1e-9);
        println!("{name:<28}{:>10.1}{ratio:>16.2}", time.as_secs_f64() * 1e3);
    };
    let own = facts.saturating_sub(parsing_needed);
    row("rules and library models", load);
    row("walk and read", reading);
    row("tree-sitter parsing alone", parsing);
    row(&format!("of the {} files read", needed.len()), parsing_needed);
    row("facts, parsing left out", own);
    row("link", indexing + linking);
    row("rules", rules);
    row("whole run", load + reading + facts + indexing + linking + rules);
    drop(project);
    in_own_process(folder)
}

fn parse_all<'f>(files: impl Iterator<Item = &'f SourceFile>) {
    let mut parsers = Parsers::new();
    for file in files {
        std::hint::black_box(file.text.as_ref().map(|text| parsers.parse(file.language, text)));
    }
}

/// A run with all threads in a process of its own, where nothing else has used memory.
fn in_own_process(folder: &Path) -> Result<(), Failure> {
    let output = Command::new(std::env::current_exe()?).env(CHILD, folder).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    println!("{}", String::from_utf8_lossy(&output.stdout));
    Ok(())
}

fn whole_run(folder: &Path) -> Result<(), Failure> {
    let started = Instant::now();
    let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK).build()?;
    let knowledge = Knowledge::load(&[], &[]).map_err(|error| error.to_string())?;
    let request = request(folder, 0)?;
    let report = pool.install(|| lint::lint(&request, &knowledge, started)).map_err(|error| error.to_string())?;
    let phases = report.stats.phases.iter().map(|(name, time)| format!("{name} {:.2} s", time.as_secs_f64()));
    println!(
        "with {} threads: {:.2} s wall ({}), peak memory {}",
        pool.current_num_threads(),
        started.elapsed().as_secs_f64(),
        phases.collect::<Vec<_>>().join(", "),
        peak_memory().unwrap_or_else(|| "not known on this system".to_owned())
    );
    Ok(())
}

/// The most memory that this process has held, where the system tells.
fn peak_memory() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kilobytes: f64 =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()?;
    Some(format!("{:.0} MB", kilobytes * 1024.0 / 1e6))
}
