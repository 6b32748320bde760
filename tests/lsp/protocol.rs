//! Clients that ask, that cancel, and that make no sense.

use serde_json::{Value, json};

use super::client::{Client, uri};
use super::{EACH, LOAD, Project, has_loop, pull, push, views};

#[test]
fn garbage_costs_nothing_but_itself() {
    let project = Project::new();
    let mut client = Client::start();
    client.raw(b"hello\r\n\r\nContent-Length: 3\r\n\r\n{{{");
    let refusal = client.wait(|message| message["error"]["code"] == -32700);
    assert_eq!(refusal["id"], Value::Null);
    assert_eq!(client.request("textDocument/hover", json!({})).unwrap_err()["code"], -32002);
    assert!(client.request("initialize", json!([])).is_err());
    client.notify("textDocument/didOpen", json!({ "too": "early" }));
    client.initialize(&[project.root()], push(), json!({ "run": "sometimes" }));
    client.notify("initialized", json!({}));
    let complaint = client.wait_for("window/showMessage");
    assert!(complaint["params"]["message"].as_str().unwrap().contains("sometimes"));
    client.raw(b"Content-Length: 20\r\n\r\n{\"id\": 77, \"a\": 1}  ");
    assert_eq!(client.wait(|message| message["id"] == 77)["error"]["code"], -32600);
    client.notify("textDocument/didChange", json!({ "textDocument": 1 }));
    client.did_change(&project.path("unknown.py"), 2, json!([{ "text": "" }]));
    assert_eq!(client.request("textDocument/completion", json!({})).unwrap_err()["code"], -32601);
    assert_eq!(client.request("textDocument/hover", json!({ "a": 1 })).unwrap_err()["code"], -32602);
    // Ranges that lie nowhere.
    let path = project.path("shop/views.py");
    client.did_open(&path, &views());
    let nowhere = json!({ "start": { "line": 900, "character": 7 }, "end": { "line": 3, "character": 1 } });
    client.did_change(&path, 2, json!([{ "range": nowhere, "text": "# end\n" }]));
    client.published(&path, |params| params["version"] == 2 && has_loop(params) || has_loop(params));
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn documents_of_all_kinds_are_survived() {
    let project = Project::new();
    let mut client = Client::open(&[project.root()], push(), Value::Null);
    let deep = format!("x = {}{}\n", "[".repeat(20_000), "]".repeat(20_000));
    let long = "a".repeat(3_000_000);
    for (name, text) in
        [("deep.py", deep.as_str()), ("long.js", &long), ("null.rs", "fn a() {\0}"), ("b.sql", "select (")]
    {
        client.did_open(&project.path(name), text);
    }
    let untitled = json!({ "uri": "untitled:Untitled-1", "languageId": "python", "version": 1, "text": "x" });
    client.notify("textDocument/didOpen", json!({ "textDocument": untitled }));
    let path = project.path("shop/views.py");
    client.did_open(&path, &format!("# edited\n{}", views()));
    client.published(&path, |params| params["version"] == 1 && has_loop(params));
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn a_client_that_goes_is_not_outlived() {
    let project = Project::new();
    assert_eq!(Client::start().hang_up(), Some(1));
    let client = Client::open(&[project.root()], push(), Value::Null);
    assert_eq!(client.hang_up(), Some(1));
    let mut client = Client::open(&[project.root()], push(), Value::Null);
    client.request("shutdown", Value::Null).unwrap();
    assert_eq!(client.request("textDocument/hover", json!({})).unwrap_err()["code"], -32600);
    client.notify("exit", Value::Null);
    assert_eq!(client.hang_up(), Some(0));
}

fn document(project: &Project, path: &str, known: Option<&str>) -> Value {
    json!({ "textDocument": { "uri": uri(&project.path(path)) }, "previousResultId": known })
}

#[test]
fn a_client_may_ask_for_diagnostics() {
    let project = Project::new();
    let mut client = Client::open(&[project.root()], pull(), Value::Null);
    let path = project.path("shop/views.py");
    client.did_open(&path, &views());
    let full = client.request("textDocument/diagnostic", document(&project, "shop/views.py", None)).unwrap();
    assert_eq!((&full["kind"], &full["items"][0]["code"]), (&json!("full"), &json!("n-plus-one-query")));
    let id = full["resultId"].as_str().unwrap().to_owned();
    let same = client.request("textDocument/diagnostic", document(&project, "shop/views.py", Some(&id))).unwrap();
    assert_eq!(same, json!({ "kind": "unchanged", "resultId": id }));
    // Asked right after an edit, the answer is that for the edit.
    client.did_change(&path, 2, json!([{ "text": "" }]));
    let clean = client.request("textDocument/diagnostic", document(&project, "shop/views.py", Some(&id))).unwrap();
    assert_eq!((&clean["kind"], &clean["items"]), (&json!("full"), &json!([])));
    assert!(!client.seen.iter().any(|message| message["method"] == "textDocument/publishDiagnostics"));
}

#[test]
fn what_changes_in_another_file_makes_the_client_ask_again() {
    let project = Project::new();
    project.write("shop/load.py", LOAD);
    let mut client = Client::open(&[project.root()], pull(), Value::Null);
    let (path, other) = (project.path("shop/views.py"), project.path("shop/load.py"));
    client.did_open(&path, EACH);
    let full = client.request("textDocument/diagnostic", document(&project, "shop/views.py", None)).unwrap();
    assert_eq!(full["items"].as_array().unwrap().len(), 1);
    client.did_open(&other, "def load(id):\n    return id\n");
    let refresh = client.wait_for("workspace/diagnostic/refresh");
    client.reply(&refresh, Value::Null);
    let clean = client.request("textDocument/diagnostic", document(&project, "shop/views.py", None)).unwrap();
    assert_eq!(clean["items"], json!([]));
}

#[test]
fn all_files_can_be_asked_about_and_the_answer_waits_for_news() {
    let project = Project::new();
    let mut client = Client::open(&[project.root()], pull(), Value::Null);
    let none = json!({ "previousResultIds": [] });
    let all = client.request("workspace/diagnostic", none).unwrap();
    assert_eq!(all["items"].as_array().unwrap().len(), 1);
    assert_eq!(all["items"][0]["uri"], uri(&project.path("shop/views.py")).as_str());
    let id = all["items"][0]["resultId"].clone();
    let known = json!({ "previousResultIds": [{ "uri": uri(&project.path("shop/views.py")), "value": id }] });
    let waiting = client.ask("workspace/diagnostic", known.clone());
    let cancelled = client.ask("workspace/diagnostic", known);
    client.notify("$/cancelRequest", json!({ "id": cancelled }));
    assert_eq!(client.answer(cancelled).unwrap_err()["code"], -32800);
    project.write("shop/views.py", "");
    let changed = json!({ "uri": uri(&project.path("shop/views.py")), "type": 2 });
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [changed] }));
    let news = client.answer(waiting).unwrap();
    assert_eq!(news["items"][0]["items"], json!([]));
}
