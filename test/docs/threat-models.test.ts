import { expect, it } from "vitest";
import { threatModel } from "../../threat/main.ts";
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
