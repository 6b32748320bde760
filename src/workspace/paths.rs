//! Paths as they are shown: from the current folder, with `/`.

use std::path::{Component, Path, PathBuf};

/// A path without `.` and, where that needs no look at the file system, without `..`.
pub fn normalise(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(result.components().next_back(), Some(Component::Normal(_))) => {
                result.pop();
            }
            other => result.push(other),
        }
    }
    result
}

/// `path` made absolute from `folder`, normalised.
pub fn absolute(folder: &Path, path: &Path) -> PathBuf {
    normalise(&folder.join(path))
}

/// How an absolute path is shown: relative to `folder`, with `..` where needed, with `/`.
pub fn shown(folder: &Path, path: &Path) -> String {
    let shared = folder.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    if shared <= 1 && !path.starts_with(folder) {
        return with_slashes(path);
    }
    let up = folder.components().count() - shared;
    let mut relative: PathBuf = std::iter::repeat_n("..", up).collect();
    relative.extend(path.components().skip(shared));
    if relative.as_os_str().is_empty() { ".".to_owned() } else { with_slashes(&relative) }
}

/// A path's text with `/`; what is not Unicode is replaced.
pub fn with_slashes(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace(std::path::MAIN_SEPARATOR, "/") }
}

/// The root of the repository around a folder; the folder itself if there is none.
pub fn repository(folder: &Path) -> &Path {
    folder.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_from_the_folder() {
        let folder = Path::new("/home/me/app");
        assert_eq!(shown(folder, Path::new("/home/me/app/src/a.py")), "src/a.py");
        assert_eq!(shown(folder, Path::new("/home/me/lib/a.py")), "../lib/a.py");
        assert_eq!(shown(folder, Path::new("/srv/a.py")), "/srv/a.py");
        assert_eq!(shown(folder, folder), ".");
        assert_eq!(absolute(folder, Path::new("./x/../y/./z")), Path::new("/home/me/app/y/z"));
    }
}
