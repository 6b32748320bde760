use super::*;

const TS: Language = Language::TypeScript;

fn calls(text: &str) -> Vec<String> {
    Show(&facts(TS, text)).plain_calls()
}

#[test]
fn chains_link_through_calls() {
    assert_eq!(
        calls("db.user.findMany({ where: { id } }).then(r => r.length); f(x)(y); new Pool({ max: 3 });"),
        ["db.user.findMany({where: {id: id}})", "#0.then(fn1)", "f(x)", "#2(y)", "new Pool({max: 3})"]
    );
    assert_eq!(calls("a?.b!.c((x as T).y, ...rest); sql`select ${z}`"), ["a.b.c(x.y, ...rest)", "sql(text)"]);
}

#[test]
fn awaits_are_calls_and_sinks_see_through_them() {
    let facts = facts(TS, "async function f() { const r = await g(await h()); (await i()).j; return await k(); }");
    assert_eq!(
        Show(&facts).calls(),
        [
            "0 h() Argument(2)",
            "1 @await #0 Argument(2)",
            "2 g(~#0) Bound(r)",
            "3 @await #2 Bound(r)",
            "4 i() Receiver",
            "5 @await #4 Receiver",
            "6 k() Returned",
            "7 @await #6 Returned",
        ]
    );
    assert!(facts.calls.iter().filter(|call| call.operator().is_none()).all(|call| call.awaited));
    assert_eq!(facts.calls[0].inside, Some(CallId(2)));
}

#[test]
fn loops_have_items_and_what_they_run_over() {
    let facts = facts(
        TS,
        "for (const { a, b: [c] } of xs) {} for (let i = 0; i < this.ys.length; i++) {} for await (const d of s()) {}
         while (true) {} do { e() } while (more()); for (;;) {} for (const k in o) {}",
    );
    assert_eq!(
        Show(&facts).loops(),
        [
            "For a,c of xs",
            "Counted i of this.ys",
            "Stream d of #1",
            "While  of - endless",
            "While  of -",
            "Counted  of - endless",
            "For k of o",
        ]
    );
    assert_eq!(Show(&facts).operators(Operator::Iterate), ["@iterate xs", "@iterate #1", "@iterate o"]);
}

#[test]
fn callbacks_are_loops_and_other_closures_are_not() {
    let facts = facts(
        TS,
        "for (const x of xs) { x.ys.map(async ({ z }) => one(z)); then(() => two()); (() => three())(); }
         users.forEach(save); Bluebird.map(users, u => u.load()); users.reduce((acc, v) => acc + v, 0); xs.find(filter);",
    );
    let show = Show(&facts);
    assert_eq!(
        show.loops(),
        ["For x of xs", "Callback z of x.ys in L0", "Callback  of users", "Callback u of users", "Callback v of users",]
    );
    let inside =
        |name: &str| facts.calls.iter().find(|call| show.call(call).starts_with(name)).map(|call| call.in_loop);
    assert_eq!(inside("one"), Some(Some(LoopId(1))));
    assert_eq!(inside("two"), Some(None));
    assert_eq!(inside("three"), Some(Some(LoopId(0))));
    assert!(facts.functions[1].argument_of.is_some());
    assert_eq!(facts.loops[1].body, facts.functions[1].body);
}

#[test]
fn destructuring_gives_each_name_its_keys() {
    let facts = facts(
        TS,
        "const { a, b: { c = 1 }, ...rest } = load(); let [x, , y] = pair; this.a.b = o['k'][0][i]; n += 2; delete m[k];
         for (const p of ps) {}",
    );
    assert_eq!(
        Show(&facts).binds(),
        [
            "Declare const a = #0.a",
            "Declare const c = #0.b.c",
            "Declare const rest = #0",
            "Declare x = pair.0",
            "Declare y = pair.2",
            "Assign this.a.b = o.k.0.[]",
            "Augment n = 2",
            "Delete m.[] = -",
            "Item p = ps.[]",
        ]
    );
}

#[test]
fn functions_have_names_parameters_and_types() {
    let facts = facts(
        TS,
        "export const h = async (req: Request, { id, q: { n = 1 } }: P): Promise<User[]> => [];
         function* gen(a = 2, ...more: string[]) { yield a } export { gen };
         const o = { m() {}, k: () => 1 }; x.y = function () {};",
    );
    assert_eq!(
        Show(&facts).functions(),
        [
            "h(0:req: Request, 1:id.id: P, 1:n.q.n: P = 1) -> Promise<Array<User>> async exported closure",
            "gen(0:a = 2, ...1:more: Array<string>) generator exported",
            "m() closure",
            "k() closure",
            "y() closure",
        ]
    );
}

#[test]
fn classes_have_bases_fields_and_decorators() {
    let facts = facts(
        TS,
        "@Injectable() export class Svc extends Base<User> implements I {
           static n = 1; private repo: Repository<User>; go = async () => {};
           constructor(@InjectRepository(User) private readonly users: Repository<User>, plain: number) { super(plain); }
           @Get('/x') async list() {}
         }
         interface Shape { a: string; b?: number[] } type Al = Map<string, User> | null; type Ob = { k: string };
         enum E { A, B = 2 }",
    );
    let show = Show(&facts);
    assert_eq!(
        show.classes(),
        [
            "Class Svc(Base<User>, I) {n = 1; repo: Repository<User>; go = fn1; @#1 users: Repository<User>} @#0 exported",
            "Interface Shape() {a: string; b: Array<number>}",
            "Alias Al(|<Map<string, User>, null>) {}",
            "Interface Ob() {k: string}",
            "Enum E() {A; B = 2}",
        ]
    );
    assert_eq!(
        show.functions(),
        [
            "Svc.go() async closure",
            "Svc.constructor(0:users: Repository<User>, 1:plain: number)",
            "Svc.list() async @#3",
        ]
    );
}

