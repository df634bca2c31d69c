import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../client/commands.ts";
import { toolDefinitions } from "../../client/mcp/tool-definitions.ts";
import { ROOT, read } from "./pages.ts";

const TOOLS = toolDefinitions([{ name: "aws", file: "/usr/bin/aws" }], ["helper"]).map(({ name }) => name);

describe.each(["llms.txt", "docs/recipes/prompt.md", "docs/recipes/mcp.md"])("%s", (page) => {
  const text = read(page);

  it("names only commands that exist", () => {
    const named = [...text.matchAll(/\bvaletkey ([a-z][a-z-]*)\b/g)].map(([, name = ""]) => name);
    const commands = named.filter((name) => text.includes(`\`valetkey ${name}`) || text.includes(`  valetkey ${name}`));
    expect(commands.length).toBeGreaterThan(0);
    expect(commands.filter((name) => !Object.hasOwn(COMMANDS, name))).toEqual([]);
  });

  it("names only tools that exist", () => {
    const named = [...text.matchAll(/\b[a-z]+_(?:access|status|may_i)\b/g)].map(([name]) => name);
    expect(named.filter((name) => !TOOLS.includes(name))).toEqual([]);
  });
});

describe("llms.txt", () => {
  const text = read("llms.txt");

  it("has the form of llmstxt.org: a title, a summary, and sections of links", () => {
    expect(text).toMatch(/^# valetkey\n\n> /);
    expect(text.match(/^## /gm)?.length).toBeGreaterThan(1);
  });

  it("links to files that exist", () => {
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link = ""]) => link);
    expect(links.length).toBeGreaterThan(8);
    expect(links.filter((link) => !existsSync(join(ROOT, link)))).toEqual([]);
  });
});
