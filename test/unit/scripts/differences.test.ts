import { describe, expect, it } from "vitest";
import { read } from "../../docs/pages.ts";
import { differences, steady } from "../../transcript/differences.ts";

const PAGE = read("docs/transcripts/first-five-minutes.md");

describe("the difference of two transcripts", () => {
  it("is nothing where times, ids, keys, durations and roles are others", () => {
    const other = PAGE.replace(/\d{4}-\d\d-\d\dT/g, "2031-01-02T")
      .replace(/\d\d:\d\d:\d\d/g, "11:22:33")
      .replace(/\d+ ms/g, "7 ms")
      .replace(/free in \d+ s/g, "free in 7 s")
      .replace(/ASIA\w{16}/g, "ASIA0123456789ABCDEF")
      .replace(/\b[0-9a-z]{12}\./g, "aaaa1111bbbb.")
      .replaceAll("valetkey-task-0", "valetkey-task-1");
    expect(other).not.toBe(PAGE);
    expect(differences(PAGE, other)).toEqual([]);
  });

  it.each([
    ["an exit code", /^77$/m, "0"],
    ["an error's name", "AccessDenied", "200"],
    ["a status", "-> 403", "-> 200"],
    ["a sentence", "No policy permits it.", "Denied."],
    ["the code of a refusal", "actor_not_allowed", "policy_denied"],
    ["a line that is gone", /^operator {7}ok.*\n/m, ""],
  ])("is %s", (_, was, is) => {
    const other = PAGE.replace(was, is);
    expect(other).not.toBe(PAGE);
    expect(differences(PAGE, other)).not.toEqual([]);
  });

  it("is printed line by line, as a diff does", () => {
    expect(differences("a\nb\nc", "a\nx\nc\nd")).toEqual(["- b", "+ x", "+ d"]);
  });
});

it("a steady transcript preserves each number that a command decides: codes, statuses, counts", () => {
  const text = steady(PAGE).join("\n");
  for (const kept of [
    "403 not_eligible",
    "42501",
    "28P01",
    "inbox lists 1 request",
    "has 0 live tasks",
    "\n77\n",
    "\n76\n",
  ])
    expect(text).toContain(kept);
});
