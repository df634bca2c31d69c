import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { aTask } from "../../../fakes/sample-task.ts";
import { MOST_COPIES, type UseRow } from "../../../functions/core/ledger/ledger.ts";
import type { TestedStore } from "./tested-store.ts";

const ROW: UseRow = {
  action: "s3:GetObject",
  resource: "arn:aws:s3:::acme/a",
  isMapped: true,
  used: 2,
  denied: 1,
  first: 100,
  last: 200,
  region: "eu-central-1",
  sourceIp: "203.0.113.7",
};

/** Contract of the record of what tasks did with their keys. */
export function ledgerContract(store: () => TestedStore): void {
  const ledger = () => store().ledger;
  const id = () => randomBytes(8).toString("hex");

  describe("uses of keys", () => {
    it("are summed by action and resource; the first time stays, the rest is the latest", async () => {
      const { path } = aTask().task;
      expect(await ledger().add(path, [id()], [ROW], 1)).toEqual([]);
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
      expect(await ledger().add(path, [id(), id()], [later, other], 1)).toEqual([]);
      const rows = await ledger().list(path);
      expect(rows.toSorted((a, b) => (a.resource < b.resource ? -1 : 1))).toEqual([
        { ...later, used: 3, denied: 1, first: 100 },
        other,
      ]);
      expect(await ledger().count(path)).toBe(2);
      expect(await ledger().has(path, [ROW, { ...ROW, action: "s3:PutObject" }])).toEqual([true, false]);
    });

    it("are counted once for each event: nothing is written beside one that was counted before", async () => {
      const { path } = aTask().task;
      const [known, fresh] = [id(), id()];
      await ledger().add(path, [known], [ROW], 1);
      expect(await ledger().add(path, [fresh, known], [ROW], 0)).toEqual([known]);
      expect(await ledger().list(path)).toEqual([ROW]);
      expect(await ledger().add(path, [fresh], [ROW], 0)).toEqual([]);
      expect(await ledger().list(path)).toMatchObject([{ used: 4, denied: 2 }]);
    });

    it("by copies of sessions are known by the copies' keys, each once and the newest of them", async () => {
      const { path } = aTask().task;
      const copy = (n: number) => ({ account: "111122223333", role: "valetkey-task-0", keyId: `ASIA${n}` });
      expect(await ledger().copies(path)).toEqual([]);
      await Promise.all([1, 2, 3].map((n) => ledger().learnCopy(path, copy(n))));
      await ledger().learnCopy(path, copy(2));
      expect((await ledger().copies(path)).map(({ keyId }) => keyId).sort()).toEqual(["ASIA1", "ASIA2", "ASIA3"]);
      for (let n = 4; n <= MOST_COPIES + 3; n += 1) await ledger().learnCopy(path, copy(n));
      const known = await ledger().copies(path);
      expect([known.length, known.at(-1)]).toEqual([MOST_COPIES, copy(MOST_COPIES + 3)]);
      expect(await ledger().list(path)).toEqual([]);
    });

    it("that were denied are remembered by what they were, each at its latest time", async () => {
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

    it("are the task's own: its children and its neighbours have others", async () => {
      const { path } = aTask().task;
      await ledger().add(path, [id()], [ROW], 1);
      expect(await ledger().list(aTask().task.path)).toEqual([]);
      expect(await ledger().count(aTask().task.path)).toBe(0);
    });
  });
}
