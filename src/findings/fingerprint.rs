//! Fingerprints: what stays the same when lines move.

use rustc_hash::FxHashMap;

use super::Finding;

/// Characters that a line's hash looks at, from the line's start on.
const WINDOW: usize = 100;
const FACTOR: i64 = 37;
/// No UTF-16 text holds this unit as a character; it marks the end.
const END: u16 = 0xFFFF;

/// For each line, the hash that GitHub's upload action gives it: a rolling hash over the next hundred UTF-16 units
/// without blanks, as `hash:occurrence`. Row 0 is line 1. `text` must be the file as stored (a byte order mark counts).
pub fn line_hashes(text: &str) -> Vec<String> {
    let mut state = Rolling::new();
    for unit in text.encode_utf16() {
        state.take(unit);
    }
    state.take(END);
    state.finish()
}

/// The ring of the last hundred characters with the lines that start among them.
struct Rolling {
    window: [i64; WINDOW],
    starts: [Option<usize>; WINDOW],
    first_factor: i64,
    hash: i64,
    index: usize,
    lines: usize,
    at_line_start: bool,
    after_cr: bool,
    seen: FxHashMap<i64, u32>,
    hashes: Vec<String>,
}

impl Rolling {
    fn new() -> Self {
        let first_factor = (0..WINDOW).fold(1i64, |product, _| product.wrapping_mul(FACTOR));
        Self {
            window: [0; WINDOW],
            starts: [None; WINDOW],
            first_factor,
            hash: 0,
            index: 0,
            lines: 0,
            at_line_start: true,
            after_cr: false,
            seen: FxHashMap::default(),
            hashes: Vec::new(),
        }
    }

    fn take(&mut self, unit: u16) {
        let (space, tab, lf, cr) = (u16::from(b' '), u16::from(b'\t'), u16::from(b'\n'), u16::from(b'\r'));
        if unit == space || unit == tab || (self.after_cr && unit == lf) {
            self.after_cr = false;
            return;
        }
        self.after_cr = unit == cr;
        let unit = if unit == cr { lf } else { unit };
        self.emit();
        if self.at_line_start {
            self.at_line_start = false;
            self.starts[self.index] = Some(self.lines);
            self.lines += 1;
            self.hashes.push(String::new());
        }
        self.at_line_start = unit == lf;
        self.push(i64::from(unit));
    }

    /// Writes the hash of the line that began a whole window ago.
    fn emit(&mut self) {
        let Some(line) = self.starts[self.index].take() else { return };
        let count = self.seen.entry(self.hash).or_insert(0);
        *count += 1;
        self.hashes[line] = format!("{:x}:{count}", self.hash as u64);
    }

    fn push(&mut self, value: i64) {
        let oldest = std::mem::replace(&mut self.window[self.index], value);
        self.hash =
            FACTOR.wrapping_mul(self.hash).wrapping_add(value).wrapping_sub(self.first_factor.wrapping_mul(oldest));
        self.index = (self.index + 1) % WINDOW;
    }

    fn finish(mut self) -> Vec<String> {
        for _ in 0..WINDOW {
            self.emit();
            self.push(0);
        }
        self.hashes
    }
}

/// What a finding is, wherever it stands: rule, enclosing function and the marked code without its blanks.
pub fn content(finding: &Finding, snippet: &str) -> String {
    let code: String = snippet.split_whitespace().collect();
    format!("{}\n{}\n{code}", finding.rule, finding.function.as_deref().unwrap_or(""))
}

/// Sixteen hex digits that stand for some bytes.
pub fn hex(bytes: &[u8]) -> String {
    format!("{:016x}", fnv(bytes))
}

/// A stable fingerprint for each finding, in the order given: sixteen hex digits of its path and content, and an ordinal
/// that tells equal ones apart. `snippet` gives the code that a finding marks.
pub fn fingerprints(findings: &[Finding], snippet: impl Fn(&Finding) -> String) -> Vec<String> {
    fingerprints_at(findings, |finding| finding.path.clone(), snippet)
}

/// The same with other paths than those of the report, for readers that bring reports of several folders together.
pub fn fingerprints_at(
    findings: &[Finding],
    path: impl Fn(&Finding) -> String,
    snippet: impl Fn(&Finding) -> String,
) -> Vec<String> {
    let mut seen: FxHashMap<String, u32> = FxHashMap::default();
    findings
        .iter()
        .map(|finding| {
            let stem = format!("{}\n{}", path(finding), content(finding, &snippet(finding)));
            let hash = hex(stem.as_bytes());
            let count = seen.entry(hash.clone()).or_insert(0);
            *count += 1;
            format!("{hash}:{count}")
        })
        .collect()
}

/// FNV-1a, 64 bits: the value must not change between versions or machines, as a hasher of a library may.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_hashes_are_those_of_the_upload_action() {
        assert_eq!(line_hashes(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(
            line_hashes(" a\nb\n  \t\tc\n d"),
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]
        );
        let lf = line_hashes(" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n");
        assert_eq!(lf[0], "e9496ae3ebfced30:1");
        assert_eq!(lf[6], "c129715d7a2bc9a3:1");
        for text in [
            " hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r",
            " hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n",
        ] {
            assert_eq!(line_hashes(text), lf);
        }
    }

    #[test]
    fn equal_lines_are_counted() {
        let text = "x".repeat(120) + "\n";
        let hashes = line_hashes(&text.repeat(3));
        assert_eq!(hashes.len(), 4);
        let stem = hashes[0].split(':').next().unwrap();
        assert_eq!(hashes[1], format!("{stem}:2"));
    }
}
