import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { App } from "aws-cdk-lib";
import { addStacks } from "../../../infra/add-stacks.ts";
import { WHOLE } from "../../unit/threat/whole-config.ts";
import { programOf } from "../python.ts";

// cfn-lint reads each template that valetkey deploys, by CloudFormation's own resource schemas.

/** Findings that are known, by rule and place, each with its reason. */
const KNOWN: readonly { readonly rule: string; readonly text: RegExp; readonly why: string }[] = [
  { rule: "W3005", text: /already enforced by a 'GetAtt'/, why: "CDK names a dependency twice, which changes nothing" },
  {
    rule: "W3037",
    text: /^'getscopedcredentials' is not one of/,
    why: "an action of STS that is newer than cfn-lint's list",
  },
];

const [first, ...further] = WHOLE.accounts;
const accountsOf = (count: number) =>
  Array.from({ length: count }, (_, nth) => ({
    id: String(100_000_000_000 + nth),
    region: "eu-central-1",
    taskRoles: 2,
  }));
const plain = {
  hub: WHOLE.hub,
  url: WHOLE.url,
  issuers: WHOLE.issuers,
  operators: WHOLE.operators,
};
const CONFIGS = {
  "one-account": { ...plain, accounts: accountsOf(1) },
  "21-accounts-with-every-option": { ...usable(WHOLE), accounts: [first, ...further, ...accountsOf(18)] },
  "500-accounts": { ...plain, accounts: accountsOf(500) },
};

interface Finding {
  readonly Filename: string;
  readonly Level: string;
  readonly Message: string;
  readonly Rule: { readonly Id: string };
  readonly Location: { readonly Path: readonly (string | number)[] | null };
}

const program = programOf("cfn-lint", "cfn-lint");
const folder = mkdtempSync(join(tmpdir(), "valetkey-cfn-lint-"));
try {
  const templates = Object.entries(CONFIGS).flatMap(([name, config]) => templatesOf(join(folder, name), config));
  console.log(`${templates.length} templates, of which ${different(templates).length} differ in more than an account`);
  const { stdout, stderr } = spawnSync(
    program,
    ["--format", "json", "--include-checks", "W", "--", ...different(templates)],
    {
      encoding: "utf8",
      maxBuffer: 1 << 28,
    },
  );
  assert.match(stdout, /^\s*\[/, stderr);
  const findings = JSON.parse(stdout) as readonly Finding[];
  const isKnown = ({ Rule, Message }: Finding) =>
    KNOWN.some(({ rule, text }) => rule === Rule.Id && text.test(Message));
  const news = findings.filter((each) => !isKnown(each));
  for (const { Filename, Level, Rule, Message, Location } of news.slice(0, 40))
    console.log(`${Level} ${Rule.Id} ${Filename.replace(folder, "")} ${Location.Path?.join("/") ?? ""}: ${Message}`);
  for (const { rule, text, why } of KNOWN) {
    const count = findings.filter(({ Rule, Message }) => Rule.Id === rule && text.test(Message)).length;
    console.log(`known: ${rule}, ${count} times: ${why}`);
    assert.ok(count > 0, `${rule} is not found any more: take it off the list`);
  }
  console.log(`${news.length} findings that are not known`);
  process.exitCode = news.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** One template of those that differ in the numbers of accounts alone. */
function different(templates: readonly string[]): readonly string[] {
  const bare = (path: string): string => readFileSync(path, "utf8").replace(/\d{12}|[0-9a-f]{64}/g, "");
  return [...new Map(templates.map((path) => [bare(path), path])).values()];
}

/** The configuration of every field, without the three pairs of fields that exclude each other. */
function usable(whole: typeof WHOLE) {
  const signedIn = {
    console: { clientId: "console" },
    approvals: { clientId: "approvals", freshness: "auth_time", tokenExchange: "browser" },
  };
  const issuers = whole.issuers.map((issuer) => (issuer.kind === "people" ? { ...issuer, ...signedIn } : issuer));
  const signals = whole.signals.map((each) => ({ ...each, subjects: "opaque" }));
  return { ...whole, issuers, signals };
}

/** Synthesises a deployment without its code. @returns the paths of its templates. */
function templatesOf(path: string, config: object): readonly string[] {
  mkdirSync(path);
  const configFile = join(path, "valetkey.json");
  writeFileSync(configFile, JSON.stringify(config));
  const outdir = join(path, "cdk.out");
  const app = new App({ outdir, context: { "aws:cdk:bundling-stacks": [] } });
  const policiesDir = fileURLToPath(new URL("../../../policies", import.meta.url));
  addStacks(app, { configFile, policiesDir, outDir: join(path, "deployment") }).synth();
  return readdirSync(outdir, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".template.json"))
    .map((name) => join(outdir, name));
}
