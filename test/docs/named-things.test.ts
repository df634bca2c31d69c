import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../client/commands.ts";
import { COMMAND_HELP } from "../../client/policy/help.ts";
import { ROUTES, SIGNALS_ROUTE } from "../../functions/routes.ts";
import { PAGES, ROOT, read } from "./pages.ts";

/** Pages about other products, about the past, or with the output of a program. */
const OTHERS = /^(?:CHANGELOG\.md|docs\/decisions\/|docs\/transcripts\/)/;
const OURS = PAGES.filter((page) => !OTHERS.test(page));
const FILES = [...OURS, "client/template/workflow.yml", "client/template/README.md", "llms.txt"].filter((file) =>
  existsSync(join(ROOT, file)),
);

/** Code of a page: each line of its blocks, with continued lines joined, and each piece of inline code. */
function codeIn(file: string): readonly string[] {
  const text = read(file);
  if (!/\.(md|txt)$/.test(file)) return text.split("\n");
  const blocks = [...text.matchAll(/^ *```\w*\n([\s\S]*?)^ *```/gm)].flatMap(([, code = ""]) =>
    code.replaceAll(/\\\n\s*/g, " ").split("\n"),
  );
  const prose = text.replaceAll(/^ *```\w*\n[\s\S]*?^ *```/gm, "");
  return [...blocks, ...[...prose.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code.replaceAll(/\s+/g, " "))];
}

/** Everything of a kind that the files name, with the file. */
const named = (pattern: RegExp): readonly (readonly [file: string, ...found: string[]])[] =>
  FILES.flatMap((file) =>
    codeIn(file).flatMap((line) =>
      [...line.matchAll(pattern)].map(([, ...found]) => [file, ...found.map((each = "") => each)] as const),
    ),
  );

describe("a thing that pages, recipes and the template name", () => {
  const helps = new Map<string, string>();
  beforeAll(async () => {
    for (const [name, { help }] of Object.entries(COMMANDS)) helps.set(name, await help());
    helps.set("policy", Object.values(COMMAND_HELP).join("\n"));
  });

  const used = named(/(?:^|[\s($])valetkey ([a-z][a-z-]*)((?: [^|;&>#)]*)?)/g).filter(
    ([, , rest = ""]) => !/^ (?:is|are|has|the|exactly)\b/.test(rest),
  );

  it("is a command of valetkey", () => {
    expect(used.length).toBeGreaterThan(150);
    expect(used.filter(([, name = ""]) => name !== "help" && !Object.hasOwn(COMMANDS, name))).toEqual([]);
  });

  it("is an option that the command's help names", () => {
    const flags = used.flatMap(([file, name = "", rest = ""]) =>
      [...(rest.split(/ -- /)[0] ?? "").matchAll(/(?<= )--[a-z][a-z-]*/g)].map(([flag]) => [file, name, flag] as const),
    );
    expect(flags.length).toBeGreaterThan(100);
    const everywhere = ["--json", "--url", "--deployment"];
    expect(
      flags.filter(
        ([, name, flag]) => !everywhere.includes(flag) && !new RegExp(`${flag}\\b`).test(helps.get(name) ?? ""),
      ),
    ).toEqual([]);
  });

  it("is a script of package.json", () => {
    const { scripts } = JSON.parse(read("package.json"));
    const own = ["check", "synth", "diff", "deploy"];
    const run = named(/npm run (?:-s )?([a-z][\w:-]*)/g);
    expect(run.length).toBeGreaterThan(20);
    expect(run.filter(([, name = ""]) => !Object.hasOwn(scripts, name) && !own.includes(name))).toEqual([]);
  });

  it("is a route of the table", () => {
    const shape = (path: string) => path.replaceAll(/\{\w+\}/g, "*").replace(/\/$/, "");
    const known = new Set([...ROUTES, SIGNALS_ROUTE].map(({ method, path }) => `${method} ${shape(path)}`));
    const routes = named(/\b(GET|POST) (\/v1\/[\w{}/-]*)/g);
    expect(routes.length).toBeGreaterThan(40);
    expect(routes.filter(([, method, path = ""]) => !known.has(`${method} ${shape(path)}`))).toEqual([]);
  });

  it("is an image that the reader builds: no registry is named, and no name is one that somebody could pull", () => {
    const images = named(/\bimage: (\S+)/g);
    expect(images.length).toBe(2);
    // An image's name has no capitals: nothing can pull the placeholder unchanged.
    for (const [file, image] of images) expect([file, image]).toEqual([file, expect.stringMatching(/^REPLACE-WITH-/)]);
    const built = named(/docker build (?:-\S+ \S+ )*-f (\S+)/g);
    expect(built.length).toBeGreaterThan(0);
    for (const [file, from = ""] of built)
      expect([file, from, existsSync(join(ROOT, from))]).toEqual([file, from, true]);
  });

  it("is an action that exists, by a commit of a version, or one that the reader has to name", () => {
    const KNOWN = {
      "actions/checkout": "11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2",
      "actions/setup-node": "49933ea5288caeca8642d1e84afbd3f7d6820020 # v4.4.0",
      "aws-actions/configure-aws-credentials": "ececac1a45f3b08a01d2dd070d28d111c5fe6722 # v4.1.0",
    };
    const actions = named(/\buses: ([^@\s]+)@(.+)$/g);
    expect(actions.length).toBeGreaterThan(4);
    const isKnown = (name: string): name is keyof typeof KNOWN => Object.hasOwn(KNOWN, name);
    for (const [file, name = "", version] of actions)
      expect([file, `${name}@${version}`]).toEqual([
        file,
        isKnown(name) ? `${name}@${KNOWN[name]}` : expect.stringMatching(/^REPLACE-WITH-.*@REPLACE-WITH-/),
      ]);
  });

  it("is a package of ours, from an archive, or one that is installed here", () => {
    const packages = [
      ...named(/\bfrom "((?:@[\w-]+\/)?[\w-]+)(?:\/[\w/-]+)?";/g),
      ...named(/npm (?:install|i)((?: [^|;&#]*)?)/g).flatMap(([file, rest = ""]) =>
        rest
          .split(" ")
          .filter((word) => /^@?[a-z]/.test(word) && !/\.tgz$/.test(word))
          .map((word) => [file, word.replace(/(?<=.)@[^@]*$/, "")] as const),
      ),
    ];
    const ours = ["valetkey", "@valetkey/deploy"];
    expect(packages.length).toBeGreaterThan(5);
    expect(
      packages.filter(([, name = ""]) => !ours.includes(name) && !existsSync(join(ROOT, "node_modules", name))),
    ).toEqual([]);
  });
});
