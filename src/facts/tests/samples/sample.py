import a.b, c as d
from .m import x as y, z
from pkg import *
if TYPE_CHECKING:
    from t import T
@app.get("/x")
async def view(request, q: Optional[int] = None, *args, **kw) -> list[User]:
    """Doc."""
    qs = Order.objects.filter(a=q).first()
    for i, (a, b) in enumerate(xs):
        await save(a, *b, k=1)
        self.total += len(a)
    else:
        pass
    names = [f(x) for x in xs if x.ok for y in g(x)]
    d2 = {k: load(k) async for k in ks}
    async for row in stream(): use(row)
    with open(p) as f, lock: f.read()
    if not qs and qs.exists() or x in xs: return qs[:10]
    elif (n := count()) > 3: raise ValueError("x") from e
    else: del cache[k], b.c
    sql = "SELECT a " "FROM b" + " WHERE c = %s" % x
    t = f"SELECT {col} FROM t WHERE {{x}} = {y!r}"
    list(map(load, xs)); sorted(xs, key=lambda v: v.n)
    a, b = b, a
    x.y[k] = z = v[0]['k']
    try: risky()
    except (E, F) as err: log(err)
    except G: pass
    finally: done()
    match cmd:
        case Point(x=0, y=yy) if yy > 1: one(yy)
        case [first, *others]: two()
        case other: three()
    while True:
        break
    return await gather(*[g(x) for x in xs])
class Order(models.Model, metaclass=M):
    customer: "Customer" = models.ForeignKey("Customer", on_delete=models.CASCADE)
    n: int
    class Meta:
        ordering = ["x"]
    @property
    def total(self): return sum(i.price for i in self.items.all())
    @staticmethod
    def make(a): yield super().make(a)
    @classmethod
    def build(cls, b, c=now()): return cls(b)
