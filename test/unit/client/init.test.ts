import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { callClient } from "./call-client.ts";

const place = mkdtempSync(join(tmpdir(), "valetkey-init-"));
afterAll(() => rmSync(place, { recursive: true }));

describe("valetkey init", () => {
  it("writes a check of the folder's own files, whatever the terminal has exported", async () => {
    const folder = join(place, "own");
    expect(await callClient(["init", folder])).toMatchObject({ code: 0 });
    const { scripts } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    for (const command of scripts.check.split(" && "))
      expect(command).toMatch(/ policies\b.* --config valetkey\.json|--config valetkey\.json .*policies/);
  });
});
