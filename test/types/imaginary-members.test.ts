import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { copyRepository } from "../evidence/sensitivity.ts";
import { TYPE_PROJECTS } from "../harness/type-projects.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Member that no list knows, added where its fact begins, and the files that do not compile before they know it. */
interface Imaginary {
  /** Name of the member, which the errors quote. */
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly put: string;
  readonly red: readonly string[];
}

/** Row of a rule of escalation that lacks a detector alone. */
const aRule = (about: "task" | "account" | "token" | "agent"): string =>
  `{ says: "", containments: ["alarm"], about: "${about}", period: "hour", isBrokenForParties: false }`;

const IMAGINARY = {
  obligation: {
    name: "imaginaryTerm",
    file: "functions/core/policy/obligations.ts",
    find: "  readonly rotateAfterUse: boolean;\n",
    put: "  readonly rotateAfterUse: boolean;\n  readonly imaginaryTerm?: true;\n",
    red: ["functions/core/policy/obligations.ts", "test/path/obligations-in-force.test.ts"],
  },
  "rule of escalation": {
    name: "E99",
    file: "contract/names.ts",
    find: "RULE_IDS = [",
    put: 'RULE_IDS = ["E95", "E96", "E97", "E98", "E99", ',
    red: ["functions/core/deployment/escalation-rules.ts"],
  },
  "rule about a task, without a detector": {
    name: "E95",
    file: "functions/core/deployment/escalation-rules.ts",
    find: "  E1: {\n",
    put: `  E95: ${aRule("task")},\n  E1: {\n`,
    red: ["functions/core/escalation/judge-use.ts"],
  },
  "rule about an account, without a detector": {
    name: "E96",
    file: "functions/core/deployment/escalation-rules.ts",
    find: "  E2: {\n",
    put: `  E96: ${aRule("account")},\n  E2: {\n`,
    red: ["functions/observe/observe.ts"],
  },
  "rule about a token, without a detector": {
    name: "E97",
    file: "functions/core/deployment/escalation-rules.ts",
    find: "  E3: {\n",
    put: `  E97: ${aRule("token")},\n  E3: {\n`,
    red: ["functions/exchange/escalation/judge-refusal.ts"],
  },
  "rule about an agent, without a detector": {
    name: "E98",
    file: "functions/core/deployment/escalation-rules.ts",
    find: "  E4: {\n",
    put: `  E98: ${aRule("agent")},\n  E4: {\n`,
    red: ["functions/exchange/escalation/judge-refusal.ts"],
  },
  "kind of items": {
    name: "imaginaryKind",
    file: "functions/names.ts",
    find: '  heard: "HEARD#",\n',
    put: '  heard: "HEARD#",\n  imaginaryKind: "IMAGINARY#",\n',
    red: ["infra/item-kinds.ts"],
  },
  "key of an item": {
    name: "imaginaryItem",
    file: "functions/adapters/dynamodb/table/dynamo-keys.ts",
    find: '  panic: { pk: KINDS.panic, sk: "*" } as Key,\n',
    put: '  panic: { pk: KINDS.panic, sk: "*" } as Key,\n  imaginaryItem: { pk: KINDS.panic, sk: "imaginary" } as Key,\n',
    red: ["test/contract/store/kinds-of-items.ts"],
  },
  function: {
    name: "imaginary-function",
    file: "contract/names.ts",
    find: '  "signals",\n] as const;',
    put: '  "signals",\n  "imaginary-function",\n] as const;',
    red: [
      "functions/env.ts",
      "infra/rights.ts",
      "infra/function-settings.ts",
      "infra/constructs/functions/hub-functions.ts",
    ],
  },
  "control of a framework": {
    name: "NHI99",
    file: "client/audit/controls/frameworks.ts",
    find: '"NHI10"]',
    put: '"NHI10", "NHI99"]',
    red: ["client/audit/controls/claims/owasp-nhi.ts"],
  },
  connector: {
    name: "imaginaryType",
    file: "functions/connectors/oauth/definition.ts",
    find: '    readonly oauth: "oauthProviders";\n',
    put: '    readonly oauth: "oauthProviders";\n    readonly imaginaryType: null;\n',
    red: ["functions/connectors/connectors.ts", "functions/connectors/schemas.ts"],
  },
} as const satisfies Readonly<Record<string, Imaginary>>;

/** Errors of the whole program with every imaginary member, as `file(line,column): error ...`. */
function errorsWith(members: readonly Imaginary[]): readonly string[] {
  const copy = copyRepository(ROOT);
  try {
    for (const { file, find, put } of members) {
      const text = readFileSync(join(copy.folder, file), "utf8");
      expect(text.split(find), `${file} has the place once`).toHaveLength(2);
      writeFileSync(
        join(copy.folder, file),
        text.replace(find, () => put),
      );
    }
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    // The copy has results of its own, since its packages are the original's.
    for (const project of ["tsconfig.json", ...Object.keys(TYPE_PROJECTS)]) {
      const file = join(copy.folder, project);
      writeFileSync(file, readFileSync(file, "utf8").replaceAll("node_modules/.cache/valetkey/types", ".types"));
    }
    const { stdout } = spawnSync(process.execPath, [tsc, "-b", "test"], {
      cwd: copy.folder,
      encoding: "utf8",
    });
    return stdout.split(/\n(?=\S)/);
  } finally {
    copy.remove();
  }
}

describe("an imaginary member of a list", () => {
  let errors: readonly string[] = [];
  beforeAll(() => {
    errors = errorsWith(Object.values(IMAGINARY));
  }, 900_000);

  it.each(Object.entries<Imaginary>(IMAGINARY))("does not compile where it is missing: %s", (_, { name, red }) => {
    const files = errors.filter((error) => error.includes(name)).map((error) => error.slice(0, error.indexOf("(")));
    expect(files).toEqual(expect.arrayContaining([...red]));
  });
});
