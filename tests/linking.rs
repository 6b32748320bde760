//! What is found over several files: imports of everything, names that macros declare, aliases without a configuration,
//! relations between models.
#![allow(clippy::unwrap_used)]

mod projects;

use std::process::Command;

use projects::project;

/// What perflint reports of a project, as its JSON.
fn report(files: &[(&str, &str)]) -> serde_json::Value {
    let folder = project(files);
    let output = Command::new(env!("CARGO_BIN_EXE_perflint"))
        .args(["--format", "json", "--no-progress", "--exit-zero", "."])
        .current_dir(folder.path())
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Each finding of a project as `path:line rule`, in the order of the report.
fn findings(files: &[(&str, &str)]) -> Vec<String> {
    let report = report(files);
    let found = report["findings"].as_array().unwrap().iter();
    found
        .map(|one| {
            format!("{}:{} {}", one["path"].as_str().unwrap(), one["start"]["line"], one["rule"].as_str().unwrap())
        })
        .collect()
}

#[test]
fn rust_takes_everything_from_a_prelude_of_entities() {
    let entity = "use sea_orm::entity::prelude::*;\n\n#[derive(Clone, Debug, DeriveEntityModel)]\n\
                  #[sea_orm(table_name = \"orders\")]\npub struct Model {\n    #[sea_orm(primary_key)]\n    pub id: i32,\n}\n";
    let service = "use crate::model::prelude::{Other as Unknown, *};\nuse sea_orm::{DatabaseConnection, EntityTrait};\n\n\
                   pub async fn keep(rows: Vec<Row>, db: &DatabaseConnection) {\n    for row in rows {\n        \
                   Order::insert(row).exec(db).await.unwrap();\n    }\n}\n";
    let found = findings(&[
        ("Cargo.toml", "[package]\nname = \"shop\"\nversion = \"0.1.0\"\n\n[dependencies]\nsea-orm = \"1\"\n"),
        ("src/lib.rs", "mod model;\nmod service;\n"),
        ("src/model/mod.rs", "pub mod order;\npub mod prelude;\n"),
        ("src/model/order.rs", entity),
        ("src/model/prelude.rs", "pub use super::order::Entity as Order;\n"),
        ("src/service.rs", service),
    ]);
    assert_eq!(found, ["src/service.rs:6 write-in-loop"]);
}

#[test]
fn aliases_without_a_configuration_lead_to_the_file_that_ends_so() {
    let service = "import { PrismaService } from '@shop/api/services/prisma.service';\n\nexport class Orders {\n  \
                   constructor(private readonly prisma: PrismaService) {}\n\n  async of(ids: string[]) {\n    \
                   for (const id of ids) {\n      await this.prisma.order.findUnique({ where: { id } });\n    }\n  }\n}\n";
    let found = findings(&[
        ("package.json", "{\"name\": \"shop\", \"dependencies\": {\"@prisma/client\": \"5\"}}"),
        ("apps/api/src/orders.ts", service),
        (
            "apps/api/src/services/prisma.service.ts",
            "import { PrismaClient } from '@prisma/client';\n\nexport class PrismaService extends PrismaClient {}\n",
        ),
    ]);
    assert_eq!(found, ["apps/api/src/orders.ts:8 n-plus-one-query"]);
}

#[test]
fn relations_lead_back_from_other_files() {
    let models = "from django.db import models\n\n\nclass Order(models.Model):\n    name = models.TextField()\n";
    let lines = "from django.db import models\n\n\nclass Line(models.Model):\n    \
                 order = models.ForeignKey(\"shop.Order\", models.CASCADE, related_name=\"lines\")\n    \
                 note = models.ForeignKey(\"shop.Order\", models.CASCADE, related_name=\"notes\")\n";
    let views = "from .models import Order\n\n\ndef page(request):\n    orders = Order.objects.prefetch_related(\"notes\")\n    \
                 return [(order.lines.exists(), order.notes.exists()) for order in orders]\n";
    let found = findings(&[
        ("shop/models.py", models),
        ("shop/lines.py", lines),
        ("shop/views.py", views),
        ("shop/__init__.py", ""),
    ]);
    assert_eq!(found, ["shop/views.py:6 n-plus-one-query"]);
}

/// The entry points of a project's findings as `kind route name path:line`, in the order of the report.
fn entries(files: &[(&str, &str)]) -> Vec<String> {
    let report = report(files);
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    let one = |finding: &serde_json::Value| match &finding["entry"] {
        serde_json::Value::Null => "none".to_owned(),
        entry => {
            let [kind, route, name, path] = ["kind", "route", "name", "path"].map(|key| text(&entry[key]));
            format!("{kind} {route} {name} {path}:{}", entry["start"]["line"])
        }
    };
    report["findings"].as_array().unwrap().iter().map(one).collect()
}

const SERVICE: &str = "import { prisma } from './db.js';\n\n\
    async function each(ids: string[]) {\n  const rows = [];\n  for (const id of ids) {\n    \
    rows.push(await prisma.order.findUnique({ where: { id } }));\n  }\n  return rows;\n}\n\n\
    export async function load(ids: string[]) {\n  return each(ids);\n}\n";

#[test]
fn findings_name_the_nearest_entry_point() {
    let manifest =
        ("package.json", "{\"dependencies\": {\"@prisma/client\": \"5\", \"express\": \"4\", \"bull\": \"4\"}}");
    let database =
        ("src/db.ts", "import { PrismaClient } from '@prisma/client';\nexport const prisma = new PrismaClient();\n");
    let service = ("src/service.ts", SERVICE);
    assert_eq!(entries(&[manifest, database, service]), ["none"]);

    let routes = "import { Router } from 'express';\nimport { load } from './service.js';\n\n\
                  export const orders = Router();\n\nasync function show(request, response) {\n  \
                  response.json(await load(request.body.ids));\n}\n\norders.post('/orders/:id', show);\n";
    let nearer = routes.replace("show", "near").replace("load", "each").replace("post", "get");
    let exported = SERVICE.replace("async function each", "export async function each");
    let routes = ("src/routes.ts", routes);
    let expected = "http POST /orders/:id show src/routes.ts:6";
    assert_eq!(entries(&[manifest, database, service, routes]), [expected]);
    let found = entries(&[manifest, database, ("src/service.ts", &exported), routes, ("src/z.ts", &nearer)]);
    assert_eq!(found, ["http GET /orders/:id near src/z.ts:6"], "the shortest way wins");

    let job = "import Queue from 'bull';\nimport { load } from './service.js';\n\n\
               const queue = new Queue('invoices');\nqueue.process('send', async (job) => {\n  \
               await load(job.data.ids);\n});\n";
    assert_eq!(entries(&[manifest, database, service, ("src/job.ts", job)]), ["job send - src/job.ts:5"]);
    let both = entries(&[manifest, database, service, ("src/job.ts", job), routes]);
    assert_eq!(both, [expected], "of two that are equally near, the kind that comes first");
}

#[test]
fn entry_points_of_classes_and_decorators_have_names() {
    let tasks = "from celery import shared_task\nfrom django.db import models\n\n\n\
                 class Order(models.Model):\n    name = models.TextField()\n\n\n\
                 def find(ids):\n    return [Order.objects.get(pk=one) for one in ids]\n\n\n\
                 @shared_task\ndef send(ids):\n    return find(ids)\n";
    let manifest = ("pyproject.toml", "[project]\nname = \"shop\"\ndependencies = [\"django\", \"celery\"]\n");
    assert_eq!(entries(&[manifest, ("shop/tasks.py", tasks)]), ["job - send shop/tasks.py:14"]);
    let view = "from django.views import View\nfrom shop.tasks import find\n\n\n\
                class Orders(View):\n    def get(self, request):\n        return find(request.GET.getlist('id'))\n";
    let found = entries(&[manifest, ("shop/tasks.py", tasks), ("shop/views.py", view)]);
    assert_eq!(found, ["http - Orders.get shop/views.py:6"]);
    let api = "from fastapi import FastAPI\nfrom shop.tasks import find\n\napp = FastAPI()\n\n\n\
               @app.get('/orders')\ndef orders(ids: list[int]):\n    return find(ids)\n";
    let fast = manifest.1.replace("celery", "fastapi");
    let found = entries(&[("pyproject.toml", &fast), ("shop/tasks.py", tasks), ("shop/api.py", api)]);
    assert_eq!(found, ["http GET /orders orders shop/api.py:8"]);
}

#[test]
fn attributes_that_a_crate_gives_to_all_its_files_are_routes() {
    let routes = "use diesel::prelude::*;\n\n#[get(\"/orders\")]\nfn list(ids: Vec<i32>, conn: &mut PgConnection) {\n    \
                  for id in ids {\n        let _ = diesel::sql_query(\"SELECT 1 FROM orders WHERE id = $1\")\
                  .bind::<diesel::sql_types::Integer, _>(id).execute(conn);\n    }\n}\n";
    let manifest = "[package]\nname = \"shop\"\nversion = \"0.1.0\"\n\n[dependencies]\nrocket = \"0.5\"\n\
                    diesel = { version = \"2\", features = [\"postgres\"] }\n";
    let main = "#[macro_use]\nextern crate rocket;\n\nmod routes;\n";
    let found = entries(&[("Cargo.toml", manifest), ("src/main.rs", main), ("src/routes.rs", routes)]);
    assert!(
        !found.is_empty() && found.iter().all(|entry| entry.starts_with("http - list src/routes.rs:")),
        "{found:?}"
    );
}

#[test]
fn what_a_worker_is_made_with_is_a_job() {
    let worker = "import { Worker } from 'bullmq';\nimport { load } from './service.js';\n\n\
                  new Worker('invoices', async (job) => {\n  await load(job.data.ids);\n});\n";
    let database = "import { PrismaClient } from '@prisma/client';\nexport const prisma = new PrismaClient();\n";
    let manifest = "{\"dependencies\": {\"@prisma/client\": \"5\", \"bullmq\": \"5\"}}";
    let files =
        [("package.json", manifest), ("src/db.ts", database), ("src/service.ts", SERVICE), ("src/worker.ts", worker)];
    assert_eq!(entries(&files), ["job invoices - src/worker.ts:4"]);
}
