import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { accountId } from "../../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../../functions/core/deployment/region.ts";
import { keepLock, lockMode } from "../../../infra/config/keep-lock.ts";
import type { Lock } from "../../../infra/config/lock.ts";
import type { Config } from "../../../infra/config/schema.ts";
import { folderWith } from "../policy-tools/folder.ts";
import { GOOD } from "./sample-config.ts";

const ONE = accountId("111122223333");
const OTHER = accountId("444455556666");
const HOUR = 3_600_000;
const NOW = Date.parse("2026-11-28T12:00:00Z");
type Pool = Omit<Config["accounts"][number], "id" | "region">;

/** A folder in which configurations are synthesised one after another. */
class Folder {
  readonly dir = folderWith({});
  readonly lock = join(this.dir, "valetkey.lock.json");

  synth(pools: Readonly<Record<string, Pool>>, atMs = NOW, mode: "write" | "look" | "frozen" = "write"): boolean {
    const accounts = Object.entries(pools).map(([id, pool]) => ({
      id: accountId(id),
      region: regionNamed("eu-central-1"),
      ...pool,
    }));
    const config = { ...(GOOD as Config), accounts };
    return keepLock({ config, configFile: join(this.dir, "valetkey.json"), mode }, atMs)();
  }

  /** As one that deploys the hub of a prefix. */
  synthAs(prefix: string | undefined): boolean {
    const config = { ...(GOOD as Config), ...(prefix === undefined ? {} : { prefix }) };
    return keepLock({ config, configFile: join(this.dir, "valetkey.json"), mode: "write" }, NOW)();
  }

  read = (): Lock => JSON.parse(readFileSync(this.lock, "utf8"));
  /** As `valetkey accounts retire` does. */
  retire(id: string): void {
    const { accounts, ...others } = this.read();
    const retired = new Date(NOW).toISOString();
    writeFileSync(
      this.lock,
      JSON.stringify({ ...others, accounts: { ...accounts, [id]: { ...accounts[id], retired } } }),
    );
  }
}

const EIGHT = { taskRoles: 8 };
const steps = new RegExp(
  `${ONE} may be deployed.*put it back; npx valetkey accounts retire ${ONE}.*take it out; deploy the hub; delete`,
);

describe("I5: synth refuses to drop", () => {
  it.each([
    [undefined, "valetkey-emea"],
    ["valetkey-emea", undefined],
    ["valetkey-emea", "valetkey-apac"],
  ])("the hub %s, of which %s would know nothing", (first, second) => {
    const folder = new Folder();
    expect(folder.synthAs(first)).toBe(true);
    expect(folder.read().prefix).toBe(first);
    expect(() => folder.synthAs(second)).toThrow(
      `this folder deployed the hub ${first ?? "valetkey"}, and ${second ?? "valetkey"} is another one: put the prefix back`,
    );
    expect(folder.synthAs(first)).toBe(false);
    // The default prefix, written out, is the same hub.
    if (first === undefined) expect(folder.synthAs("valetkey")).toBe(false);
  });

  it("an account that nobody has retired, with the order of steps", () => {
    const folder = new Folder();
    expect(folder.synth({ [ONE]: EIGHT, [OTHER]: EIGHT })).toBe(true);
    expect(() => folder.synth({ [OTHER]: EIGHT })).toThrow(steps);
    // `retired` in the configuration alone proves nothing: the hub has to confirm it.
    folder.synth({ [ONE]: { ...EIGHT, retired: true }, [OTHER]: EIGHT });
    expect(() => folder.synth({ [OTHER]: EIGHT }, NOW + 1_000 * HOUR)).toThrow(steps);
    folder.retire(OTHER);
    expect(() => folder.synth({ [OTHER]: EIGHT })).toThrow(steps);
    folder.retire(ONE);
    // A synth with the account in between changes nothing.
    folder.synth({ [ONE]: EIGHT, [OTHER]: EIGHT });
    expect(folder.synth({ [OTHER]: EIGHT })).toBe(true);
    expect(Object.keys(folder.read().accounts)).toEqual([OTHER]);
  });

  it("task roles, until they have got no task for as long as a task can live", () => {
    const folder = new Folder();
    folder.synth({ [ONE]: EIGHT });
    expect(() => folder.synth({ [ONE]: { taskRoles: 4 } })).toThrow(/had 8 task roles.*"formerTaskRoles": 8/);
    const smaller = { taskRoles: 4, formerTaskRoles: 8 };
    folder.synth({ [ONE]: smaller });
    expect(() => folder.synth({ [ONE]: { taskRoles: 4 } }, NOW + 12 * HOUR)).toThrow(/had 8 task roles/);
    folder.synth({ [ONE]: smaller }, NOW + 12 * HOUR);
    expect(() => folder.synth({ [ONE]: { taskRoles: 2 } }, NOW + 13 * HOUR)).toThrow(/had 8 task roles/);
    folder.synth({ [ONE]: { taskRoles: 4 } }, NOW + 13 * HOUR);
    expect(folder.read().accounts).toEqual({ [ONE]: { taskRoles: 4 } });
  });

  it("roles of a pool that was made smaller twice, from the second time on", () => {
    const folder = new Folder();
    folder.synth({ [ONE]: EIGHT });
    folder.synth({ [ONE]: { taskRoles: 4, formerTaskRoles: 8 } });
    folder.synth({ [ONE]: { taskRoles: 2, formerTaskRoles: 8 } }, NOW + 10 * HOUR);
    expect(() => folder.synth({ [ONE]: { taskRoles: 2 } }, NOW + 13 * HOUR)).toThrow(/had 8 task roles/);
    folder.synth({ [ONE]: { taskRoles: 2 } }, NOW + 23 * HOUR);
  });

  it("roles of a pool that was made smaller, larger and smaller again, from the last time on", () => {
    const folder = new Folder();
    folder.synth({ [ONE]: { taskRoles: 4, formerTaskRoles: 8 } });
    folder.synth({ [ONE]: EIGHT }, NOW + 12 * HOUR);
    folder.synth({ [ONE]: { taskRoles: 4, formerTaskRoles: 8 } }, NOW + 12 * HOUR);
    expect(() => folder.synth({ [ONE]: { taskRoles: 4 } }, NOW + 13 * HOUR)).toThrow(/had 8 task roles/);
  });
});

