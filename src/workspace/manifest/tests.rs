use std::path::Path;

use super::*;

#[path = "../../../tests/projects/mod.rs"]
mod projects;

use projects::project;

fn load(folder: &Path, files: &[&str]) -> (Manifests, Vec<Problem>) {
    let files: Vec<PathBuf> = files.iter().map(|file| folder.join(file)).collect();
    Manifests::load(folder, files.iter().map(PathBuf::as_path))
}

#[test]
fn javascript_workspaces() {
    let folder = project(&[
        ("package.json", r#"{"workspaces": ["packages/*"], "devDependencies": {"jest": "1"}}"#),
        (
            "packages/api/package.json",
            r#"{"name": "@me/api", "main": "src/main.ts", "dependencies": {"mongoose": "8"}}"#,
        ),
        ("packages/api/src/package.json", r#"{"type": "module"}"#),
        ("packages/web/package.json", r#"{"name": "@me/web", "peerDependencies": {"react": "*"}}"#),
    ]);
    let (manifests, problems) = load(folder.path(), &["packages/api/src/a.ts", "packages/web/a.ts"]);
    assert!(problems.is_empty());
    let api = manifests.of(&folder.path().join("packages/api/src/a.ts"));
    assert!(api.has(Family::JavaScript, "mongoose") && api.has(Family::JavaScript, "jest"));
    assert!(!api.has(Family::JavaScript, "react") && !api.is_known(Family::Python));
    let package = &manifests.layout.js_packages[0];
    assert_eq!((package.name.as_str(), package.folder.as_str()), ("@me/api", "packages/api"));
    assert_eq!(package.exports, [(String::new(), vec!["packages/api/src/main.ts".to_owned()])]);
}

#[test]
fn what_a_package_exports_and_imports() {
    let folder = project(&[
        (
            "package.json",
            r##"{
                "name": "shop",
                "types": "dist/index.d.ts",
                "exports": {
                    "./*": "./dist/*.js",
                    ".": { "import": { "default": "./dist/index.js" }, "require": ["./dist/index.cjs"] },
                    "./orders/*": "./src/orders/*.ts",
                    "./hidden": null
                },
                "imports": { "#db": "./src/db.ts" }
            }"##,
        ),
        ("one/package.json", r#"{"name": "one", "exports": {"import": "./a.mjs"}, "source": "b.ts"}"#),
    ]);
    let (manifests, problems) = load(folder.path(), &["src/a.ts", "one/b.ts"]);
    assert!(problems.is_empty());
    let [one, shop] = &*manifests.layout.js_packages else { panic!("two packages") };
    let shown = |all: &[(String, Vec<String>)]| -> Vec<String> {
        all.iter().map(|(pattern, targets)| format!("{pattern}: {}", targets.join(" "))).collect()
    };
    assert_eq!(
        shown(&shop.exports),
        ["hidden: ", ": dist/index.d.ts dist/index.js dist/index.cjs", "orders/*: src/orders/*.ts", "*: dist/*.js"]
    );
    assert_eq!(shown(&shop.imports), ["#db: src/db.ts"]);
    assert_eq!(shown(&one.exports), [": one/b.ts one/a.mjs"]);
}

#[test]
fn typescript_paths_with_comments_and_inheritance() {
    let folder = project(&[
        ("tsconfig.base.json", "{ // shared\n \"compilerOptions\": {\"paths\": {\"@lib/*\": [\"./lib/*\",],},},\n}"),
        (
            "app/tsconfig.json",
            "{\"extends\": \"../tsconfig.base\", /* x */ \"compilerOptions\": {\"baseUrl\": \"./src\"}}",
        ),
        ("tsconfig.json", "{\"extends\": \"./tsconfig.json\"}"),
    ]);
    let (manifests, problems) = load(folder.path(), &["app/src/a.ts"]);
    assert!(problems.is_empty(), "{problems:?}");
    let config = &manifests.layout.tsconfigs[0];
    assert_eq!(config.folder, "app");
    assert_eq!(config.resolve("@lib/db/x"), ["lib/db/x", "app/src/@lib/db/x"]);
    assert_eq!(config.resolve("util"), ["app/src/util"]);
    assert!(config.resolve("./util").is_empty());
}

#[test]
fn python_in_all_its_forms() {
    let folder = project(&[
        ("a/requirements.txt", "# x\nDjango[argon2]>=4 ; python_version > '3'\n-r other.txt\npsycopg2_binary==2\n"),
        (
            "b/pyproject.toml",
            "[project]\ndependencies = ['SQLAlchemy>2']\n[project.optional-dependencies]\nx = ['httpx']\n[dependency-groups]\ndev = ['pytest', {include-group = 'x'}]\n",
        ),
        (
            "c/pyproject.toml",
            "[tool.poetry.dependencies]\npython = '^3'\nredis = '*'\n[tool.poetry.group.dev.dependencies]\nruff = '*'\n",
        ),
        (
            "d/setup.cfg",
            "[metadata]\nname = d\n[options]\ninstall_requires =\n    flask>1\n    celery\n[options.extras_require]\nx = boto3\n",
        ),
        ("e/setup.py", "setup(install_requires=['aiohttp>=3', \"peewee\"], extras_require={'x': ['tortoise-orm']})"),
        ("f/Pipfile", "[packages]\nfastapi = '*'\n"),
        ("f/src/pkg/__init__.py", ""),
        ("g/pyproject.toml", "[tool.black]\n"),
        ("g/requirements/base.txt", "tornado\n"),
    ]);
    let (manifests, problems) =
        load(folder.path(), &["a/x.py", "b/x.py", "c/x.py", "d/x.py", "e/x.py", "f/src/pkg/x.py", "g/x.py"]);
    assert!(problems.is_empty(), "{problems:?}");
    let has = |file: &str, name: &str| manifests.of(&folder.path().join(file)).has(Family::Python, name);
    for (file, name) in [
        ("a/x.py", "django"),
        ("a/x.py", "psycopg2-binary"),
        ("b/x.py", "sqlalchemy"),
        ("b/x.py", "httpx"),
        ("b/x.py", "pytest"),
        ("c/x.py", "redis"),
        ("c/x.py", "ruff"),
        ("d/x.py", "Flask"),
        ("d/x.py", "celery"),
        ("d/x.py", "boto3"),
        ("e/x.py", "aiohttp"),
        ("e/x.py", "peewee"),
        ("e/x.py", "tortoise_orm"),
        ("f/src/pkg/x.py", "fastapi"),
        ("g/x.py", "tornado"),
    ] {
        assert!(has(file, name), "{file} should depend on {name}");
    }
    assert!(!has("c/x.py", "python") && !has("a/x.py", "httpx") && !has("e/x.py", "x"));
    assert!(manifests.layout.python_roots.contains(&"f/src".to_owned()));
}

#[test]
fn rust_packages_and_renames() {
    let folder = project(&[
        ("Cargo.toml", "[workspace]\nmembers = ['core']\n[workspace.dependencies]\nsqlx = '1'\ntokio = '1'\n"),
        ("core/src/lib.rs", ""),
        (
            "core/Cargo.toml",
            "[package]\nname = 'my-core'\n[dependencies]\ntokio = { workspace = true }\npg = { package = 'tokio-postgres', version = '1' }\n[target.'cfg(unix)'.dependencies]\nlibc_x = '1'\n",
        ),
    ]);
    let (manifests, problems) = load(folder.path(), &["core/src/lib.rs", "build.rs"]);
    assert!(problems.is_empty(), "{problems:?}");
    let has = |file: &str, name: &str| manifests.of(&folder.path().join(file)).has(Family::Rust, name);
    for name in ["tokio", "pg", "tokio_postgres", "libc-x"] {
        assert!(has("core/src/lib.rs", name), "{name}");
    }
    assert!(!has("core/src/lib.rs", "sqlx") && has("build.rs", "sqlx"));
    let package = &manifests.layout.cargo_packages[0];
    assert_eq!((package.crate_name.as_str(), package.root.as_str()), ("my_core", "core/src/lib.rs"));
}

#[test]
fn broken_manifests_are_problems() {
    let folder = project(&[("package.json", "{"), ("Cargo.toml", "[package"), ("pyproject.toml", "x"), ("a.py", "")]);
    let (manifests, problems) = load(folder.path(), &["a.py"]);
    assert_eq!(problems.len(), 3);
    assert!(problems.iter().all(|problem| !problem.fails_run()));
    assert!(!manifests.of(&folder.path().join("a.py")).is_known(Family::Rust));
}

#[test]
fn no_text_makes_the_readers_panic() {
    use crate::config::load::{FileKind, parse};
    use crate::workspace::{Columns, Source};
    let pieces = [
        "[",
        "]",
        "{",
        "}",
        "(",
        ")",
        "\"",
        "'",
        "\\",
        "/",
        "*",
        "//",
        "#",
        ",",
        ":",
        "=",
        "\n",
        "\r",
        " ",
        "é",
        "😀",
        "a",
        "perflint",
        "install_requires",
        "extras_require",
        "[options]",
        "#egg=",
        "select",
        "[tool.perflint]",
        "\u{feff}",
    ];
    let mut state = 7u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for _ in 0..3_000 {
        let text: String = (0..next(24)).map(|_| pieces[next(pieces.len())]).collect();
        assert_eq!(jsonc::plain(&text).len(), text.len());
        let mut project = python::Project::default();
        project.setup_py(&text);
        project.setup_cfg(&text);
        project.requirements(&text);
        for (_, kind) in FileKind::NAMES {
            if let Err(problem) = parse(&text, kind, "x") {
                assert!(problem.span.is_none_or(|span| span.start <= span.end), "{text:?}");
            }
        }
        let mut bytes = text.into_bytes();
        bytes.truncate(next(40));
        let source = Source::decode(bytes);
        source.skip_reason();
        for offset in 0..50 {
            source.lines.position(&source.text, offset, Columns::Utf16);
        }
    }
}
