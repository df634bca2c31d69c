import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it, vi } from "vitest";
import { anchoredIn, Unreadable, withArchive } from "../../../client/audit/open-archive.ts";

const folder = mkdtempSync(join(tmpdir(), "valetkey-open-"));
mkdirSync(join(folder, "checkpoints"));
writeFileSync(join(folder, "checkpoints", "2027-01-01T09"), "a note");
afterAll(() => rmSync(folder, { recursive: true }));
const silent = { say: () => undefined };

describe("a place that is read", () => {
  it("is reported where reading takes long, and no more once it is over", async () => {
    const lines: string[] = [];
    const watching = { say: (line: string) => lines.push(line), everyMs: 20 };
    await withArchive(folder, watching, async (source) => {
      await source.read("checkpoints/2027-01-01T09");
      const before = lines.length;
      await vi.waitUntil(() => lines.length > before + 1, 60_000);
    });
    const count = lines.length;
    expect(lines.at(-1)).toMatch(/valetkey-open-\w+: 1 objects read in \d+ s$/);
    await sleep(60);
    expect(lines).toHaveLength(count);
  });

  it("is not reported where reading is short", async () => {
    const lines: string[] = [];
    await withArchive(folder, { say: (line) => lines.push(line) }, (source) => source.list("checkpoints"));
    expect(lines).toEqual([]);
  });

  it("may be the folder of a witness's checkpoints, with or without its last slash", async () => {
    for (const place of [join(folder, "checkpoints"), `${join(folder, "checkpoints")}/`])
      expect(await anchoredIn(place, silent)).toEqual(new Map([["2027-01-01T09", Buffer.from("a note")]]));
    expect(await anchoredIn(join(folder, "nothing"), silent)).toEqual(new Map());
  });

  it.each(["s3://", "s3://A", "s3://../x", "s3://a bucket/x"])("has to be an address: %s", async (place) => {
    await expect(withArchive(place, silent, (source) => source.list("x"))).rejects.toBeInstanceOf(Unreadable);
  });

  it("names the folder of a witness, and not its bucket alone", async () => {
    await expect(async () => anchoredIn("s3://acme-anchor", silent)).rejects.toThrow(/names no folder/);
  });
});
