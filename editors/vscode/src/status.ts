// What the status bar says.

/** What the server tells of itself. */
export interface ServerStatus {
  state: "scanning" | "ready" | "broken";
  findings: number;
  message: string;
}

/** How the status bar shows it. */
export interface Shown {
  text: string;
  tooltip: string;
  warns: boolean;
}

/** The server's state in the status bar. */
export function shown(status: ServerStatus, version: string): Shown {
  const about = `perflint ${version}`;
  switch (status.state) {
    case "scanning":
      return { text: "$(sync~spin) perflint", tooltip: `${about}: reading files`, warns: false };
    case "broken":
      return { text: "$(warning) perflint", tooltip: `${about}: ${status.message}`, warns: true };
    case "ready": {
      const findings = status.findings === 1 ? "1 finding" : `${status.findings} findings`;
      return { text: `$(check) perflint ${status.findings}`, tooltip: `${about}: ${findings}`, warns: false };
    }
  }
}

/** A server that could not be started, in the status bar. */
export function failed(reason: string): Shown {
  return { text: "$(error) perflint", tooltip: reason, warns: true };
}
