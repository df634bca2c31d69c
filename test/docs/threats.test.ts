import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { threatPages } from "../../client/threat/pages.ts";
import { DEFINITIONS } from "../../functions/connectors/connectors.ts";
import { ROOT, read } from "./pages.ts";

const PAGES = [...threatPages()];

describe("docs/threats", () => {
  it("has a page for each connector and each way to delegate, and no other", () => {
    const expected = [
      ...["aws", ...DEFINITIONS.map(({ type }) => type)].map((type) => `connector-${type}.md`),
      ...["sub-agent", "person", "tool-server"].map((name) => `delegation-${name}.md`),
    ];
    expect(PAGES.map(([name]) => name).toSorted()).toEqual(expected.toSorted());
    expect(readdirSync(join(ROOT, "docs/threats")).toSorted()).toEqual(expected.toSorted());
  });

  it.each(PAGES)("%s is what npm run threats writes", (name, text) => {
    expect(read(`docs/threats/${name}`)).toBe(text);
  });

  it.each(PAGES)("%s is linked from docs/threat-models.md", (name) => {
    expect(read("docs/threat-models.md")).toContain(`(threats/${name})`);
  });
});