#[test]
fn imports_and_exports() {
    let facts = facts(
        TS,
        "import def, { a as b, type C } from 'mod'; import * as ns from './ns'; import type { T } from 't';
         const fs = require('fs'), { readFile: rf } = require('fs/promises');
         export * from './all'; export { x as y } from './re'; export default class A {} export const k = 1;
         module.exports = { f };",
    );
    let show = Show(&facts);
    assert_eq!(
        show.imports(),
        [
            "def = mod default",
            "b = mod a",
            "C = mod C type",
            "ns = ./ns",
            "T = t T type",
            "fs = fs",
            "rf = fs/promises readFile",
        ]
    );
    assert_eq!(
        show.exports(),
        ["* from ./all *", "y from ./re x", "default = class0", "k = k", "default = {f: f}", "f = f"]
    );
}

#[test]
fn operators_of_conditions_and_sums() {
    let facts = facts(TS, "if (!a.b && await c() || d > 1) {} e === f; g + h; acc += 's'; 'k' in m; 'a' + 'b';");
    let show = Show(&facts);
    assert_eq!(show.operators(Operator::Truth), ["@truth a.b", "@truth ~#1"]);
    assert_eq!(show.operators(Operator::Equal), ["@equal e, f"]);
    assert_eq!(show.operators(Operator::Add), ["@add g, h"]);
    assert_eq!(show.operators(Operator::AddAssign), ["@add-assign acc, \"s\""]);
    assert_eq!(show.operators(Operator::Contains), ["@contains m, \"k\""]);
}

#[test]
fn comparisons_with_constants() {
    let text = r#"if (kind === Kind.Card && "paid" != order.state) {} else if (a == b || a === 'x\n') {}
        switch (way) { case "a": go(); case "b": stop(); break; case Way.C: { return; } case "d": }"#;
    let facts = facts(TS, text);
    let said = facts.equalities.iter().map(|row| {
        let value: Vec<&str> = row
            .value
            .root
            .name()
            .into_iter()
            .chain(row.value.path.iter().copied())
            .map(|name| facts.names.get(name))
            .collect();
        format!(
            "{} {} {} {}",
            row.when,
            value.join("."),
            if row.holds { "is" } else { "is not" },
            facts.names.get(row.constant)
        )
    });
    // What stands after `&&` has a condition of its own; `case "b"` is gone on to from the one before.
    let expected = [
        "true kind is Kind.Card",
        "true order.state is not \"paid",
        "true kind is Kind.Card",
        "false kind is not Kind.Card",
        "true way is \"a",
        "true way is Way.C",
        "true way is \"d",
    ];
    assert_eq!(said.collect::<Vec<_>>(), expected);
}

#[test]
fn strings_built_of_parts_are_one_text() {
    let facts = facts(TS, r#"const s = "SELECT a\n" + 'FROM b ' + `WHERE c = ${d}`; f("x" + y);"#);
    let texts: Vec<(bool, bool)> = facts.texts.iter().map(|text| (text.has_holes, text.short.is_some())).collect();
    assert_eq!(texts, [(true, false), (true, false)]);
}

#[test]
fn exits_and_blocks() {
    let facts =
        facts(TS, "function f() { try { if (a) return 1; } catch (e) { throw e } finally { g() } } const h = x => y;");
    let show = Show(&facts);
    assert_eq!(show.exits(), ["Return 1", "Throw e", "Return y"]);
    let blocks = show.blocks();
    assert_eq!(blocks[2..6], ["Try", "If", "Catch", "Finally"]);
    assert_eq!(show.uses(), "a,e,g,y");
}

#[test]
fn directives_name_rules_and_a_reason() {
    let text = "f(); // perflint-ignore n-plus-one-query, sort-in-loop: few rows\n  /* perflint-ignore-file x */\n\
                // see perflint-ignored and `perflint-ignore`\n";
    let facts = facts(TS, text);
    let [first, second] = &facts.directives[..] else { panic!("{:?}", facts.directives) };
    assert_eq!(first.rules, ["n-plus-one-query", "sort-in-loop"]);
    assert_eq!(
        (first.reason.as_deref(), first.line, first.alone, first.whole_file),
        (Some("few rows"), 1, false, false)
    );
    assert_eq!((second.rules.len(), second.line, second.alone, second.whole_file), (1, 2, true, true));
}

#[test]
fn jsx_holds_calls_and_closures() {
    let facts = facts(
        Language::Tsx,
        "const V = () => <ul onClick={() => go()}>{xs.map(x => <Li key={x.id}>{f(x)}</Li>)}</ul>;",
    );
    assert_eq!(Show(&facts).plain_calls(), ["go()", "f(x)", "xs.map(fn3)"]);
}

#[test]
fn an_await_of_a_call_with_type_arguments_waits_for_the_whole_chain() {
    let text = "async () => { const a = await db.get<User>(f(await g())).limit(1); return (await h<T>(x)).y; }";
    let facts = facts(TS, text);
    let awaits = facts.calls.iter().filter(|call| call.operator() == Some(Operator::Await));
    let spans: Vec<&str> = awaits.map(|call| &text[call.span.range()]).collect();
    assert_eq!(spans, ["await g()", "await db.get<User>(f(await g())).limit(1)", "await h<T>(x)"]);
    let limit = facts.calls.iter().find(|call| text[call.span.range()].starts_with("db.get<User>(f(await g())).limit"));
    assert!(limit.is_some_and(|call| call.awaited && matches!(call.sink, Sink::Bound(_))));
}
