import { expect, it } from "vitest";
import { PARTS } from "../../scripts/transcript/steps.ts";
import { read } from "./pages.ts";

it("docs/transcripts/first-five-minutes.md shows what npm run transcript runs, in that order, and nothing else", () => {
  const page = read("docs/transcripts/first-five-minutes.md");
  const shown = [...page.matchAll(/^```console\n(.*?)^```$/gms)].map(([, code = ""]) => code);
  expect(shown).toHaveLength(PARTS.length + 1);
  for (const [index, { prose, commands }] of PARTS.entries()) {
    expect(page).toContain(`\n${prose}\n`);
    let rest = shown[index + 1] ?? "";
    for (const command of commands) {
      const at = rest.indexOf(`$ ${command}\n`);
      expect(at, command).toBeGreaterThanOrEqual(0);
      rest = rest.slice(at + command.length + 3);
    }
    expect(rest).not.toMatch(/^\$ /m);
  }
});
