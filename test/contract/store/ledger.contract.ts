import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { accountId } from "../../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../../functions/core/deployment/region.ts";
import type { ApiUse } from "../../../functions/core/ledger/api-use.ts";
import { MOST_COPIES, type UseRow } from "../../../functions/core/ledger/ledger.ts";
import type { TaskPath } from "../../../functions/core/task-path.ts";
import { recordUses } from "../../../functions/observe/record-uses.ts";
import { aTask } from "../../fakes/samples/task.ts";
import { refused, type TestedStore } from "./tested-store.ts";

const USE: ApiUse = {
  ...{ eventId: "", account: accountId("111122223333"), role: "valetkey-task-0", session: "s", path: undefined },
  ...{ accessKeyId: "ASIA1", isByService: false, sourceIdentity: "", action: "s3:GetObject", isMapped: true },
  ...{ eventName: "GetObject", isReadOnly: true, resource: "arn:aws:s3:::acme/a", isDenied: false },
  ...{ at: 0, region: regionNamed("eu-central-1"), sourceIp: "203.0.113.7" },
};

const ROW: UseRow = {
  action: "s3:GetObject",
  resource: "arn:aws:s3:::acme/a",
  isMapped: true,
  used: 2,
  denied: 1,
  first: 100,
  last: 200,
  region: regionNamed("eu-central-1"),
  sourceIp: "203.0.113.7",
};

