import { describe, expect, it } from "vitest";
import { templateFiles } from "../../client/init/template.ts";
import { FUNCTIONS } from "../../contract/names.ts";
import { FIRST_PORT, portsFrom } from "../../local/ports.ts";
import { read } from "./pages.ts";

const README = read("README.md");

/** The picture of all functions: the page's first block of code. */
const pictureIn = (page: string): string => /^```\n([^`]*)^```/m.exec(page)?.[1] ?? "";

describe("README.md", () => {
  it("is read in two minutes: 120 lines at most", () => {
    expect(README.split("\n").length).toBeLessThanOrEqual(120);
  });

  it("names the Node that a folder of one's own needs, as docs/deploying.md does", () => {
    const manifest = templateFiles({}, (own) => own).find(({ path }) => path === "package.json");
    const [, least] = /^>=(\d+)$/.exec(JSON.parse(manifest?.text ?? "").engines.node) ?? [];
    for (const page of ["README.md", "docs/deploying.md"]) expect(read(page)).toContain(`Node ${least} or later`);
  });

  it("has the addresses on which npm start serves", () => {
    const ports = Object.values(portsFrom(FIRST_PORT)).map((port) => `127.0.0.1:${port}`);
    const named = [...README.matchAll(/127\.0\.0\.1:\d+/g)].map(([address]) => address);
    expect(README).toContain(`http://127.0.0.1:${FIRST_PORT}`);
    expect(named.filter((address) => !ports.includes(address))).toEqual([]);
  });

  it("shows every function in its picture, which is the picture of docs/architecture.md", () => {
    const words = new Set(pictureIn(README).match(/[a-z][\w-]*/g));
    expect(FUNCTIONS.filter((name) => !words.has(name))).toEqual([]);
    expect(pictureIn(read("docs/architecture.md"))).toBe(pictureIn(README));
  });
});
