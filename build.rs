//! Lists the Markdown files under `rules/` as `include_str!` tables, so that a new rule or library needs no Rust edit.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=rules");
    let mut files = Vec::new();
    list(&root, Path::new("rules"), &mut files)?;
    files.sort();
    let (libraries, rules): (Vec<_>, Vec<_>) = files.into_iter().partition(|path| path.starts_with("rules/libraries/"));
    let mut text = String::new();
    table(
        &mut text,
        "BUILTIN_RULES",
        "The rules that come with perflint: path from the repository's root, and text.",
        &rules,
    );
    table(&mut text, "BUILTIN_LIBRARIES", "The library files that come with perflint, in the same form.", &libraries);
    fs::write(out.join("embedded.rs"), text)
}

/// Collects the Markdown files below `folder`, as paths from `root` with `/`.
fn list(root: &Path, folder: &Path, files: &mut Vec<String>) -> io::Result<()> {
    let absolute = root.join(folder);
    if !absolute.is_dir() {
        return Ok(());
    }
    // A folder's own time changes when a file comes or goes; cargo looks at folders named here only.
    println!("cargo:rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(absolute)? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            list(root, &path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "md") {
            files.push(path.to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(())
}

/// Writes one table of (path, text).
fn table(text: &mut String, name: &str, doc: &str, paths: &[String]) {
    let _ = writeln!(text, "/// {doc}\npub const {name}: &[(&str, &str)] = &[");
    for path in paths {
        let _ = writeln!(
            text,
            "    ({path:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {:?}))),",
            format!("/{path}")
        );
    }
    text.push_str("];\n");
}
