// The real server, started as the extension starts it and told what the extension tells it. `PERFLINT` names it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type CodeAction,
  type FullDocumentDiagnosticReport,
  type Hover,
} from "vscode-languageserver-protocol/node";

import { checkServer } from "../src/server";
import { serverSettings } from "../src/settings";
import type { ServerStatus } from "../src/status";

const VIEWS = `from shop.models import Shop


def names(ids):
    for id in ids:
        print(Shop.objects.get(pk=id).name)
`;

function project(): string {
  const folder = mkdtempSync(join(tmpdir(), "perflint-"));
  mkdirSync(join(folder, "shop"));
  writeFileSync(join(folder, "requirements.txt"), "django\n");
  const model = "from django.db import models\n\n\nclass Shop(models.Model):\n    name = models.TextField()\n";
  writeFileSync(join(folder, "shop/models.py"), model);
  writeFileSync(join(folder, "shop/views.py"), VIEWS);
  return folder;
}

test("the server talks to the client library", async (running) => {
  const program = process.env["PERFLINT"];
  assert.ok(program, "PERFLINT must name the server");
  await checkServer(program);
  const folder = project();
  const server = spawn(program, ["lsp"], { stdio: ["pipe", "pipe", "inherit"] });
  // A server that outlives a failed test would keep the run from ending.
  running.after(() => server.kill());
  const connection = createProtocolConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const ready = new Promise<ServerStatus>((resolve) => {
    connection.onNotification("perflint/status", (status: ServerStatus) => {
      if (status.state === "ready") {
        resolve(status);
      }
    });
  });
  connection.onRequest("client/registerCapability", () => null);
  connection.onRequest("workspace/configuration", () => [serverSettings(() => undefined)]);
  connection.listen();
  const uri = pathToFileURL(join(folder, "shop/views.py")).href;
  const answer = await connection.sendRequest<{ capabilities: { diagnosticProvider?: unknown } }>("initialize", {
    processId: process.pid,
    rootUri: null,
    workspaceFolders: [{ uri: pathToFileURL(folder).href, name: "shop" }],
    capabilities: {
      textDocument: { diagnostic: {}, hover: { contentFormat: ["markdown"] } },
      workspace: { configuration: true, didChangeWatchedFiles: { dynamicRegistration: true } },
    },
    initializationOptions: serverSettings(() => undefined),
  });
  assert.ok(answer.capabilities.diagnosticProvider);
  await connection.sendNotification("initialized", {});
  const textDocument = { uri, languageId: "python", version: 1, text: VIEWS };
  await connection.sendNotification("textDocument/didOpen", { textDocument });
  const report = await connection.sendRequest<FullDocumentDiagnosticReport>("textDocument/diagnostic", {
    textDocument: { uri },
  });
  assert.deepEqual(
    report.items.map((item) => item.code),
    ["n-plus-one-query"],
  );
  assert.equal((await ready).findings, 1);
  const range = report.items[0]!.range;
  const hover = await connection.sendRequest<Hover>("textDocument/hover", { textDocument: { uri }, position: range.start });
  assert.match(JSON.stringify(hover.contents), /n-plus-one-query/);
  const context = { diagnostics: report.items };
  const actions = await connection.sendRequest<CodeAction[]>("textDocument/codeAction", { textDocument: { uri }, range, context });
  assert.ok(actions.some((action) => action.title === "Ignore n-plus-one-query on this line"));
  const page = await connection.sendRequest<{ markdown: string }>("perflint/rulePage", { rule: "n-plus-one-query" });
  assert.match(page.markdown, /^# /);
  await connection.sendRequest("shutdown");
  const status = new Promise((resolve) => server.once("exit", resolve));
  await connection.sendNotification("exit");
  assert.equal(await status, 0);
  connection.dispose();
});
