import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { goTogether, ownVersion } from "../../../client/own-version.ts";
import { VERSION } from "../../../functions/names.ts";

const MANIFEST = JSON.parse(readFileSync(fileURLToPath(new URL("../../../package.json", import.meta.url)), "utf8"));

describe("versions", () => {
  it("of the command and of the hub's metadata are package.json's", () => {
    expect([ownVersion(), VERSION]).toEqual([MANIFEST.version, MANIFEST.version]);
  });

  it.each([
    ["0.1.0", "0.1.9", true],
    ["0.1.0", "0.2.0", false],
    ["1.2.0", "1.9.3", true],
    ["1.2.0", "2.0.0", false],
    ["0.1.0", "1.1.0", false],
    ["0.1.0", "hub", false],
  ])("%s and %s go together: %s", (client, hub, isGood) => {
    expect(goTogether(client, hub)).toBe(isGood);
  });
});
