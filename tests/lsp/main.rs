//! The language server end to end: a scripted client talks to the process.
#![allow(clippy::unwrap_used)]

mod client;
mod editing;
mod protocol;
mod workspaces;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A query for each element; the line of the query is the third.
const LOOP: &str =
    "def names(session, ids):\n    for id in ids:\n        row = Shop.objects.get(pk=id)\n        print(row.name)\n";

/// A query, and a loop that runs it in another file; the line of the call is the fifth.
const LOAD: &str = "from shop.models import Shop\n\n\ndef load(id):\n    return Shop.objects.get(pk=id)\n";
const EACH: &str = "from shop.load import load\n\n\ndef names(ids):\n    return [load(id).name for id in ids]\n";

/// A Django project with a model and a loop in `shop/views.py`.
struct Project {
    folder: TempDir,
}

impl Project {
    fn new() -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap() };
        project.write("requirements.txt", "django\n");
        let model = "from django.db import models\n\n\nclass Shop(models.Model):\n    name = models.TextField()\n";
        project.write("shop/models.py", model);
        project.write("shop/__init__.py", "");
        project.write("shop/views.py", &views());
        project
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    fn path(&self, path: &str) -> PathBuf {
        // The server knows files by the paths that it was given.
        self.root().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn views() -> String {
    format!("from shop.models import Shop\n\n\n{LOOP}")
}

/// What a client that wants to be told can do.
fn push() -> Value {
    json!({
        "textDocument": {
            "publishDiagnostics": { "relatedInformation": true },
            "hover": { "contentFormat": ["markdown"] },
        },
        "workspace": { "workspaceEdit": { "documentChanges": true } },
    })
}

/// What a client that asks can do.
fn pull() -> Value {
    json!({
        "textDocument": { "diagnostic": { "dynamicRegistration": false } },
        "workspace": { "diagnostics": { "refreshSupport": true } },
    })
}

fn codes(params: &Value) -> Vec<String> {
    let of = |diagnostic: &Value| diagnostic["code"].as_str().unwrap_or("problem").to_owned();
    params["diagnostics"].as_array().unwrap().iter().map(of).collect()
}

/// The line of the first diagnostic, from 0.
fn starts_at(params: &Value) -> u64 {
    params["diagnostics"][0]["range"]["start"]["line"].as_u64().unwrap()
}

fn is_clean(params: &Value) -> bool {
    codes(params).is_empty()
}

fn has_loop(params: &Value) -> bool {
    codes(params) == ["n-plus-one-query"]
}
