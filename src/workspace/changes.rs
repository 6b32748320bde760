//! Which lines of which files changed, read from what `git diff --unified=0` prints.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

/// The lines that were added or changed, by file (absolute paths). Files that are not in it did not change, or are gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    files: FxHashMap<PathBuf, Lines>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Lines {
    /// The file is new.
    All,
    /// First and last lines, counted from 1, in order.
    Some(Vec<(u32, u32)>),
}

impl Changes {
    /// Reads a diff without context lines whose paths count from `root` and begin with `a/` and `b/`.
    pub fn from_diff(diff: &str, root: &Path) -> Self {
        let mut changes = Self::default();
        let mut file: Option<PathBuf> = None;
        let mut lines = diff.split('\n');
        while let Some(line) = lines.next() {
            if let Some(name) = line.strip_prefix("+++ ") {
                file = new_name(name).map(|name| root.join(name));
            } else if let Some((removed, first, added)) = hunk(line) {
                // What stands in a hunk may look like a header.
                skip_hunk(&mut lines, removed + added);
                if let (Some(file), 1..) = (&file, added) {
                    changes.add(file, (first, first + added - 1));
                }
            }
        }
        changes
    }

    /// Counts a whole file as changed.
    pub fn add_file(&mut self, path: PathBuf) {
        self.files.insert(path, Lines::All);
    }

    /// The files with changed lines.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.keys().map(PathBuf::as_path)
    }

    /// Whether any of the lines from `first` to `last` of a file (an absolute path) changed.
    pub fn touch(&self, path: &Path, first: u32, last: u32) -> bool {
        match self.files.get(path) {
            None => false,
            Some(Lines::All) => true,
            Some(Lines::Some(ranges)) => ranges.iter().any(|&(from, to)| from <= last && first <= to),
        }
    }

    fn add(&mut self, path: &Path, range: (u32, u32)) {
        match self.files.entry(path.to_owned()).or_insert_with(|| Lines::Some(Vec::new())) {
            Lines::All => {}
            Lines::Some(ranges) => ranges.push(range),
        }
    }
}

/// The name after `+++ `; `None` for a file that is gone. Names with unusual characters stand in quotes, as in C.
fn new_name(text: &str) -> Option<String> {
    let text = text.strip_suffix('\r').unwrap_or(text);
    let name = match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(quoted) => unquoted(quoted),
        // A name with blanks is closed by a tabulator.
        None => text.strip_suffix('\t').unwrap_or(text).to_owned(),
    };
    name.strip_prefix("b/").map(str::to_owned)
}

fn unquoted(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes().peekable();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        match rest.next() {
            Some(digit @ b'0'..=b'7') => {
                let mut value = u32::from(digit - b'0');
                while let Some(digit @ b'0'..=b'7') = rest.peek() {
                    value = value * 8 + u32::from(digit - b'0');
                    rest.next();
                }
                bytes.push(value as u8);
            }
            Some(letter) => bytes.push(match letter {
                b'a' => 7,
                b'b' => 8,
                b't' => b'\t',
                b'n' => b'\n',
                b'v' => 11,
                b'f' => 12,
                b'r' => b'\r',
                other => other,
            }),
            None => {}
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// How many lines a hunk takes away, the first line that it gives, and how many: `@@ -3,2 +3,0 @@`.
fn hunk(line: &str) -> Option<(u32, u32, u32)> {
    let (old, new) = line.strip_prefix("@@ -")?.split_once(" @@")?.0.split_once(" +")?;
    let range = |text: &str| -> Option<(u32, u32)> {
        let (first, count) = text.split_once(',').unwrap_or((text, "1"));
        Some((first.parse().ok()?, count.parse().ok()?))
    };
    let ((_, removed), (first, added)) = (range(old)?, range(new)?);
    Some((removed, first, added))
}

fn skip_hunk<'a>(lines: &mut impl Iterator<Item = &'a str>, count: u32) {
    let mut left = count;
    while left > 0 {
        match lines.next() {
            // `\ No newline at end of file` is not counted.
            Some(line) if line.starts_with('\\') => {}
            Some(_) => left -= 1,
            None => break,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIFF: &str = "diff --git a/app/a.py b/app/a.py\nindex 1..2 100644\n--- a/app/a.py\n+++ b/app/a.py\n\
        @@ -3,2 +3,0 @@ def f():\n-x\n--- a/odd\n\
        @@ -9 +7,2 @@ def g():\n-y\n\\ No newline at end of file\n+++ b/looks/like/a/header\n+z\n\
        diff --git a/gone.py b/gone.py\ndeleted file mode 100644\n--- a/gone.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n\
        diff --git a/old.py b/new.py\nsimilarity index 100%\nrename from old.py\nrename to new.py\n\
        diff --git a/with blank.py b/with blank.py\n--- /dev/null\n+++ b/with blank.py\t\n@@ -0,0 +1 @@\n+x\n\
        diff --git \"a/\\303\\244\\\"\\t.py\" \"b/\\303\\244\\\"\\t.py\"\n--- /dev/null\n+++ \"b/\\303\\244\\\"\\t.py\"\n@@ -0,0 +1,3 @@\n+1\n+2\n+3\n";

    #[test]
    fn added_and_changed_lines_are_read() {
        let changes = Changes::from_diff(DIFF, Path::new("/p"));
        let touched = |path: &str, first, last| changes.touch(Path::new(path), first, last);
        assert!(touched("/p/app/a.py", 7, 7) && touched("/p/app/a.py", 1, 20) && touched("/p/app/a.py", 8, 8));
        assert!(!touched("/p/app/a.py", 3, 6) && !touched("/p/app/a.py", 9, 9));
        assert!(touched("/p/with blank.py", 1, 1) && touched("/p/ä\"\t.py", 3, 3));
        let mut paths: Vec<&Path> = changes.paths().collect();
        paths.sort();
        let expected = ["/p/app/a.py", "/p/with blank.py", "/p/ä\"\t.py"].map(Path::new);
        assert_eq!(paths, expected);
    }

    #[test]
    fn new_files_changed_in_every_line() {
        let mut changes = Changes::from_diff("", Path::new("/p"));
        assert!(!changes.touch(Path::new("/p/a.py"), 1, 1));
        changes.add_file(PathBuf::from("/p/a.py"));
        assert!(changes.touch(Path::new("/p/a.py"), 900, 900));
    }
}