/** Contract of the record of calls that tasks made with their keys. */
export function ledgerContract(store: () => TestedStore): void {
  const ledger = () => store().ledger;
  const id = () => randomBytes(8).toString("hex");

  describe("uses of keys", () => {
    /** Merges rows into the existing ones, as `observe` does. */
    const add = async (path: TaskPath, ids: readonly string[], rows: readonly UseRow[], fresh: number) => {
      const held = await ledger().held(path, rows);
      return ledger().add(
        path,
        ids,
        rows.map((row, at) => ({ ...row, held: held[at] })),
        fresh,
      );
    };

    it("are summed by action and resource, with the first time and the latest of all else", async () => {
      const { path } = aTask().task;
      expect(await add(path, [id()], [ROW], 1)).toEqual([]);
      const later = {
        ...ROW,
        used: 1,
        denied: 0,
        first: 300,
        last: 300,
        sourceIp: "198.51.100.1",
        errorCode: "NoSuchKey",
      };
      const other = { ...ROW, resource: "arn:aws:s3:::acme/b" };
      expect(await add(path, [id(), id()], [later, other], 1)).toEqual([]);
      const rows = await ledger().list(path);
      expect(rows.toSorted((a, b) => (a.resource < b.resource ? -1 : 1))).toEqual([
        { ...later, used: 3, denied: 1, first: 100 },
        other,
      ]);
      expect(await ledger().count(path)).toBe(2);
      expect(await ledger().held(path, [ROW, { ...ROW, action: "s3:PutObject" }])).toMatchObject([
        { first: 100, last: 300, errorCode: "NoSuchKey" },
        undefined,
      ]);
    });

    it("are counted once for each event: an event that was counted before writes nothing", async () => {
      const { path } = aTask().task;
      const [known, fresh] = [id(), id()];
      await add(path, [known], [ROW], 1);
      expect(await add(path, [fresh, known], [ROW], 0)).toEqual([known]);
      expect(await ledger().list(path)).toEqual([ROW]);
      expect(await add(path, [fresh], [ROW], 0)).toEqual([]);
      expect(await ledger().list(path)).toMatchObject([{ used: 4, denied: 2 }]);
    });

    it("have the least and the greatest time, and the latest address, in any order and number of reports", async () => {
      const uses = Array.from({ length: 24 }, (_, n) => ({
        ...{ ...USE, eventId: id(), at: 1_000 + 37 * ((n * 7) % 24), sourceIp: `203.0.113.${(n * 7) % 24}` },
        ...(n % 5 === 0 ? { isDenied: true, errorCode: "AccessDenied" } : {}),
      }));
      for (const orders of [1, 2, 3]) {
        const { path } = aTask().task;
        const shuffled = [...uses, ...uses.slice(0, 7)]
          .map((use) => ({
            use: { ...use, eventId: `${use.eventId}-${orders}` },
            place: randomBytes(4).readUInt32BE(),
          }))
          .sort((a, b) => a.place - b.place)
          .map(({ use }) => use);
        const batches = Array.from({ length: 8 }, (_, n) => shuffled.slice(n * 4, n * 4 + 4));
        // Two processes at once.
        await Promise.all(
          [0, 1].map(async (half) => {
            for (const batch of batches.filter((_, n) => n % 2 === half)) await recordUses(path, batch, ledger());
          }),
        );
        expect(await ledger().list(path)).toEqual([
          expect.objectContaining({
            first: 1_000,
            last: 1_000 + 37 * 23,
            sourceIp: "203.0.113.23",
            used: 19,
            denied: 5,
          }),
        ]);
        expect(await ledger().count(path)).toBe(1);
      }
    });

    it("name each version that they have made once, whoever adds to the row at the same time", async () => {
      const { path } = aTask().task;
      const versions = Array.from({ length: 12 }, (_, n) => `v${String(n).padStart(2, "0")}`);
      const uses = versions.map((version) => ({ ...USE, eventId: id(), version }));
      await Promise.all(
        [0, 1, 2].map(async (third) =>
          recordUses(
            path,
            uses.filter((_, n) => n % 3 === third),
            ledger(),
          ),
        ),
      );
      await recordUses(path, uses.slice(0, 4), ledger());
      expect(await ledger().list(path)).toMatchObject([{ used: 12, versions }]);
      const [held] = await ledger().held(path, [ROW]);
      expect(held?.versions).toEqual(versions);
    });

    it("are not added to a row that was made, or whose times moved, since it was read", async () => {
      const { path } = aTask().task;
      await add(path, [id()], [ROW], 1);
      await expect(ledger().add(path, [id()], [ROW], 1)).rejects.toEqual(refused("contended"));
      const stale = { ...ROW, held: { first: 150, last: 150 } };
      await expect(ledger().add(path, [id()], [{ ...stale, first: 120, last: 140 }], 0)).rejects.toEqual(
        refused("contended"),
      );
      await expect(ledger().add(path, [id()], [{ ...stale, first: 160, last: 160 }], 0)).rejects.toEqual(
        refused("contended"),
      );
      expect(await ledger().list(path)).toEqual([ROW]);
    });

    it("by copies of sessions are found by the copies' keys, each once and the newest of them", async () => {
      const { path } = aTask().task;
      const copy = (n: number) => ({ account: accountId("111122223333"), role: "valetkey-task-0", keyId: `ASIA${n}` });
      expect(await ledger().copies(path)).toEqual([]);
      await Promise.all([1, 2, 3].map((n) => ledger().learnCopy(path, copy(n))));
      await ledger().learnCopy(path, copy(2));
      expect((await ledger().copies(path)).map(({ keyId }) => keyId).sort()).toEqual(["ASIA1", "ASIA2", "ASIA3"]);
      const { path: other } = aTask().task;
      await store().written(async (into) => {
        for (let n = 1; n < MOST_COPIES; n += 1) await into.ledger.learnCopy(other, copy(n));
      });
      for (let n = MOST_COPIES; n <= MOST_COPIES + 3; n += 1) await ledger().learnCopy(other, copy(n));
      const known = await ledger().copies(other);
      expect(known).toEqual(Array.from({ length: MOST_COPIES }, (_, n) => copy(n + 4)));
      for (const each of [path, other]) expect(await ledger().list(each)).toEqual([]);
    });

    it("that were denied are recorded by their kind, each at its latest time", async () => {
      const { path } = aTask().task;
      expect(await ledger().rememberDenied(path, [{ what: "a", at: 5 }])).toEqual([{ what: "a", at: 5 }]);
      const more = [
        { what: "b", at: 7 },
        { what: "a", at: 3 },
      ];
      const all = [
        { what: "a", at: 5 },
        { what: "b", at: 7 },
      ];
      expect(await ledger().rememberDenied(path, more)).toEqual(all);
      expect(await ledger().rememberDenied(path, more)).toEqual(all);
      await Promise.all([8, 9, 10].map((at) => ledger().rememberDenied(path, [{ what: `c${at}`, at }])));
      expect(await ledger().rememberDenied(path, [])).toHaveLength(5);
    });

    it("are the task's own, apart from those of its children and its neighbours", async () => {
      const { path } = aTask().task;
      await add(path, [id()], [ROW], 1);
      expect(await ledger().list(aTask().task.path)).toEqual([]);
      expect(await ledger().count(aTask().task.path)).toBe(0);
    });
  });
}
