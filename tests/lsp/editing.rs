//! Documents that are opened, edited, saved and closed; what is shown and offered in them.

use serde_json::{Value, json};

use super::client::{Client, uri};
use super::{EACH, LOAD, LOOP, Project, codes, has_loop, is_clean, push, views};

fn range(from: (u32, u32), to: (u32, u32)) -> Value {
    let at = |(line, character): (u32, u32)| json!({ "line": line, "character": character });
    json!({ "start": at(from), "end": at(to) })
}

#[test]
fn findings_come_and_go_with_edits() {
    let project = Project::new();
    let mut client = Client::open(&[project.root()], push(), Value::Null);
    let path = project.path("shop/views.py");
    // Files that nobody opened are reported too.
    let found = client.published(&path, has_loop);
    assert!(found.get("version").is_none());
    let diagnostic = &found["diagnostics"][0];
    assert_eq!(diagnostic["range"], range((5, 27), (5, 30)));
    assert_eq!((&diagnostic["severity"], &diagnostic["source"]), (&json!(2), &json!("perflint")));
    assert!(diagnostic["relatedInformation"][0]["location"]["uri"] == uri(&path).as_str());
    assert_eq!(diagnostic["message"].as_str().unwrap().lines().count(), 3);
    client.did_open(&path, &views());
    let whole = json!([{ "text": "from shop.models import Shop\n" }]);
    client.did_change(&path, 2, whole);
    let clean = client.published(&path, is_clean);
    assert_eq!(clean["version"], 2);
    // Two edits, one after the other, that put the loop in again two lines further down.
    let edits = json!([
        { "range": range((1, 0), (1, 0)), "text": "\n\n\n\n" },
        { "range": range((5, 0), (5, 0)), "text": LOOP },
    ]);
    client.did_change(&path, 3, edits);
    let found = client.published(&path, has_loop);
    assert_eq!((&found["version"], &found["diagnostics"][0]["range"]["start"]["line"]), (&json!(3), &json!(7)));
    // The file on disk holds again.
    project.write("shop/views.py", "");
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri(&path) } }));
    assert!(client.published(&path, is_clean).get("version").is_none());
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn a_buffer_stands_over_its_file_for_other_files_too() {
    let project = Project::new();
    project.write("shop/load.py", LOAD);
    project.write("shop/views.py", EACH);
    let mut client = Client::open(&[project.root()], push(), Value::Null);
    let (path, other) = (project.path("shop/views.py"), project.path("shop/load.py"));
    client.published(&path, has_loop);
    client.did_open(&other, LOAD);
    client.did_change(&other, 2, json!([{ "text": "def load(id):\n    return id\n" }]));
    client.published(&path, is_clean);
    client.did_change(&other, 3, json!([{ "text": LOAD }]));
    client.published(&path, has_loop);
    // A document of a file that was never saved.
    let new = project.path("shop/new.py");
    client.did_open(&new, &views());
    client.published(&new, has_loop);
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri(&new) } }));
    client.published(&new, is_clean);
}

#[test]
fn a_save_is_what_counts_if_the_user_says_so() {
    let project = Project::new();
    let mut client = Client::open(&[project.root()], push(), json!({ "run": "onSave" }));
    let path = project.path("shop/views.py");
    client.published(&path, has_loop);
    client.did_open(&path, &views());
    client.did_change(&path, 2, json!([{ "text": "" }]));
    // Had the edit been linted, this would be answered after its diagnostics.
    client
        .request("workspace/executeCommand", json!({ "command": "perflint.showRule", "arguments": ["select-star"] }))
        .unwrap();
    assert!(!client.seen.iter().any(|message| message["method"] == "textDocument/publishDiagnostics"));
    client.notify("textDocument/didSave", json!({ "textDocument": { "uri": uri(&path) } }));
    client.published(&path, is_clean);
}

