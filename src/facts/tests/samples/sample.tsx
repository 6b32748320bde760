import def, { a as b, type C } from "mod"; import * as ns from './ns'; import type { T } from "t";
const fs = require("fs"), { readFile: rf } = require('fs/promises');
export * from "./all"; export { x as y, z } from "./re"; export default class A {}
export const handler = async (req: Request, { id, q: { page = 1 } }: P): Promise<User[]> => {
  const [users, total] = await Promise.all([db.user.findMany({ where: { id } }), db.user.count()]);
  for (const { name, tags: [first] } of users) { await db.tag.find(name, first, users[0].x, users["k"], users[i]); }
  await Promise.all(users.map(async (u, i) => { const r = await fetch(`/u/${u.id}`); return r?.json(); }));
  for (let i = 0; i < xs.length; i++) xs[i].go();
  for await (const c of stream()) c.x = 1;
  while (true) { if (!done && await next()) break; else if (a === b) continue; }
  users.forEach(save); Bluebird.map(users, (u) => u.load());
  const sum = "SELECT a " + "FROM b WHERE c = " + id;
  const { d, ...rest } = this.svc.load() ?? {};
  acc = acc.concat(x), acc += "s", total + 1;
  (function () { now(); })();
  delete cache[key]; i++; c ??= new Pool({ max: 3 });
  try { risky() } catch (e) { throw new Error("x" + e) } finally { done() }
  switch (k) { case 1: one(); break; default: two(); }
  return cond ? left() : right();
};
@Injectable()
export class Svc extends Base<User> implements I {
  static n = 1; private readonly repo: Repository<User>; go = async () => { this.repo.find(); };
  constructor(@InjectRepository(User) private readonly users: Repository<User>, plain: number) { super(plain); }
  @Get("/x") async list(@Query() q: Q) { return await this.users.find(); }
}
interface Shape { a: string; b?: number[] } type Al = Map<string, User>; type Ob = { k: string }; enum E { A, B = 2 }
module.exports = { handler, other: 1 };
function named(a, b = 2, ...more) {} export { named };
const tag = sql`select * from t where id = ${id}`;
