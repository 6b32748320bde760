//! Folders, configurations, and files that come, go and are renamed.

use std::fs;

use serde_json::{Value, json};

use super::client::{Client, uri};
use super::{EACH, LOAD, Project, codes, has_loop, is_clean, push, starts_at, views};

fn changed(client: &mut Client, project: &Project, path: &str, how: u32) {
    let change = json!({ "uri": uri(&project.path(path)), "type": how });
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [change] }));
}

#[test]
fn a_configuration_holds_as_soon_as_it_is_written() {
    let project = Project::new();
    let mut client = Client::open(&[project.root()], push(), Value::Null);
    let path = project.path("shop/views.py");
    client.published(&path, has_loop);
    project.write("perflint.toml", "ignore = [\"n-plus-one-query\"]\n");
    changed(&mut client, &project, "perflint.toml", 1);
    client.published(&path, is_clean);
    // A mistake is shown in its place, and what was found stays.
    project.write("perflint.toml", "ignore = [\"select-start\"]\n");
    changed(&mut client, &project, "perflint.toml", 2);
    let wrong = client.published(&project.path("perflint.toml"), |params| codes(params) == ["problem"]);
    assert_eq!(
        (&wrong["diagnostics"][0]["severity"], &wrong["diagnostics"][0]["range"]["start"]["line"]),
        (&json!(1), &json!(0))
    );
    assert!(wrong["diagnostics"][0]["message"].as_str().unwrap().contains("did you mean `select-star`?"));
    project.write("perflint.toml", "");
    changed(&mut client, &project, "perflint.toml", 2);
    client.published(&project.path("perflint.toml"), is_clean);
    client.published(&path, has_loop);
}

#[test]
fn a_broken_configuration_is_told_from_the_start() {
    let project = Project::new();
    project.write("perflint.toml", "select = nothing\n");
    let mut client = Client::open(&[project.root()], push(), Value::Null);
    client.published(&project.path("perflint.toml"), |params| codes(params) == ["problem"]);
    project.write("perflint.toml", "");
    changed(&mut client, &project, "perflint.toml", 2);
    client.published(&project.path("shop/views.py"), has_loop);
}

#[test]
fn settings_of_the_editor_hold_at_once() {
    let project = Project::new();
    project.write("other.toml", "ignore = [\"n-plus-one-query\"]\n");
    let mut capabilities = push();
    capabilities["workspace"]["configuration"] = json!(true);
    let mut client = Client::open(&[project.root()], capabilities, Value::Null);
    let path = project.path("shop/views.py");
    let asked = client.wait_for("workspace/configuration");
    assert_eq!(asked["params"]["items"][0]["section"], "perflint");
    client.reply(&asked, json!([{ "enable": true }]));
    client.published(&path, has_loop);
    for (settings, finds) in [
        (json!({ "enable": false }), false),
        (json!({ "enable": true }), true),
        (json!({ "config": "other.toml" }), false),
        (json!({ "config": "" }), true),
    ] {
        client.notify("workspace/didChangeConfiguration", json!({ "settings": null }));
        let asked = client.wait_for("workspace/configuration");
        client.reply(&asked, json!([settings]));
        client.published(&path, if finds { has_loop } else { is_clean });
    }
}

#[test]
fn files_are_made_renamed_and_deleted() {
    let project = Project::new();
    let mut client = Client::open(&[project.root()], push(), Value::Null);
    let (old, new) = (project.path("shop/views.py"), project.path("shop/pages.py"));
    client.published(&old, has_loop);
    fs::rename(&old, &new).unwrap();
    let files = json!([{ "oldUri": uri(&old), "newUri": uri(&new) }]);
    client.notify("workspace/didRenameFiles", json!({ "files": files }));
    client.published(&old, is_clean);
    client.published(&new, has_loop);
    fs::remove_file(&new).unwrap();
    client.notify("workspace/didDeleteFiles", json!({ "files": [{ "uri": uri(&new) }] }));
    client.published(&new, is_clean);
    project.write("shop/again.py", &views());
    client.notify("workspace/didCreateFiles", json!({ "files": [{ "uri": uri(&project.path("shop/again.py")) }] }));
    client.published(&project.path("shop/again.py"), has_loop);
    // The function goes, and with it what the loop is known by.
    project.write("shop/load.py", LOAD);
    project.write("shop/again.py", EACH);
    changed(&mut client, &project, "shop/load.py", 1);
    changed(&mut client, &project, "shop/again.py", 2);
    client.published(&project.path("shop/again.py"), |params| has_loop(params) && starts_at(params) == 4);
    fs::remove_file(project.path("shop/load.py")).unwrap();
    changed(&mut client, &project, "shop/load.py", 3);
    client.published(&project.path("shop/again.py"), is_clean);
}