#[test]
fn hover_shows_the_finding_and_the_page_of_its_rule() {
    let project = Project::new();
    let mut client = Client::open(&[project.root()], push(), Value::Null);
    let path = project.path("shop/views.py");
    client.published(&path, has_loop);
    client.did_open(&path, &views());
    let at = |line: u32, character: u32| json!({ "textDocument": { "uri": uri(&path) }, "position": { "line": line, "character": character } });
    let shown = client.request("textDocument/hover", at(5, 20)).unwrap();
    let text = shown["contents"]["value"].as_str().unwrap();
    assert!(text.starts_with("**") && text.contains("`n-plus-one-query`") && text.contains("```"), "{text}");
    assert_eq!(shown["range"], range((5, 27), (5, 30)));
    assert_eq!(client.request("textDocument/hover", at(0, 0)), Ok(Value::Null));
    assert_eq!(client.request("textDocument/hover", at(5, 9)), Ok(Value::Null));
}

/// Puts the edits of an action into a text.
fn applied(action: &Value, text: &str) -> String {
    let edits = &action["edit"]["documentChanges"][0]["edits"];
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    for edit in edits.as_array().unwrap() {
        assert_eq!(edit["range"]["start"], edit["range"]["end"]);
        assert_eq!(edit["range"]["start"]["character"], 0);
        lines.insert(
            edit["range"]["start"]["line"].as_u64().unwrap() as usize,
            edit["newText"].as_str().unwrap().to_owned(),
        );
    }
    lines.concat()
}

#[test]
fn a_finding_can_be_ignored_on_its_line_and_in_its_file() {
    let project = Project::new();
    let mut client = Client::open(&[project.root()], push(), Value::Null);
    let path = project.path("shop/views.py");
    client.did_open(&path, &views());
    client.published(&path, has_loop);
    let asked = json!({
        "textDocument": { "uri": uri(&path) },
        "range": range((5, 28), (5, 28)),
        "context": { "diagnostics": [], "only": ["quickfix"] },
    });
    let actions = client.request("textDocument/codeAction", asked.clone()).unwrap();
    let find = |title: &str| -> Value {
        actions.as_array().unwrap().iter().find(|action| action["title"] == title).cloned().unwrap_or_default()
    };
    let line = find("Ignore n-plus-one-query on this line");
    assert_eq!(line["diagnostics"][0]["code"], "n-plus-one-query");
    assert_eq!(line["edit"]["documentChanges"][0]["textDocument"]["version"], 1);
    let text = applied(&line, &views());
    assert!(text.contains("ids:\n        # perflint-ignore n-plus-one-query\n        row = "), "{text}");
    client.did_change(&path, 2, json!([{ "text": text }]));
    client.published(&path, is_clean);
    client.did_change(&path, 3, json!([{ "text": views() }]));
    client.published(&path, has_loop);
    let text = applied(&find("Ignore n-plus-one-query in this file"), &views());
    assert!(text.starts_with("# perflint-ignore-file n-plus-one-query\n"), "{text}");
    client.did_change(&path, 4, json!([{ "text": text }]));
    client.published(&path, is_clean);
    // What was asked of a text that was not looked at yet is answered for that text.
    client.did_change(&path, 5, json!([{ "text": format!("\n{}", views()) }]));
    let asked = |line: u32, only: &str| {
        json!({
            "textDocument": { "uri": uri(&path) },
            "range": range((line, 16), (line, 16)),
            "context": { "diagnostics": [], "only": [only] },
        })
    };
    let actions = client.request("textDocument/codeAction", asked(6, "quickfix")).unwrap();
    assert_eq!(actions[0]["edit"]["documentChanges"][0]["edits"][0]["range"]["start"]["line"], 6);
    assert_eq!(client.request("textDocument/codeAction", asked(6, "refactor")), Ok(json!([])));
    assert_eq!(client.request("textDocument/codeAction", asked(0, "quickfix")), Ok(json!([])));
}

