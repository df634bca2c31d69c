import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { haltAccount } from "../../contract/accounts.ts";
import type { PRESETS } from "../../functions/core/identity/presets.ts";
import { slashed } from "../harness/slashed.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDERS = [
  ...["contract", "functions", "infra", "client", "policies", "tools"],
  ...["test/fakes", "test/openapi", "local"],
];

/** The text without comments: neither those on lines of their own, nor anything after ` // `. */
const codeOf = (text: string): string =>
  text.replaceAll(/^[ \t]*\/\*.*?\*\//gms, "").replaceAll(/(?<=^|\s)\/\/ .*$/gm, "");

/** Files whose code, without its comments, has a match. */
function filesNaming(name: RegExp): readonly string[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((file) => slashed(join(folder, file))),
  )
    .filter((file) => /\.(ts|cedarschema)$/.test(file))
    .filter((file) => name.test(codeOf(readFileSync(join(ROOT, file), "utf8"))))
    .sort();
}

/** Files that a page of docs/extending.md lists: exact, or with places like `<route>`. */
function listedOn(page: string): readonly RegExp[] {
  const text = readFileSync(join(ROOT, "docs/extending.md"), "utf8");
  const [, part = ""] = text.split(new RegExp(`^## ${page}$`, "m"));
  const [section = ""] = part.split(/^## /m);
  return [...section.matchAll(/^\| `([^`]+\.ts)`/gm)].map(
    ([, file = ""]) => new RegExp(`^${file.replaceAll(".", "\\.").replaceAll(/<[\w-]+>/g, "[\\w-]+")}$`),
  );
}

/** Each file is on the page, and each row of the page is one of the files. */
function expectExactly(page: string, files: readonly string[]): void {
  const listed = listedOn(page);
  expect(files.filter((file) => !listed.some((pattern) => pattern.test(file)))).toEqual([]);
  expect(listed.filter((pattern) => !files.some((file) => pattern.test(file)))).toEqual([]);
}

it("a route is in the files that docs/extending.md lists, and in no other", () => {
  const { method, path, permission } = haltAccount;
  const literal = (text: string) => text.replaceAll(/[{}./]/g, "\\$&");
  expectExactly(
    "A route",
    filesNaming(new RegExp(`"${literal(`${method} ${path}`)}"|"${permission}"|"${literal(path)}"`)),
  );
});

it("a noun is in the files that docs/extending.md lists, and in no other", () => {
  // Code also uses the names of some other nouns.
  expectExactly("A noun", filesNaming(/\bREGISTRATIONS\b/));
});

it("an obligation is in the files that docs/extending.md lists, and in no other", () => {
  // Backquotes: an example in a text for people is no code.
  expectExactly("An obligation", filesNaming(/(?<![`@])\brotateAfterUse\b/));
});

it("an issuer preset is in the file that docs/extending.md lists, and in no other", () => {
  // Every other name is that of a product too, which code has other reasons to mention.
  const unmistakable = "entra" satisfies keyof typeof PRESETS;
  expectExactly("An issuer preset", filesNaming(new RegExp(`\\b${unmistakable}\\b`)));
});

it("a mention in any other file is found", () => {
  expect(listedOn("A route")).toHaveLength(6);
  expect(filesNaming(/\bmaxTtlSeconds\b/)).toContain("functions/core/tasks/lease-deadline.ts");
});
