//! Script imports whose alias no configuration at hand explains (it is generated, or the bundler's): found by where their
//! path ends.

use super::layout::{Layout, folders_up};
use super::modules::{SCRIPT_ENDINGS, join};
use super::refs::FileId;

/// The fewest segments of a path by whose end alone a file is known.
const MIN_SEGMENTS: usize = 2;
/// Folders that aliases for "the root" stand for, under a folder around the importing file.
const ROOTS: [&str; 3] = ["", "src", "app"];

/// Finds files by how their paths end.
#[derive(Debug)]
pub struct PathEnds<'a> {
    /// Scripts by their paths without ending and without `/index`, in the order of their last segments.
    scripts: Vec<(&'a str, FileId)>,
}

impl<'a> PathEnds<'a> {
    /// Over the scripts among the files.
    pub fn new(paths: impl Iterator<Item = &'a str>) -> Self {
        let files = paths.enumerate().map(|(place, path)| (path, FileId(place as u32)));
        let mut scripts: Vec<_> = files.filter_map(|(path, file)| Some((stem(path)?, file))).collect();
        scripts.sort_unstable_by_key(|(path, file)| (last_segment(path), *file));
        Self { scripts }
    }

    /// The only file that an import with an unknown alias can mean: `@/db/users`, `@acme/api/db/users`, `src/db/users`.
    pub fn find(
        &self,
        layout: &Layout,
        from: &str,
        module: &str,
        at: impl Fn(&str) -> Option<FileId>,
    ) -> Option<FileId> {
        let (first, rest) = module.split_once('/')?;
        if matches!(first, "@" | "~" | "#") {
            let roots = || folders_up(from).flat_map(|folder| ROOTS.iter().filter_map(move |root| join(folder, root)));
            return roots().find_map(|root| at(&join(&root, rest)?)).or_else(|| self.only(rest, None));
        }
        let Some(scope) = first.strip_prefix(['@', '~', '#', '$']) else {
            return folders_up(from).find_map(|folder| at(&join(folder, module)?));
        };
        let (name, inner) = rest.split_once('/').unwrap_or((rest, ""));
        let of_project = || layout.packages.iter().any(|package| is_of_scope(&package.name, scope));
        let whole = format!("{scope}/{rest}");
        let by_end = [whole.as_str(), rest, inner].into_iter().find_map(|end| self.only(end, Some(name)));
        // Only the project's own packages go by the end of one segment.
        by_end.or_else(|| match inner {
            _ if !of_project() => None,
            "" => self.only(&format!("{name}/src"), None),
            _ => Self::one_of(self.ending(inner).filter(|path| has_segment(path.0, name)), None),
        })
    }

    /// The file whose path is the only one that ends so; of several, the only one in a folder of a name.
    fn only(&self, end: &str, folder: Option<&str>) -> Option<FileId> {
        (end.split('/').count() >= MIN_SEGMENTS).then(|| Self::one_of(self.ending(end), folder)).flatten()
    }

    fn one_of<'s>(found: impl Iterator<Item = (&'s str, FileId)> + Clone, folder: Option<&str>) -> Option<FileId> {
        let only = |found: &mut dyn Iterator<Item = (&'s str, FileId)>| match (found.next(), found.next()) {
            (Some((_, file)), None) => Some(file),
            _ => None,
        };
        let in_folder = |name: &str| only(&mut found.clone().filter(|(path, _)| has_segment(path, name)));
        only(&mut found.clone()).or_else(|| folder.and_then(in_folder))
    }

    fn ending<'s>(&'s self, end: &'s str) -> impl Iterator<Item = (&'a str, FileId)> + Clone + 's {
        let end = stem(end).unwrap_or(end);
        let last = last_segment(end);
        let first = self.scripts.partition_point(|(path, _)| last_segment(path) < last);
        let same = self.scripts[first..].iter().take_while(move |(path, _)| last_segment(path) == last);
        same.copied().filter(move |(path, _)| {
            path.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('/'))
        })
    }
}

/// A script's path without its ending, and without `/index`.
fn stem(path: &str) -> Option<&str> {
    let stem = SCRIPT_ENDINGS.iter().find_map(|ending| path.strip_suffix(ending))?;
    Some(stem.strip_suffix("/index").unwrap_or(stem))
}

fn last_segment(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a package is the scope's: `@acme/db` and `acme` are of `acme`.
fn is_of_scope(package: &str, scope: &str) -> bool {
    package == scope
        || package.strip_prefix('@').and_then(|name| name.split_once('/')).is_some_and(|(own, _)| own == scope)
}

fn has_segment(path: &str, name: &str) -> bool {
    path.split('/').any(|segment| segment == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::layout::LocalPackage;
    use crate::project::modules::Modules;
    use crate::syntax::Family;

    #[test]
    fn unknown_aliases_lead_to_the_only_file_that_ends_so() {
        let package = LocalPackage { name: "shop".into(), ..LocalPackage::default() };
        let layout = Layout { packages: vec![package], ..Layout::default() };
        let files = [
            "apps/admin/src/db/users.ts",
            "apps/api/src/app/main.ts",
            "apps/api/src/db/orders.service.ts",
            "apps/api/src/db/users.ts",
            "libs/common/src/config.ts",
            "libs/common/src/index.ts",
            "libs/ui/src/config.ts",
        ];
        let modules = Modules::new(&layout, files.iter().copied());
        let find = |module| {
            let found = modules.resolve(Family::JavaScript, "apps/api/src/app/main.ts", module);
            found.map(|file| files[file.index()])
        };
        assert_eq!(find("@shop/api/db/orders.service"), Some("apps/api/src/db/orders.service.ts"));
        assert_eq!(find("@shop/admin/db/users"), Some("apps/admin/src/db/users.ts"));
        assert_eq!(find("@shop/common/config"), Some("libs/common/src/config.ts"));
        assert_eq!(find("@shop/common"), Some("libs/common/src/index.ts"));
        assert_eq!(find("@/db/users"), Some("apps/api/src/db/users.ts"));
        assert_eq!(find("~/common/src/config.js"), Some("libs/common/src/config.ts"));
        assert_eq!(find("src/db/users"), Some("apps/api/src/db/users.ts"));
        // Packages from elsewhere, and what may be one of several.
        assert_eq!(find("@nestjs/common"), None);
        assert_eq!(find("@nestjs/common/config"), None);
        assert_eq!(find("@shop/web/db/users"), None);
        assert_eq!(find("lodash/map"), None);
        assert_eq!(find("db"), None);
    }
}
