//! A progress bar for runs that last.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::engine::Progress;

/// Runs that are shorter show no bar.
const PATIENCE: Duration = Duration::from_secs(1);
const REDRAW: Duration = Duration::from_millis(100);

/// Does some work; after a second shows on standard error how far it is, until it is done.
pub fn shown<T>(progress: &Progress, work: impl FnOnce() -> T) -> T {
    let (done, is_done) = channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            if is_done.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let bar = ProgressBar::new(0);
            if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} files, {elapsed}") {
                bar.set_style(style);
            }
            loop {
                let (position, length) = progress.state();
                bar.set_length(length as u64);
                bar.set_position(position as u64);
                if is_done.recv_timeout(REDRAW) != Err(RecvTimeoutError::Timeout) {
                    break;
                }
            }
            bar.finish_and_clear();
        });
        // Dropped even if the work panics, so that the other thread ends.
        let _done = done;
        work()
    })
}
