import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { DEFINITIONS } from "../../functions/connectors/connectors.ts";
import { slashed } from "../harness/slashed.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDERS = ["functions", "infra", "client", "tools", "policies"];

/** Files that name a connector and that nobody edits by hand. */
const GENERATED = ["client/credentials/connector-variables.ts"];

/** Files that use a connector's name or port and do not change with the connector. */
const OTHERS: Readonly<Record<string, readonly RegExp[]>> = {
  // The rotation of logins and of clients' secrets works on the same servers.
  postgres: [/^functions\/rotate\//],
  oauth: [/^functions\/rotate\/handler\.ts$/],
  // GitHub Actions is an identity of workloads, too.
  github: [/^client\/(identity\/|credentials\/credential-file\.ts$)/],
  secret: [
    // The task's own session reads secrets.
    /^functions\/connectors\/aws\/plan-leases\.ts$/,
    // An obligation's row names the connectors that can enforce it.
    /^functions\/core\/policy\/obligations\.ts$/,
    // A secret has a name here and an ARN at AWS. Rules about the one do not hold for the other.
    /^client\/policy\/check\/besides\.ts$/,
    // Operators see which secrets there are, whatever connectors there are.
    /^client\/operate\//,
    /^infra\/(table-)?rights\.ts$/,
  ],
};

/** The files that name the connector in code: by its type, its actions, its section of `valetkey.json` or its folder. */
function filesNaming(type: string, section: string | undefined): readonly string[] {
  const byType = new RegExp(`"${type}"|"${type}:|/${type}/`);
  const bySection = new RegExp(`\\b${section}\\b`);
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((name) => slashed(join(folder, name))),
  )
    .filter((file) => /\.(ts|cedarschema)$/.test(file) && !file.startsWith(`functions/connectors/${type}/`))
    .filter((file) => {
      const code = readFileSync(join(ROOT, file), "utf8")
        .replace(/^[ \t]*\/\*.*?\*\//gms, "")
        .replace(/(?<=^|\s)\/\/ .*$/gm, "");
      return (
        byType.test(code) || (section !== undefined && bySection.test(code.replace(/"[^"\n]*"|'[^'\n]*'|`[^`]*`/g, "")))
      );
    })
    .filter((file) => !GENERATED.includes(file) && !OTHERS[type]?.some((other) => other.test(file)))
    .sort();
}

/** The files that docs/extending.md lists for a new connector, beside the connector's folder. */
function filesOnThePage(): readonly string[] {
  const page = readFileSync(join(ROOT, "docs/extending.md"), "utf8");
  const [, part = ""] = /^## A connector\n(.*?)(?=^## |(?![\s\S]))/ms.exec(page) ?? [];
  return [...part.matchAll(/^\| `(functions\/[^`]+)`/gm)].map(([, file]) => file ?? "").sort();
}

const ADAPTER = /^functions\/adapters\/(?!wiring\/)([\w-]+\/)+[\w-]+\.ts$/;

describe.each(DEFINITIONS.map(({ type, section }) => [type, section?.name] as const))(
  "the connector %s",
  (type, section) => {
    it("is its folder and the four other files that docs/extending.md lists, or fewer", () => {
      const files = filesNaming(type, section).map((file) =>
        ADAPTER.test(file) ? "functions/adapters/<technology>/<adapter>.ts" : file,
      );
      const page = filesOnThePage();
      expect(page).toHaveLength(5);
      expect(page).toContain("functions/connectors/<type>/");
      expect(page).toEqual(expect.arrayContaining(files));
      // One adapter, not several.
      expect(files).toEqual([...new Set(files)]);
    });

    it("has a type of one word, which the names of leases and credentials hold to", () => {
      expect(type).toMatch(/^[a-z]+$/);
    });

    it("has a contract test and a page", () => {
      expect(existsSync(join(ROOT, `test/contract/connectors/${type}-connector.test.ts`))).toBe(true);
      expect(existsSync(join(ROOT, `docs/connectors/${type}.md`))).toBe(true);
    });
  },
);

it("a mention of a connector in any other file is found", () => {
  expect(filesNaming("postgres", "accounts")).toContain("infra/config/read-config.ts");
  expect(filesNaming("aws", undefined)).toContain("functions/core/intent/parse-intent.ts");
});