#[test]
fn a_document_is_followed_when_its_file_is_renamed() {
    let project = Project::new();
    let mut client = Client::open(&[project.root()], push(), Value::Null);
    let (old, new) = (project.path("shop/views.py"), project.path("shop/pages.py"));
    client.did_open(&old, &views());
    client.published(&old, has_loop);
    // An editor closes the old name and opens the new one, edits included.
    fs::rename(&old, &new).unwrap();
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri(&old) } }));
    client.did_open(&new, &format!("# not saved\n{}", views()));
    client.published(&old, is_clean);
    let found = client.published(&new, has_loop);
    assert_eq!(found["diagnostics"][0]["range"]["start"]["line"], 6);
}

#[test]
fn each_folder_has_its_own_configuration_and_files_outside_are_linted_alone() {
    let (one, two, three) = (Project::new(), Project::new(), Project::new());
    two.write("perflint.toml", "ignore = [\"n-plus-one-query\"]\n");
    two.write("query.sql", "SELECT * FROM shops;\n");
    two.write("perflint.toml", "select = [\"select-star\"]\n");
    let mut client = Client::open(&[one.root(), two.root()], push(), Value::Null);
    client.published(&one.path("shop/views.py"), has_loop);
    client.published(&two.path("query.sql"), |params| codes(params) == ["select-star"]);
    // The model lies in the same folder, but only what is open is read there.
    let outside = three.path("shop/views.py");
    let text = views().replace(
        "from shop.models import Shop",
        "from django.db import models\n\n\nclass Shop(models.Model):\n    pass\n",
    );
    client.did_open(&outside, &text);
    client.published(&outside, has_loop);
    let event = json!({ "added": [{ "uri": uri(three.root()), "name": "three" }], "removed": [{ "uri": uri(one.root()), "name": "one" }] });
    client.notify("workspace/didChangeWorkspaceFolders", json!({ "event": event }));
    client.published(&one.path("shop/views.py"), is_clean);
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri(&outside) } }));
    client.did_open(&one.path("shop/views.py"), &text);
    client.published(&one.path("shop/views.py"), has_loop);
}

#[test]
fn what_a_baseline_knows_is_not_shown() {
    let project = Project::new();
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_perflint"))
        .args(["baseline", "--no-progress"])
        .current_dir(project.root())
        .status()
        .unwrap();
    assert!(status.success());
    let mut client = Client::open(&[project.root()], push(), Value::Null);
    let path = project.path("shop/views.py");
    // The known one stays known under a new line; a second one is new.
    let second = views().replace("def names", "def others").replace("from shop.models import Shop\n", "");
    client.did_open(&path, &format!("\n{}{second}", views()));
    let found = client.published(&path, |params| !is_clean(params));
    assert_eq!(codes(&found).len(), 1);
    assert!(found["diagnostics"][0]["range"]["start"]["line"].as_u64().unwrap() > 9);
}

#[test]
fn the_first_scan_shows_its_progress_and_the_state_is_told() {
    let project = Project::new();
    let mut capabilities = push();
    capabilities["window"] = json!({ "workDoneProgress": true });
    let mut client = Client::open(&[project.root()], capabilities, json!({ "statusNotification": true }));
    let create = client.wait_for("window/workDoneProgress/create");
    let token = create["params"]["token"].clone();
    // The name may be used once the client has agreed to it. All folders' scans are one.
    let mut early = Vec::new();
    let ready = client.wait(|message| {
        early.extend((message["method"] == "$/progress").then(|| message.clone()));
        message["method"] == "perflint/status" && message["params"]["state"] == "ready"
    });
    assert_eq!((ready["params"]["findings"].as_u64(), early.len()), (Some(1), 0));
    client.reply(&create, Value::Null);
    for kind in ["begin", "end"] {
        let progress = client.wait(|message| {
            assert_ne!(message["method"], "window/workDoneProgress/create");
            message["method"] == "$/progress"
        });
        assert_eq!((&progress["params"]["token"], &progress["params"]["value"]["kind"]), (&token, &kind.into()));
    }
    client.request("shutdown", Value::Null).unwrap();
}