describe("the lock", () => {
  it("is written where it changes alone, and by nobody who only looks", () => {
    const folder = new Folder();
    folder.synth({ [ONE]: EIGHT }, NOW, "look");
    expect(existsSync(folder.lock)).toBe(false);
    expect(folder.synth({ [OTHER]: EIGHT, [ONE]: EIGHT })).toBe(true);
    expect(Object.keys(folder.read().accounts)).toEqual([ONE, OTHER]);
    expect(folder.synth({ [ONE]: EIGHT, [OTHER]: EIGHT })).toBe(false);
    expect(() => folder.synth({ [ONE]: EIGHT }, NOW, "look")).toThrow(/444455556666 may be deployed/);
  });

  it("has to hold what a pipeline deploys, which cannot write it", () => {
    const folder = new Folder();
    folder.synth({ [ONE]: EIGHT });
    expect(folder.synth({ [ONE]: EIGHT }, NOW, "frozen")).toBe(false);
    expect(() => folder.synth({ [ONE]: { taskRoles: 9 } }, NOW, "frozen")).toThrow(/9 task roles.*commit the file/);
    expect(() => folder.synth({ [ONE]: EIGHT, [OTHER]: EIGHT }, NOW, "frozen")).toThrow(
      /444455556666.*commit the file/,
    );
    expect(folder.read().accounts).toEqual({ [ONE]: EIGHT });
    expect(new Folder().synth({ [ONE]: EIGHT }, NOW, "frozen")).toBe(true);
  });

  it.each([
    ["look", { CI: "true" }, "look"],
    [undefined, { CI: "true" }, "frozen"],
    [undefined, { CI: "false" }, "write"],
    [undefined, {}, "write"],
    ["anything", {}, "write"],
    ["frozen", {}, "frozen"],
  ])("is handled as requested (%s), or as a pipeline needs: %j", (requested, env, mode) => {
    expect(lockMode(requested, env)).toBe(mode);
  });

  it.each([
    ["{}"],
    ["[]"],
    ["nothing"],
    ['{"format":"valetkey.lock/2","accounts":{}}'],
    ['{"format":"valetkey.lock/1","accounts":{"x":{"taskRoles":1}}}'],
    ['{"format":"valetkey.lock/1","accounts":{"111122223333":{"taskRoles":0}}}'],
    ['{"format":"valetkey.lock/1","accounts":{"111122223333":{"taskRoles":1,"retired":"yes"}}}'],
  ])("refuses what it cannot read: %s", (text) => {
    const folder = new Folder();
    writeFileSync(folder.lock, text);
    expect(() => folder.synth({ [ONE]: EIGHT })).toThrow("cannot be read");
  });
});
