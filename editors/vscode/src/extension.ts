// The extension: starts `perflint lsp` and shows what it says.

import * as vscode from "vscode";
import { LanguageClient, RevealOutputChannelOn, State, type LanguageClientOptions } from "vscode-languageclient/node";

import { checkServer, findServer, StartFailure } from "./server";
import { LANGUAGES, serverSettings } from "./settings";
import { failed, shown, type ServerStatus, type Shown } from "./status";

/** The command with which the server shows a rule's page; the client answers it itself, with a preview. */
const SHOW_RULE = "perflint.showRule";

let running: Extension | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  running = new Extension();
  context.subscriptions.push(running);
  await running.start();
}

export async function deactivate(): Promise<void> {
  await running?.stop();
}

/** The pages of rules, as documents to preview. */
class RulePages implements vscode.TextDocumentContentProvider {
  static readonly scheme = "perflint-rule";

  constructor(private readonly page: (rule: string) => Promise<string>) {}

  provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    return this.page(uri.path.replace(/\.md$/, ""));
  }
}

class Extension implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private version = "";
  private readonly output = vscode.window.createOutputChannel("perflint", { log: true });
  private readonly item = vscode.window.createStatusBarItem("perflint.status", vscode.StatusBarAlignment.Right);
  private readonly disposables: vscode.Disposable[] = [this.output, this.item];

  constructor() {
    this.item.name = "perflint";
    this.item.command = "perflint.showOutput";
    const pages = new RulePages((rule) => this.page(rule));
    this.disposables.push(
      vscode.workspace.registerTextDocumentContentProvider(RulePages.scheme, pages),
      vscode.commands.registerCommand("perflint.restart", () => this.restart()),
      vscode.commands.registerCommand("perflint.showOutput", () => this.output.show()),
      vscode.commands.registerCommand("perflint.fixAll", () => fixAll()),
      vscode.commands.registerCommand("perflint.init", () => this.init()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.restart()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration("perflint.path")) {
          void this.restart();
        }
      }),
    );
  }

  /** Starts the server; where that fails, says why and what to do. */
  async start(): Promise<void> {
    try {
      const program = this.program();
      this.version = await checkServer(program);
      this.output.info(`${program} (${this.version})`);
      this.client = this.newClient(program);
      this.client.onNotification("perflint/status", (status: ServerStatus) => this.show(shown(status, this.version)));
      this.client.onDidChangeState(({ newState }) => {
        if (newState === State.Stopped) {
          this.show(failed("perflint stopped; see the output"));
        }
      });
      await this.client.start();
    } catch (error) {
      await this.complain(error);
    }
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.stop().catch(() => undefined);
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  dispose(): void {
    this.disposables.forEach((disposable) => void disposable.dispose());
  }

  private program(): string {
    return findServer({
      configured: vscode.workspace.getConfiguration("perflint").get("path", ""),
      folders: (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath),
      trusted: vscode.workspace.isTrusted,
      path: process.env["PATH"] ?? "",
      platform: process.platform,
    });
  }

  private newClient(program: string): LanguageClient {
    const configuration = vscode.workspace.getConfiguration("perflint");
    const options: LanguageClientOptions = {
      documentSelector: LANGUAGES.map((language) => ({ scheme: "file", language })),
      initializationOptions: serverSettings((name) => configuration.get(name)),
      outputChannel: this.output,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      middleware: {
        executeCommand: (command, args: unknown[], next) => {
          const [rule] = args;
          return command === SHOW_RULE && typeof rule === "string" ? preview(rule) : next(command, args);
        },
      },
    };
    const shell = program.endsWith(".cmd");
    return new LanguageClient("perflint", "perflint", { command: program, args: ["lsp"], options: { shell } }, options);
  }

  private async page(rule: string): Promise<string> {
    const answer = await this.client?.sendRequest<{ markdown: string }>("perflint/rulePage", { rule });
    return answer?.markdown ?? "perflint is not running.";
  }

  private init(): void {
    try {
      const terminal = vscode.window.createTerminal({ name: "perflint init" });
      terminal.show();
      terminal.sendText(`"${this.program()}" init`);
    } catch (error) {
      void this.complain(error);
    }
  }

  private show(what: Shown): void {
    this.item.text = what.text;
    this.item.tooltip = what.tooltip;
    this.item.backgroundColor = what.warns ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
    this.item.show();
  }

  private async complain(error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    this.output.error(reason);
    this.show(failed(reason));
    const settings = "Open the settings";
    const output = "Show the output";
    const choices = error instanceof StartFailure ? [settings, output] : [output];
    // Nobody waits for the answer: the editor goes on.
    void vscode.window.showErrorMessage(`perflint: ${reason}`, ...choices).then((choice) => {
      if (choice === settings) {
        void vscode.commands.executeCommand("workbench.action.openSettings", "perflint.path");
      } else if (choice === output) {
        this.output.show();
      }
    });
  }
}

/** Shows the page of a rule beside the code. */
function preview(rule: string): Thenable<unknown> {
  const uri = vscode.Uri.from({ scheme: RulePages.scheme, path: `${rule}.md` });
  return vscode.commands.executeCommand("markdown.showPreviewToSide", uri);
}

/** Applies all safe fixes to the file that is edited. */
function fixAll(): Thenable<unknown> {
  return vscode.commands.executeCommand("editor.action.codeAction", { kind: "source.fixAll.perflint", apply: "first" });
}
