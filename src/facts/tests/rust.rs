use super::*;

fn rust(text: &str) -> FileFacts {
    facts(Language::Rust, text)
}

fn within(body: &str) -> FileFacts {
    rust(&format!("async fn f() {{ {body} }}"))
}

#[test]
fn chains_paths_and_literals() {
    let facts = within(
        "self.pool.get().await?.query(id).await; a::b::C::new(1); Self::go(); v.collect::<Vec<_>>(); P { x, y: 1 };",
    );
    assert_eq!(
        Show(&facts).plain_calls(),
        ["this.pool.get()", "~#0.query(id)", "a.b.C.new(1)", "this.go()", "v.collect()", "new P(x=x, y=1)"]
    );
    assert_eq!(Show(&facts).exits(), ["Question ~#0"]);
    assert!(facts.calls[0].awaited);
}

#[test]
fn tail_expressions_are_returned() {
    let facts =
        rust("fn f() -> T { match x { A => one(), B => { if c { two() } else { three() } } } } fn g() { h(); }");
    let show = Show(&facts);
    assert_eq!(show.exits(), ["Return #0", "Return #2", "Return #3"]);
    assert_eq!(facts.calls[0].sink, Sink::Returned);
    assert_eq!(facts.calls.last().map(|call| call.sink), Some(Sink::Dropped));
}

#[test]
fn loops() {
    let facts = within(
        "for (i, x) in xs.iter().enumerate() { } while let Some(row) = rows.next().await {} loop {}
         xs.iter().map(|x| async move { load(x).await }); (0..n).map(|i| i); opt.map(|o| o.z()); v.iter().any(|q| q == w);",
    );
    let show = Show(&facts);
    assert_eq!(
        show.loops(),
        [
            "For i,x of #1",
            "While row of ~#3",
            "While  of - endless",
            "Callback x of #5",
            "Callback i of _",
            "Callback q of #12",
        ]
    );
    let load = facts.calls.iter().find(|call| show.call(call) == "load(x)").and_then(|call| call.in_loop);
    assert_eq!(load, Some(LoopId(3)));
}

