//! How long each phase of a run took.

use std::time::{Duration, Instant};

/// Wall-clock times of the phases of a run, in order.
#[derive(Clone, Debug, Default)]
pub struct Timings {
    phases: Vec<(&'static str, Duration)>,
}

impl Timings {
    /// Does some work and notes its time under `phase`; the same phase again adds to it.
    pub fn measure<T>(&mut self, phase: &'static str, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        self.add(phase, start.elapsed());
        result
    }

    /// Adds time to a phase.
    pub fn add(&mut self, phase: &'static str, time: Duration) {
        match self.phases.iter_mut().find(|(name, _)| *name == phase) {
            Some((_, sum)) => *sum += time,
            None => self.phases.push((phase, time)),
        }
    }

    /// The phases with their times, in the order in which they began.
    pub fn into_phases(self) -> Vec<(&'static str, Duration)> {
        self.phases
    }
}
