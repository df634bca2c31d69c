import { readdirSync, readFileSync, statSync } from "node:fs";
import { expect, it } from "vitest";

const FOLDER = new URL("../../docs/console/", import.meta.url);
const PICTURES = readdirSync(FOLDER);

it("docs/console.md shows each picture of the console, in light, in the dark and at 320 px, within 1.5 MB", () => {
  const page = readFileSync(new URL("../../docs/console.md", import.meta.url), "utf8");
  expect(PICTURES.filter((name) => !page.includes(`(console/${name})`))).toEqual([]);
  const looks = Map.groupBy(PICTURES, (name) => name.replace(/-(?:light|dark|320)\.webp$/, ""));
  for (const [name, those] of looks) expect(those, name).toHaveLength(3);
  const bytes = PICTURES.reduce((sum, name) => sum + statSync(new URL(name, FOLDER)).size, 0);
  expect(bytes).toBeLessThanOrEqual(1_500_000);
});
