import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { rootPath } from "../../../functions/core/task-path.ts";
import { NOW } from "../../fakes/samples/task.ts";
import type { TestedStore } from "./tested-store.ts";

/** Contract of the record of signatures: each is counted once, under its task, its lease and its operation. */
export function signedCallsContract(store: () => TestedStore): void {
  describe("a record of signatures", () => {
    it("is empty before the first one, and counts each of many at once, by operation", async () => {
      const { signedCalls } = store();
      const [path, other] = [rootPath(randomBytes(32)), rootPath(randomBytes(32))];
      expect(await signedCalls.list(path)).toEqual([]);
      const operations = ["s3:GetObject", "s3:GetObject", "s3:PutObject", undefined];
      await Promise.all(operations.map((each) => signedCalls.count(path, "aws-0", each, NOW * 1_000)));
      await signedCalls.count(path, "aws-1", "s3:GetObject", NOW * 1_000 + 5);
      expect((await signedCalls.list(path)).toSorted((a, b) => (a.lease < b.lease ? -1 : 1))).toEqual([
        {
          ...{ lease: "aws-0", count: 4, lastAtMs: NOW * 1_000 },
          operations: new Map([
            ["s3:GetObject", 2],
            ["s3:PutObject", 1],
            ["unclear", 1],
          ]),
        },
        {
          ...{ lease: "aws-1", count: 1, lastAtMs: NOW * 1_000 + 5 },
          operations: new Map([["s3:GetObject", 1]]),
        },
      ]);
      expect(await signedCalls.list(other)).toEqual([]);
    });
  });
}
