// The settings of the user, as the server takes them.

/** Reads one setting; `undefined` where it is not there. */
export type Read = <T>(name: string) => T | undefined;

/** What the server is told. */
export interface ServerSettings {
  enable: boolean;
  config: string | null;
  run: string;
  minConfidence: string | null;
  openFilesOnly: boolean;
  statusNotification: boolean;
}

/** The settings for the server. */
export function serverSettings(read: Read): ServerSettings {
  const text = (name: string): string | null => read<string>(name) || null;
  return {
    enable: read<boolean>("enable") ?? true,
    config: text("config"),
    run: read<string>("run") ?? "onType",
    minConfidence: text("minConfidence"),
    openFilesOnly: read<boolean>("openFilesOnly") ?? false,
    statusNotification: true,
  };
}

/** The languages that perflint reads. */
export const LANGUAGES = [
  "javascript",
  "javascriptreact",
  "typescript",
  "typescriptreact",
  "python",
  "rust",
  "sql",
] as const;
