//! What is found over several files: imports of everything, names that macros declare, aliases without a configuration,
//! relations between models.
#![allow(clippy::unwrap_used)]

mod projects;

use std::process::Command;

use projects::project;

/// Each finding of a project as `path:line rule`, in the order of the report.
fn findings(files: &[(&str, &str)]) -> Vec<String> {
    let found = report(files);
    let place = |one: &serde_json::Value| {
        format!("{}:{} {}", one["path"].as_str().unwrap(), one["start"]["line"], one["rule"].as_str().unwrap())
    };
    found.iter().map(place).collect()
}

/// The findings of a project as in the JSON report.
fn report(files: &[(&str, &str)]) -> Vec<serde_json::Value> {
    let folder = project(files);
    let output = Command::new(env!("CARGO_BIN_EXE_perflint"))
        .args(["--format", "json", "--no-progress", "--exit-zero", "."])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    report["findings"].as_array().unwrap().clone()
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

#[test]
fn findings_know_the_entry_point_that_leads_to_them() {
    let service = "import { PrismaClient } from '@prisma/client';\n\nconst db = new PrismaClient();\n\n\
                   async function each(ids: string[]) {\n  for (const id of ids) await db.order.findUnique({ where: { id } });\n}\n\n\
                   export const page = (ids: string[]) => each(ids);\n\n\
                   export async function idle(ids: string[]) {\n  for (const id of ids) await db.order.findUnique({ where: { id } });\n}\n";
    let routes = "import express from 'express';\n\nimport { page } from './service';\n\nconst app = express();\n\
                  app.get('/orders', list);\n\nasync function list(request, response) {\n  response.json(await page(request.body.ids));\n}\n";
    let found = report(&[
        ("package.json", "{\"name\": \"shop\", \"dependencies\": {\"@prisma/client\": \"6\", \"express\": \"4\"}}"),
        ("src/service.ts", service),
        ("src/routes.ts", routes),
    ]);
    assert_eq!(found.len(), 2, "{found:?}");
    let entry = &found[0]["entry"];
    assert_eq!(
        (&entry["kind"], &entry["name"], &entry["path"]),
        (&"http".into(), &"list".into(), &"src/routes.ts".into())
    );
    assert_eq!(entry["start"]["line"], 8);
    assert!(found[1]["entry"].is_null());
}
