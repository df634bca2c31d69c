import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { inForm } from "../../../client/commands/in-form.ts";

const FOUND = [{ id: "a", text: "turned \u202e around" }, { id: "b" }];

/** Runs a tool in a form; returns what the tool was given, and what was written. */
async function written(argv: readonly string[], isList = true) {
  let given: readonly string[] = [];
  const texts: string[] = [];
  const tool = async (args: readonly string[], { out }: { readonly out: (text: string) => void }) => {
    given = args;
    if (!args.includes("--json")) out("a table\n");
    else if (isList) for (const each of FOUND) out(`${JSON.stringify(each)}\n`);
    else out(`${JSON.stringify(FOUND[0], null, 2)}\n`);
    return 3;
  };
  const screen = { out: (text: string) => void texts.push(text), err: () => undefined };
  const code = await inForm(argv, isList, tool, screen);
  return { code, given, out: texts.join("") };
}

describe("a tool that knows --json, in the form of -o", () => {
  it.each([
    [
      ["show", "-o", "yaml", "x"],
      ["show", "x", "--json"],
    ],
    [
      ["show", "--output=json", "--json"],
      ["show", "--json"],
    ],
    [
      ["show", "-ojson", "--task", "t"],
      ["show", "--task", "t", "--json"],
    ],
    [
      ["show", "--output", "wide", "x"],
      ["show", "x"],
    ],
    [
      ["show", "x", "--", "-o", "json"],
      ["show", "x", "--", "-o", "json"],
    ],
  ])("is given %j without it", async (argv, expected) => {
    expect(await written(argv)).toMatchObject({ code: 3, given: expected });
  });

  it("writes YAML: a list of what is a document a line, and one document as it is", async () => {
    expect(parse((await written(["show", "-o", "yaml"])).out)).toEqual(FOUND);
    expect(parse((await written(["verify", "-o", "yaml"], false)).out)).toEqual(FOUND[0]);
  });

  it("writes JSON and YAML without a character that a terminal would obey", async () => {
    for (const form of ["json", "yaml"]) {
      const { out } = await written(["show", "-o", form]);
      expect(out.replaceAll("\n", "")).not.toMatch(/\p{C}/u);
    }
    const [first = ""] = (await written(["show", "--json"])).out.split("\n");
    expect(JSON.parse(first)).toEqual(FOUND[0]);
  });

  it.each([[["-o"]], [["-o", "csv"]], [["--json", "-o", "yaml"]]])("refuses %j", async (argv) => {
    await expect(written(argv)).rejects.toMatchObject({ reason: "usage" });
  });
});
