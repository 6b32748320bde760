use super::*;
#[test]
fn look() {
    let f = facts(Language::Rust, r#"
use std::{fs, io::{self, Read as R}, collections::*}; pub use crate::a::b; mod other;
#[derive(Debug, Clone)] pub struct User { pub id: i32, names: Vec<String> }
struct Pair(i32, Arc<Mutex<T>>); enum E { A, B(i32) }
impl Repo for Pg { fn new() -> Self { Self { pool: Pool::new(), n } } async fn find(&self, id: i32) -> Result<User> { self.pool.get().await?.query(id).await } }
trait Repo: Send + Sync { fn find(&self); }
#[get("/x")] pub async fn list(db: web::Data<Pool>, Path((a, b)): Path<(i32, i32)>) -> impl Responder {
    let mut out = Vec::<i32>::with_capacity(10);
    for (i, x) in xs.iter().enumerate() { out.push(load(&db, x.id).await?); }
    while let Some(row) = rows.next().await { println!("{} {}", row.a, f(row)); }
    let ids: Vec<_> = xs.iter().map(|x| x.id).collect::<Vec<_>>();
    let y = opt.map(|o| o.z());
    let (a, b) = tokio::try_join!(one(), two(3))?;
    if let Some(v) = cache.get(&k) { return v.clone(); } else if ok && v.is_some() { x += 1; }
    let q = sqlx::query!("SELECT * FROM t WHERE id = $1", id).fetch_one(&db).await;
    let Some(z) = opt else { panic!("no") };
    match e { E::A => one(), E::B(n) if n > 1 => { two(n) } _ => {} }
    loop { break; }
    db_run! { conn: { diesel::delete(users).execute(conn) } }
    let fut = async move { go().await };
    tokio::select! { a = b => {} }
    let s = &xs[1..]; let t = xs[0]; let c = a + b; let w = (0..n).map(|i| work(i));
    v.iter().any(|q| q == other); json!({"a": compute(1)}); vec![a(), b()];
    unsafe { last(x) }
}
#[cfg(test)] mod tests { #[test] fn t() { assert_eq!(f(1), 2); } }
const K: usize = 3; static S: OnceLock<Regex> = OnceLock::new();
"#);
    println!("{}", Show(&f).all());
}
