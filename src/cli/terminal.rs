//! The standard streams, and how text on them looks.

use std::io::{IsTerminal, Write};

use super::Status;
use super::args::Color;
use crate::findings::Problem;
use crate::output::{Sources, Style, human};

/// Text for files and pipes is wrapped at this column.
const PLAIN_WIDTH: usize = 100;
const WIDTHS: std::ops::RangeInclusive<usize> = 60..=140;

/// What is known of the standard streams.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    color: Color,
    unicode: bool,
    /// Whether standard error is a terminal.
    pub shows_progress: bool,
}

impl Terminal {
    /// Looks at the streams and the environment.
    pub fn new(color: Color) -> Self {
        let locale =
            ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
        let unicode = cfg!(any(windows, target_os = "macos"))
            || locale.is_some_and(|locale| ["utf-8", "utf8"].iter().any(|name| locale.to_lowercase().contains(name)));
        Self { color, unicode, shows_progress: std::io::stderr().is_terminal() }
    }

    /// How text on standard output looks.
    pub fn stdout(&self) -> Style {
        self.style(std::io::stdout().is_terminal())
    }

    /// How text on standard error looks.
    pub fn stderr(&self) -> Style {
        self.style(self.shows_progress)
    }

    /// How text in a file looks.
    pub fn file(&self) -> Style {
        Style { color: false, ..self.style(false) }
    }

    fn style(&self, is_terminal: bool) -> Style {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let color = match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => is_terminal && !set("NO_COLOR") && !dumb,
        };
        let width = if is_terminal { columns_of_terminal() } else { PLAIN_WIDTH };
        Style { color, unicode: self.unicode, width: width.clamp(*WIDTHS.start(), *WIDTHS.end()) }
    }

    /// Shows problems on standard error.
    pub fn problems(&self, problems: &[Problem], sources: &dyn Sources) {
        warn(&human::problems(problems, sources, self.stderr()));
    }

    /// Says on standard error why nothing could be done.
    pub fn fail(&self, message: &str) -> Status {
        warn(&format!("error: {message}\n"));
        Status::Failed
    }
}

fn columns_of_terminal() -> usize {
    terminal_size::terminal_size().map_or(PLAIN_WIDTH, |(width, _)| usize::from(width.0))
}

/// Writes to standard output.
///
/// # Errors
/// Standard output is closed or full.
pub fn write_out(text: &str) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Writes to standard error. Nobody can be told if that fails.
pub fn warn(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
