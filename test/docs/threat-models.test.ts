import { expect, it } from "vitest";
import { threatModel } from "../../client/threat/main.ts";
import { MADE_OF_FIELDS, OUTSIDE } from "../../functions/policy/reach/outside.ts";
import { ROOT, read } from "./pages.ts";

it("docs/threat-models.md shows the command's output for the registration that it shows", () => {
  const page = read("docs/threat-models.md");
  const [, registration = ""] = /```json\n(.*?)```/s.exec(page) ?? [];
  const [, shown = ""] = /```markdown\n(.*?)```\n/s.exec(page) ?? [];
  const written = threatModel({
    agent: "report-agent",
    registration: { given: JSON.parse(registration) },
    policies: `${ROOT}policies`,
    config: `${ROOT}valetkey.json`,
    format: "md",
  });
  expect(shown.length).toBeGreaterThan(500);
  expect(written.startsWith(shown)).toBe(true);
});

it("docs/threat-models.md lists each field of valetkey.json that is in no model, with its reason", () => {
  const page = read("docs/threat-models.md");
  const [, table = ""] = /\| field \| reason \|\n\|---\|---\|\n((?:\|.*\|\n)+)/.exec(page) ?? [];
  const listed = table
    .trim()
    .split("\n")
    .map((row) => /^\| `([^`]+)` \| (.*) \|$/.exec(row)?.slice(1));
  expect(listed).toEqual(Object.entries(OUTSIDE).filter(([path]) => !MADE_OF_FIELDS.includes(path)));
});
