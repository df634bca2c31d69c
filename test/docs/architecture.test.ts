import { describe, expect, it } from "vitest";
import { FUNCTIONS } from "../../contract/names.ts";
import { KINDS } from "../../functions/names.ts";
import { FIRST_PORT, portsFrom } from "../../local/ports.ts";
import { read, table } from "./pages.ts";

const PAGE = read("docs/architecture.md");

describe("docs/architecture.md", () => {
  it("lists every function, and what each may do in AWS", () => {
    const names = FUNCTIONS.map((name) => `\`${name}\``);
    expect(table(PAGE, "| function | reached by").map(([name]) => name)).toEqual(names);
    expect([...PAGE.matchAll(/^- \*\*(`[\w-]+`)\*\* /gm)].map(([, name]) => name)).toEqual(names);
  });

  it("lists items of every kind that the table holds, and of no other", () => {
    const partitions = table(PAGE, "| partition | item").flatMap(([cell = ""]) =>
      [...cell.matchAll(/`([A-Z]+#)/g)].map(([, kind = ""]) => kind),
    );
    expect([...new Set(partitions)].toSorted()).toEqual(Object.values(KINDS).toSorted());
  });

  it("names the ports on which npm start serves", () => {
    for (const port of Object.values(portsFrom(FIRST_PORT))) expect(PAGE).toContain(`127.0.0.1:${port}`);
  });
});
