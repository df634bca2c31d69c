import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { hostFunction } from "../../../local/function-host.ts";

const dir = mkdtempSync(join(tmpdir(), "valetkey-host-"));
afterAll(() => rmSync(dir, { recursive: true }));
const [file, loaded] = [join(dir, "function.mjs"), join(dir, "loaded")];
writeFileSync(
  file,
  `import { writeFileSync } from "node:fs";
  await new Promise((resolve) => setTimeout(resolve, 50));
  writeFileSync(${JSON.stringify(loaded)}, "");
  let count = 0;
  export const handler = async () => (count += 1);`,
);
const hosted = (bundle = file) => hostFunction("exchange", bundle, () => ({}), join(dir, "log"));

describe("a warmed function", () => {
  it("is loaded, and its first event is still its first", async () => {
    const host = hosted();
    expect(existsSync(loaded)).toBe(false);
    await host.warm();
    expect(existsSync(loaded)).toBe(true);
    expect(await host.invoke({})).toBe(1);
    await host.warm();
    expect(await host.invoke({})).toBe(2);
    await host.close();
  });

  it("that cannot be loaded says so, and is not started after its end", async () => {
    const host = hosted(join(dir, "missing.mjs"));
    await expect(host.warm()).rejects.toThrow("exchange: ");
    await host.close();
    await expect(host.warm()).rejects.toThrow("exchange has ended");
  });
});
