import { describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { loadPrinter, outputForm, safeJson } from "../../../../client/operate/print/print.ts";
import { yamlOf } from "../../../../client/operate/print/print-yaml.ts";
import { shown } from "../../../../client/operate/print/shown.ts";
import { AGENT, answers, ok, run, setOperatorStage } from "./operator-stage.ts";

/** Answers of a hub that somebody else controls: erasing, turning, a C1 sequence, a second line, a tag character. */
const HOSTILE = "a\u001b[2Kb\u202ec\u009b31md\ne\u{e0041}f";

describe("the output for machines", () => {
  it.each([
    ["JSON", safeJson, (text: string): unknown => JSON.parse(text)],
    ["YAML", yamlOf, (text: string): unknown => parse(text)],
  ])("is whole in %s, without a character that a terminal would obey", (_, write, read) => {
    const value = { agents: [{ id: HOSTILE, [HOSTILE]: 1, plain: "Zoë", list: [true, null, 1.5] }] };
    const text = write(value);
    expect(text.replaceAll("\n", "")).not.toMatch(/\p{C}/u);
    expect(text).toContain("Zoë");
    expect(read(text)).toEqual(value);
  });

  it.each([
    ["JSON", safeJson, (text: string): unknown => JSON.parse(text)],
    ["YAML", yamlOf, (text: string): unknown => parse(text)],
  ])("commands no CI runner in %s", (_, write, read) => {
    const value = { id: "x ##[save-state name=pid]1", "::set-output name=a::b": "  ::add-mask::x", list: ["###[x]"] };
    const text = write(value);
    expect(text).not.toMatch(/##\[|^\s*::/m);
    expect(read(text)).toEqual(value);
  });

  it("reads as the text that it is in YAML: no word becomes a number, a truth or an alias", () => {
    const value = { a: ["no", "1e3", "~", "*x", "!!js", "2026-01-01", ""] };
    expect(parse(yamlOf(value))).toEqual(value);
  });
});

describe("-o", () => {
  setOperatorStage();

  it.each([
    [{ json: true }, "json"],
    [{}, "table"],
    [{ output: "wide" }, "wide"],
    [{ json: true, output: "json" }, "json"],
  ])("%j is %s", (flags, form) => expect(outputForm(flags)).toBe(form));

  it.each([
    [{ output: "yml" }, "did you mean yaml?"],
    [{ output: "csv" }, "-o takes table, wide, json, yaml"],
    [{ json: true, output: "yaml" }, "not both"],
  ])("%j is refused", (flags, sentence) => expect(() => outputForm(flags)).toThrow(sentence));

  it("lists in each form, and colours and cuts nothing where no terminal is", async () => {
    const agents = [{ ...AGENT, labels: ["ci", "prod"], purpose: "x".repeat(300) }];
    answers["GET /v1/agents"] = ok({ agents });
    expect(JSON.parse((await run("agents", "-o", "json")).stdout)).toEqual({ agents });
    expect(parse((await run("agents", "--output=yaml")).stdout)).toEqual({ agents });
    const [table, wide] = [await run("agents"), await run("agents", "-o", "wide")];
    expect(table.stdout).not.toContain("LABELS");
    expect(wide.stdout).toContain("ci, prod");
    expect(table.stdout + wide.stdout).not.toContain("\u001b");
  });

  it.each(["table", "wide"] as const)("prints a %s in which nothing but our colours is obeyed", async (form) => {
    const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const print = await loadPrinter({ form });
    print({}, () => shown`\u001b[31mred\u001b[39m ${HOSTILE}`);
    const texts = written.mock.calls.map(([text]) => text);
    written.mockRestore();
    expect(texts).toEqual(["\u001b[31mred\u001b[39m a [2Kb c 31md e f"]);
  });

  it("of a failure is JSON, too", async () => {
    const { stdout, stderr } = await run("agents", "-o", "json");
    expect([stdout, JSON.parse(stderr)]).toEqual(["", expect.objectContaining({ event: "not_found" })]);
  });

  it("answers a misspelt option with the one that was meant, of this command alone", async () => {
    expect((await run("agents", "--statu", "active")).stderr).toContain("did you mean --status?");
    expect((await run("tasks", "--statu", "active")).stderr).not.toContain("did you mean");
    expect((await run("tasks", "--status", "active")).stderr).toContain("--status is unknown");
    expect((await run("agents", "--\u001b[2K")).stderr).not.toContain("\u001b");
  });
});