#[test]
fn macros_that_hold_data_are_read_as_data() {
    let facts = within(
        "json!({\"id\": user.id, \"tags\": [a, -1, {\"b\": c}]}); counter!(name: \"jobs\", of: self.kind);
         json!({\"id\": load(x)});",
    );
    let calls = Show(&facts).plain_calls();
    assert_eq!(calls[..2], ["json!(_)", "counter!(name=\"jobs\", of=this.kind)"]);
    assert!(calls.contains(&"load(x)".to_owned()), "{calls:?}");
    let names: Vec<&str> = facts.uses.iter().map(|one| facts.names.get(one.name)).collect();
    assert!(["user", "a", "c", "self"].iter().all(|name| names.contains(name)), "{names:?}");
    assert!(!names.contains(&"kind"), "{names:?}");
}

#[test]
fn macros_are_read_as_code() {
    let facts = within(
        "println!(\"{} {x}\", a.b(), y = c()); let (p, q) = tokio::try_join!(one(), two(3))?;
         sqlx::query!(\"SELECT 1\", id).fetch_one(&db).await; db_run! { conn: { diesel::delete(t).execute(conn) } }
         tokio::select! { a = b() => {} }; vec![d(), vec![e()]]; assert!(g(h!(i())));",
    );
    assert_eq!(
        Show(&facts).plain_calls(),
        [
            "a.b()",
            "c()",
            "println!(\"{} {x}\", #0, y=#1)",
            "one()",
            "two(3)",
            "tokio.try_join!(#3, #4)",
            "sqlx.query!(\"SELECT 1\", id)",
            "#6.fetch_one(db)",
            "diesel.delete(t)",
            "#9.execute(conn)",
            "db_run!()",
            "tokio.select!()",
            "d()",
            "e()",
            "vec!(#14)",
            "vec!(#13, #15)",
            "i()",
            "h!(#17)",
            "g(#18)",
            "assert!(#19)",
        ]
    );
    let text = "async fn f() { println!(\"{} {x}\", a.b(), y = c()); }";
    let facts = rust(text);
    assert_eq!(&text[facts.calls[0].span.range()], "a.b()");
    assert_eq!(facts.calls[0].inside, Some(CallId(2)));
}

#[test]
fn binds() {
    let facts = within(
        "let mut out = Vec::<i32>::new(); let (a, b) = pair(); if let Some(v) = cache.get(&k) {} let Ok(z) = r else { return };
         match e { E::B(n, P { s, t: u }) => {} _ => {} } x += 1; self.y[0] = &w;",
    );
    assert_eq!(
        Show(&facts).binds(),
        [
            "Declare out = #0",
            "Declare const a = #1.0",
            "Declare const b = #1.1",
            "Pattern const v = #2",
            "Declare const z = r",
            "Pattern const n = e.::B.0",
            "Pattern const s = e.::B.1.s",
            "Pattern const u = e.::B.1.t",
            "Augment x = 1",
            "Assign this.y.[] = w",
        ]
    );
}

#[test]
fn items() {
    let facts = rust(
        "#[derive(Debug, Clone)] pub struct User { #[serde(skip)] pub id: i32, names: Vec<String> }
         struct Pair(i32, Arc<Mutex<T>>); enum E { A, B(i32) }
         impl<'a> Repo for Pg<'a> { fn new() -> Self { x } async fn find(&self, id: i32) -> Result<User, E> { y } }
         trait Repo: Send + Sync { fn find(&self); }
         #[get(\"/x\")] pub async fn list(db: web::Data<Pool>, Path((a, b)): Path<(i32, i32)>) -> impl Responder { z }
         #[cfg(test)] mod tests { #[test] fn t() { } } const K: usize = 3;",
    );
    let show = Show(&facts);
    assert_eq!(
        show.classes(),
        [
            "Class User() {@serde id: i32; names: Vec<String>} @Debug @Clone exported",
            "Class Pair() {0: i32; 1: Arc<Mutex<T>>}",
            "Enum E() {A; B}",
            "Class B() {0: i32}",
            "Impl Pg(Repo) {}",
            "Interface Repo(Send, Sync) {}",
        ]
    );
    assert_eq!(
        show.functions(),
        [
            "Pg.new() -> Self static",
            "Pg.find(0:id: i32) -> Result<User, E> async",
            "Repo.find()",
            "list(0:db: web.Data<Pool>, 1:a.0: Path<()<i32, i32>>, 1:b.1: Path<()<i32, i32>>) -> Responder async exported \
             @get",
            "t() @test @cfg(test)",
        ]
    );
    assert_eq!(show.binds(), ["Declare const K: usize = 3"]);
}

#[test]
fn modules_of_tests_can_be_left_out() {
    let text =
        "fn f() {} #[cfg(test)] mod tests { use a::b; fn t() { g(); } } mod m { fn h() {} } #[cfg(test)] mod more;";
    let read = |text: &str| {
        let how = Reading { skip_tests: true, ..Reading::default() };
        let facts = extract(&mut Parsers::new(), "snippet", Language::Rust, text, how);
        let named = facts.functions.iter().filter_map(|function| Some(facts.names.get(function.name?).to_owned()));
        let imports = facts.imports.iter().map(|import| (facts.names.get(import.module).to_owned(), import.test_only));
        (named.collect::<Vec<_>>(), imports.collect::<Vec<_>>(), facts.calls.len())
    };
    assert_eq!(read(text), (vec!["f".into(), "h".into()], vec![("self.more".into(), true)], 0));
    let suppressed = format!("{text} // perflint-ignore x: y");
    assert_eq!(read(&suppressed).2, 1, "comments in tests are judged too");
}

#[test]
fn use_trees_are_flattened() {
    let facts =
        rust("use std::{fs, io::{self, Read as R}, collections::*}; pub use crate::a::b; mod other; use serde;");
    let show = Show(&facts);
    assert_eq!(
        show.imports(),
        [
            "fs = std fs",
            "io = std io",
            "R = std.io Read",
            "* = std.collections *",
            "b = crate.a b",
            "other = self.other",
            "serde = serde",
        ]
    );
    assert_eq!(show.exports(), ["b from crate.a b"]);
}
