use super::*;

fn python(text: &str) -> FileFacts {
    facts(Language::Python, text)
}

#[test]
fn chains_link_through_calls() {
    let facts = python("Order.objects.filter(a=x, *b, **c).first()\nsuper().make(a)\nself.x.go()");
    assert_eq!(
        Show(&facts).plain_calls(),
        ["Order.objects.filter(a=x, ...b, ...c)", "#2.first()", "super.make(a)", "this.x.go()"]
    );
    assert_eq!(facts.calls[2].sink, Sink::Receiver);
}

#[test]
fn loops_and_comprehensions() {
    let facts = python(
        "for i, (a, b) in enumerate(xs):\n    ys = [f(x, y) for x in a if x.ok for y in g(x)]\n\
         async def h():\n    async for row in stream(): pass\n    return {k: load(k) async for k in ks}\n\
         while True: pass\nlist(map(load, xs))\nsorted(xs, key=lambda v: v.n)",
    );
    let show = Show(&facts);
    assert_eq!(
        show.loops(),
        [
            "For i,a,b of #0",
            "Comprehension x of a in L0",
            "Comprehension y of #5 in L1",
            "Stream row of #8",
            "Stream k of ks",
            "While  of - endless",
            "Callback  of xs",
            "Callback v of xs",
        ]
    );
    let load = facts.calls.iter().find(|call| show.call(call) == "f(x, y)").map(|call| (call.in_loop, call.sink));
    assert_eq!(load, Some((Some(LoopId(2)), Sink::Element)));
}

#[test]
fn operators() {
    let facts = python(
        "if not qs and qs.exists() or x in xs: pass\nw = qs[:10]\nv = qs[0]['k']\nassert ok\na = b or []\nt += u\nc is d",
    );
    let show = Show(&facts);
    assert_eq!(show.operators(Operator::Truth), ["@truth qs", "@truth #1", "@truth ok", "@truth b"]);
    assert_eq!(show.operators(Operator::Contains), ["@contains xs, x"]);
    assert_eq!(show.operators(Operator::Slice), ["@slice qs"]);
    assert_eq!(show.operators(Operator::Index), ["@index qs, 0", "@index qs.0, \"k\""]);
    assert_eq!(show.operators(Operator::AddAssign), ["@add-assign t, u"]);
    assert_eq!(show.operators(Operator::Equal), ["@equal c, d"]);
}

#[test]
fn fields_of_items_are_read() {
    let facts = python(
        "for order in orders:\n    order.total = order.shop.town.upper()\n    order.save()\n    other.shop\n    del order.note\n\
         order.shop\nxs = [send(order.owner) for order in orders if order.paid]",
    );
    assert_eq!(
        Show(&facts).operators(Operator::Field),
        ["@field order.shop", "@field order.paid", "@field order.owner"]
    );
}

#[test]
fn a_name_for_a_type_with_arguments_is_of_that_type() {
    let facts = python("Names = list[str]\nrows = table[0]\nRow = ROWS[KIND]\ndef f():\n Inner = list[int]");
    assert_eq!(
        Show(&facts).binds(),
        [
            "Assign Names: list<str> = list.[]",
            "Assign rows = table.0",
            "Assign Row = ROWS.[]",
            "Assign Inner = list.[]"
        ]
    );
}

#[test]
fn binds() {
    let facts = python(
        "a, (b, *c) = load()\nself.x = y = 1\nd[k] = v['z']\ne: int = 2\nwith open(p) as f: pass\ndel d[k], g.h\n\
         if (n := count()) > 1: pass\ntry: pass\nexcept E as err: pass\nfor i in xs: pass",
    );
    assert_eq!(
        Show(&facts).binds(),
        [
            "Assign a = #0.0",
            "Assign b = #0.1.0",
            "Assign c = #0.1",
            "Assign this.x = 1",
            "Assign y = 1",
            "Assign d.[] = v.z",
            "Assign e: int = 2",
            "Pattern const f = #2",
            "Delete d.[] = -",
            "Delete g.h = -",
            "Assign n = #3",
            "Pattern const err = -",
            "Item i = xs.[]",
        ]
    );
}

#[test]
fn functions_and_classes() {
    let facts = python(
        "@app.get('/x')\nasync def view(request, q: Optional[int] = None, *args, **kw) -> list[User]: pass\n\
         class Order(models.Model, metaclass=M):\n    customer = models.ForeignKey('C')\n    n: int\n\
         \x20   class Meta:\n        ordering = ['x']\n    @property\n    def total(self): return 1\n\
         \x20   @staticmethod\n    def make(a): yield a\n    @classmethod\n    def build(cls, b, c=now()): return cls(b)\n",
    );
    let show = Show(&facts);
    assert_eq!(
        show.functions(),
        [
            "view(0:request, 1:q: Optional<int> = null, ...2:args, ...3:kw) -> list<User> async exported @#0",
            "Order.total() @property",
            "Order.make(0:a) generator static @staticmethod",
            "Order.build(0:b, 1:c = #2) @classmethod",
        ]
    );
    assert_eq!(
        show.classes(),
        ["Class Order(models.Model) {customer = #1; n: int} exported", "Class Meta() {ordering = [\"x\"]}"]
    );
    assert_eq!(facts.classes[1].parent, Some(ClassId(0)));
    assert!(show.binds().is_empty());
}

#[test]
fn imports() {
    let facts = python(
        "import a.b, c as d\nfrom .m import x as y, z\nfrom pkg import *\nif TYPE_CHECKING:\n    from t import T\n",
    );
    assert_eq!(Show(&facts).imports(), ["a = a", "d = c", "y = .m x", "z = .m z", "* = pkg *", "T = t T type"]);
}

#[test]
fn uses_leave_out_fields_types_and_keywords() {
    let facts = python("def f(a: T, b=c):\n    x = a.d(k=e)\n    y.z = x[i]\n    return f'{g} {h.j}'\n");
    assert_eq!(Show(&facts).uses(), "c,a,e,y,x,i,g,h");
}

#[test]
fn branches_nest_like_the_code() {
    let facts = python("if a: x()\nelif b: y()\nelse: z()\nw = p if q else r");
    let kinds = Show(&facts).blocks();
    assert_eq!(kinds[1..], ["If", "Else", "If", "Else", "If", "Else"]);
    assert_eq!(facts.blocks[3].parent, Some(BlockId(2)));
}

#[test]
fn matched_names_and_texts() {
    let facts =
        python("match cmd:\n    case [a, b] if a: pass\n    case other: pass\ns = ('SELECT a '\n 'FROM b' + ' x')\n");
    let show = Show(&facts);
    assert_eq!(
        show.binds(),
        [
            "Pattern const a = cmd.0",
            "Pattern const b = cmd.1",
            "Pattern const other = cmd",
            "Assign s = \"SELECT a FROM b x\""
        ]
    );
}

#[test]
fn a_field_that_is_looked_for_by_its_name_is_tested() {
    let text = "if not hasattr(self, 'rows'): pass\nif getattr(a.b, \"c\", None): pass\nif hasattr(a, name): pass\n";
    let facts = python(text);
    let said = facts.conditions.iter().filter(|row| row.when).map(|row| {
        let path: Vec<&str> = row.value.path.iter().map(|name| facts.names.get(*name)).collect();
        (matches!(row.value.root, Root::This), path.join("."), row.holds)
    });
    let expected = [(true, "rows", false), (false, "b.c", true)];
    assert_eq!(said.collect::<Vec<_>>(), expected.map(|(this, path, holds)| (this, path.to_owned(), holds)));
}
