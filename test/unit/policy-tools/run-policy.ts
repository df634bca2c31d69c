import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { policy } from "../../../client/policy/main.ts";
import { folderWith } from "./folder.ts";

export const POLICIES = fileURLToPath(new URL("../../../policies", import.meta.url));
export const SCHEMA = readFileSync(`${POLICIES}/schema.cedarschema`, "utf8");

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `valetkey policy <argv>`. */
export async function runPolicy(...argv: readonly string[]): Promise<Run> {
  let [out, err] = ["", ""];
  const screen = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
  };
  return { code: await policy(argv, screen), out, err };
}

/** A folder with the schema and these files; whatever is no text is written as JSON. */
export const policyFolder = (files: Readonly<Record<string, unknown>>): string =>
  folderWith({
    "schema.cedarschema": SCHEMA,
    ...Object.fromEntries(
      Object.entries(files).map(([name, file]) => [name, typeof file === "string" ? file : JSON.stringify(file)]),
    ),
  });

/** A permit or forbid with everything that a sound one has; each part may be another. */
export function rule(given: {
  readonly id?: string;
  readonly effect?: "permit" | "forbid";
  readonly notes?: string;
  readonly principal?: string;
  readonly action?: string;
  readonly resource?: string;
  readonly when?: string;
}): string {
  const { id = "rule", effect = "permit", notes = "", principal = 'principal in Team::"data"' } = given;
  const { action = 'action == Action::"s3:GetObject"', resource = "resource is AWS::Resource" } = given;
  const when = given.when ?? REPORTS;
  return `@id("${id}") ${notes} ${effect} (${principal}, ${action}, ${resource}) when { ${when} };\n`;
}

export const REPORTS = 'resource.account == "111122223333" && resource.arn like "arn:aws:s3:::acme/reports/*"';

export const AGENT = { id: "reporter", team: "data" };
export const reading = (...resources: readonly string[]) => [
  { type: "aws", account: "111122223333", actions: ["s3:GetObject"], resources },
];
