//! Python's manifests: requirement files, `pyproject.toml`, `setup.cfg`, `setup.py`, `Pipfile`.

use std::path::Path;

use toml::{Table, Value};

use super::{Names, text, toml_table};

/// What the manifests of one folder say.
#[derive(Debug, Default)]
pub struct Project {
    /// What is depended on; `None` if no manifest speaks of it.
    pub names: Option<Names>,
    /// Folders that imports count from, as written.
    pub roots: Vec<String>,
}

/// A name as Python's registry compares it: lower case, runs of `-`, `_` and `.` as one `-`.
pub fn normal(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for char in name.chars() {
        match char {
            '-' | '_' | '.' if normal.ends_with('-') => {}
            '-' | '_' | '.' => normal.push('-'),
            _ => normal.extend(char.to_lowercase()),
        }
    }
    normal
}

impl Project {
    /// Whether any file said something.
    pub fn is_there(&self) -> bool {
        self.names.is_some() || !self.roots.is_empty()
    }

    /// Takes in a file of the folder, if it is a manifest of Python.
    ///
    /// # Errors
    /// The manifest cannot be read or understood.
    pub fn read(&mut self, path: &Path, name: &str) -> Result<(), String> {
        match name {
            "pyproject.toml" => self.pyproject(&toml_table(path)?),
            "Pipfile" => {
                let file = toml_table(path)?;
                self.keys(file.get("packages"));
                self.keys(file.get("dev-packages"));
            }
            "setup.cfg" => self.setup_cfg(&text(path)?),
            "setup.py" => self.setup_py(&text(path)?),
            "manage.py" => self.roots.push(".".to_owned()),
            "src" if self.names.is_some() && path.is_dir() => self.roots.push("src".to_owned()),
            // A folder of files for development, production and so on.
            "requirements" => {
                let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
                let files = entries.map(|entry| entry.path()).filter(|path| is_text(path));
                return files.map(|path| text(&path)).try_for_each(|text| text.map(|text| self.requirements(&text)));
            }
            _ if name.starts_with("requirements") && is_text(path) => self.requirements(&text(path)?),
            _ => {}
        }
        Ok(())
    }

    fn project(&mut self) -> &mut Names {
        if self.names.is_none() {
            self.roots.push(".".to_owned());
        }
        self.names.get_or_insert_default()
    }

    fn requirement(&mut self, line: &str) {
        if let Some(name) = requirement_name(line) {
            self.project().insert(normal(name).into());
        }
    }

    pub(super) fn requirements(&mut self, text: &str) {
        self.project();
        text.lines().for_each(|line| self.requirement(line));
    }

    fn strings(&mut self, value: Option<&Value>) {
        let list = value.and_then(Value::as_array).into_iter().flatten();
        list.filter_map(Value::as_str).for_each(|line| self.requirement(line));
    }

    fn string_tables(&mut self, value: Option<&Value>) {
        let table = value.and_then(Value::as_table).into_iter().flatten();
        table.for_each(|(_, list)| self.strings(Some(list)));
    }

    /// The keys of a table are names; `python` is none.
    fn keys(&mut self, value: Option<&Value>) {
        for (name, _) in value.and_then(Value::as_table).into_iter().flatten().filter(|(name, _)| *name != "python") {
            self.project().insert(normal(name).into());
        }
    }

    fn pyproject(&mut self, file: &Table) {
        if let Some(project) = file.get("project") {
            self.project();
            self.strings(project.get("dependencies"));
            self.string_tables(project.get("optional-dependencies"));
        }
        self.string_tables(file.get("dependency-groups"));
        let Some(tool) = file.get("tool") else { return };
        if let Some(poetry) = tool.get("poetry") {
            self.project();
            self.keys(poetry.get("dependencies"));
            self.keys(poetry.get("dev-dependencies"));
            for (_, group) in poetry.get("group").and_then(Value::as_table).into_iter().flatten() {
                self.keys(group.get("dependencies"));
            }
            let packages = poetry.get("packages").and_then(Value::as_array).into_iter().flatten();
            self.roots.extend(packages.filter_map(|package| package.get("from")?.as_str().map(str::to_owned)));
        }
        self.strings(tool.get("uv").and_then(|uv| uv.get("dev-dependencies")));
        self.string_tables(tool.get("pdm").and_then(|pdm| pdm.get("dev-dependencies")));
        if let Some(setuptools) = tool.get("setuptools") {
            let found = setuptools.get("packages").and_then(|packages| packages.get("find")?.get("where"));
            let found = found.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
            let root = setuptools.get("package-dir").and_then(|folders| folders.get("")?.as_str());
            self.roots.extend(found.chain(root).map(str::to_owned));
        }
    }

    pub(super) fn setup_cfg(&mut self, text: &str) {
        let (mut section, mut key) = (String::new(), String::new());
        for line in text.lines() {
            let trimmed = line.trim();
            if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
                continue;
            }
            if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                section = name.trim().to_owned();
                key.clear();
                continue;
            }
            let value = if line.starts_with([' ', '\t']) {
                trimmed
            } else {
                let (name, value) = trimmed.split_once('=').unwrap_or((trimmed, ""));
                key = name.trim().to_owned();
                value.trim()
            };
            if section == "options.extras_require" || (section == "options" && key == "install_requires") {
                value.split(';').next().into_iter().for_each(|value| self.requirement(value));
            }
        }
    }

    /// Reads the string literals in the brackets after `install_requires` and `extras_require`.
    pub(super) fn setup_py(&mut self, text: &str) {
        self.project();
        for key in ["install_requires", "extras_require"] {
            for (at, _) in text.match_indices(key) {
                let rest = text[at + key.len()..].trim_start_matches([' ', '"', '\'', '\n']);
                let Some(value) = rest.strip_prefix(['=', ':']) else { continue };
                literals(value).into_iter().for_each(|line| self.requirement(line));
            }
        }
    }
}

/// The string literals of the bracket that a text begins with, keys of a dictionary left out.
fn literals(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut depth = 0usize;
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '[' | '{' | '(' => depth += 1,
            ']' | '}' | ')' if depth <= 1 => break,
            ']' | '}' | ')' => depth -= 1,
            '"' | '\'' => {
                let start = at + 1;
                let Some(end) = text[start..].find(char).map(|length| start + length) else { break };
                if depth > 0 && !text[end + 1..].trim_start().starts_with(':') {
                    found.push(&text[start..end]);
                }
                while chars.next().is_some_and(|(at, _)| at < end) {}
            }
            '#' => while chars.next().is_some_and(|(_, char)| char != '\n') {},
            _ if depth == 0 && !char.is_whitespace() => break,
            _ => {}
        }
    }
    found
}

/// The name that a requirement begins with; `None` for options, addresses and comments.
fn requirement_name(line: &str) -> Option<&str> {
    let line = line.trim();
    if let Some((_, egg)) = line.split_once("#egg=") {
        return requirement_name(egg);
    }
    let end = line.find(|char: char| !(char.is_alphanumeric() || "-_.".contains(char))).unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    let is_name = name.starts_with(|char: char| char.is_alphanumeric());
    (is_name && !rest.starts_with(['/', ':', '+', '\\'])).then_some(name)
}

fn is_text(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "txt" || extension == "in") && path.is_file()
}
