import type { Reporter } from "../reporter.ts";
import type { IssuedCredential } from "../task/held-task.ts";

/** Warns of issued credentials that the command does not pass on. */
export function warnOfIssued(
  command: "serve" | "env" | "credential-process",
  issued: readonly IssuedCredential[],
  report: Reporter,
): void {
  if (issued.length === 0) return;
  const names = issued.map(({ name }) => name);
  report.warn(
    "not_handed_on",
    `${command} hands on AWS credentials only, and not ${names.join(", ")}; \`valetkey exec\` and withTask hand on all of them${command === "serve" ? ", and `serve --credentials-out` writes them to files" : ""}`,
    { credentials: names },
  );
}
