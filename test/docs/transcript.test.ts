import { expect, it } from "vitest";
import { differences } from "../transcript/differences.ts";
import { PARTS } from "../transcript/steps.ts";
import { read } from "./pages.ts";

it("docs/transcripts/first-five-minutes.md shows what npm run transcript runs, in that order, and nothing else", () => {
  const page = read("docs/transcripts/first-five-minutes.md");
  const shown = [...page.matchAll(/^```console\n(.*?)^```$/gms)].map(([, code = ""]) => code);
  const tours = ["npm ci && npm start", "npm start -- --tour all"];
  expect(shown).toHaveLength(tours.length + PARTS.length);
  for (const [index, tour] of tours.entries()) expect(shown[index]).toMatch(new RegExp(`^\\$ ${tour}\n`));
  for (const [index, { prose, commands }] of PARTS.entries()) {
    expect(page).toContain(`\n${prose}\n`);
    let rest = shown[tours.length + index] ?? "";
    for (const command of commands) {
      const at = rest.indexOf(`$ ${command}\n`);
      expect(at, command).toBeGreaterThanOrEqual(0);
      rest = rest.slice(at + command.length + 3);
    }
    expect(rest).not.toMatch(/^\$ /m);
  }
});

it("npm run transcript ignores progress that only a slow machine prints, and no other line", () => {
  const page = "$ npx valetkey receipt\nended\n";
  const slow = "$ npx valetkey receipt\nvaletkey: still reading the receipt ...\nended\n";
  expect(differences(page, slow)).toEqual([]);
  expect(differences(page, slow.replace("still reading", "failed reading"))).not.toEqual([]);
});