#[test]
fn a_fix_is_offered_and_does_away_with_its_finding() {
    let project = Project::new();
    let text = "from functools import cache\n\n\nclass Prices:\n    @cache\n    def tax(self, country):\n        return len(country)\n";
    project.write("shop/prices.py", text);
    let mut client = Client::open(&[project.root()], push(), Value::Null);
    let path = project.path("shop/prices.py");
    client.did_open(&path, text);
    client.published(&path, |params| codes(params) == ["unbounded-cache"]);
    let asked = json!({
        "textDocument": { "uri": uri(&path) },
        "range": range((4, 6), (4, 6)),
        "context": { "diagnostics": [] },
    });
    let actions = client.request("textDocument/codeAction", asked).unwrap();
    let fix = &actions[0];
    assert_eq!((&fix["kind"], &fix["diagnostics"][0]["code"]), (&json!("quickfix"), &json!("unbounded-cache")));
    assert!(fix["title"].as_str().unwrap().ends_with("(suggested)"), "{fix}");
    // From the last edit to the first, so that the places of the others stay.
    let mut text = text.to_owned();
    let mut edits = fix["edit"]["documentChanges"][0]["edits"].as_array().unwrap().clone();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit["range"]["start"]["line"].as_u64()));
    for edit in edits {
        let offset = |at: &Value| -> usize {
            let before = text.split_inclusive('\n').take(at["line"].as_u64().unwrap() as usize);
            before.map(str::len).sum::<usize>() + at["character"].as_u64().unwrap() as usize
        };
        let place = offset(&edit["range"]["start"])..offset(&edit["range"]["end"]);
        text.replace_range(place, edit["newText"].as_str().unwrap());
    }
    assert!(text.contains("@lru_cache(maxsize=1024)"), "{text}");
    client.did_change(&path, 2, json!([{ "text": text }]));
    client.published(&path, is_clean);
}

#[test]
fn the_page_of_a_rule_is_shown() {
    let project = Project::new();
    let mut capabilities = push();
    capabilities["window"] = json!({ "showDocument": { "support": true } });
    let mut client = Client::open(&[project.root()], capabilities, Value::Null);
    client.published(&project.path("shop/views.py"), has_loop);
    let command = |rule: &str| json!({ "command": "perflint.showRule", "arguments": [rule] });
    client.request("workspace/executeCommand", command("select-star")).unwrap();
    let shown = client.wait_for("window/showDocument");
    let file = shown["params"]["uri"].as_str().unwrap().strip_prefix("file://").unwrap().to_owned();
    assert!(std::fs::read_to_string(file).unwrap().contains("select-star"));
    let page = client.request("perflint/rulePage", json!({ "rule": "select-star" })).unwrap();
    assert!(page["markdown"].as_str().unwrap().starts_with("# "));
    assert!(client.request("workspace/executeCommand", command("nothing")).is_err());
    assert!(client.request("perflint/rulePage", json!({})).is_err());
}

#[test]
fn columns_are_counted_in_the_unit_that_was_agreed_on() {
    let text = views().replace("row = Shop", "ä😀, row = 1, Shop");
    for (offered, column) in [(json!(["utf-8", "utf-16"]), 38), (json!(["utf-16"]), 35), (Value::Null, 35)] {
        let project = Project::new();
        let mut capabilities = push();
        capabilities["general"] = json!({ "positionEncodings": offered });
        let mut client = Client::start();
        let answer = client.initialize(&[project.root()], capabilities, Value::Null);
        let encoding = offered.get(0).cloned().unwrap_or(json!("utf-16"));
        assert_eq!(answer["capabilities"]["positionEncoding"], encoding);
        client.notify("initialized", json!({}));
        let path = project.path("shop/views.py");
        client.did_open(&path, &text);
        let found = client.published(&path, |params| params["version"] == 1 && has_loop(params));
        assert_eq!(codes(&found).len(), 1);
        assert_eq!(found["diagnostics"][0]["range"]["start"], json!({ "line": 5, "character": column }));
        // An edit behind the characters lands where it should: the method is another.
        let edit = json!([{ "range": range((5, column), (5, column + 3)), "text": "as_manager" }]);
        client.did_change(&path, 2, edit);
        client.published(&path, is_clean);
    }
}
