import { describe, expect, it } from "vitest";
import { atOnce, runAtOnce } from "../../../functions/core/at-once.ts";

const LIST = [1, 2, 3, 4, 5, 6];

/** Work whose items finish at the test's command, in any order. */
function held() {
  const begun = new Map<number, PromiseWithResolvers<number>>();
  const work = (each: number): Promise<number> => {
    const waiting = Promise.withResolvers<number>();
    begun.set(each, waiting);
    return waiting.promise;
  };
  return { begun, work };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("work at once", () => {
  it("begins so many at a time, and the next one when one of them is finished", async () => {
    const { begun, work } = held();
    const run = runAtOnce(2, LIST, work);
    expect([...begun.keys()]).toEqual([1, 2]);
    begun.get(2)?.resolve(2);
    await turn();
    expect([...begun.keys()]).toEqual([1, 2, 3]);
    for (const each of LIST) {
      begun.get(each)?.resolve(each);
      await turn();
    }
    expect(await run).toEqual({ results: LIST, failures: [], left: 0 });
  });

  it("gives the results in the order of the list, whichever is finished first", async () => {
    const { begun, work } = held();
    const run = atOnce(6, LIST, work);
    for (const each of LIST.toReversed()) {
      begun.get(each)?.resolve(each * 10);
      await turn();
    }
    expect(await run).toEqual([10, 20, 30, 40, 50, 60]);
  });

  it("does all the others though one fails, and reports the failures", async () => {
    const odd = async (each: number) => {
      if (each % 2 === 1) throw new Error(`${each}`);
      return each;
    };
    const { results, failures, left } = await runAtOnce(2, LIST, odd);
    expect([results, failures.map(String), left]).toEqual([[2, 4, 6], ["Error: 1", "Error: 3", "Error: 5"], 0]);
  });

  it("begins nothing further once one has failed, where it throws the first failure", async () => {
    const begun: number[] = [];
    const work = async (each: number) => {
      begun.push(each);
      if (each === 3) throw new Error("three");
    };
    await expect(atOnce(1, LIST, work)).rejects.toThrow("three");
    expect(begun).toEqual([1, 2, 3]);
  });

  it("begins nothing further once it is over, and reports how many are left", async () => {
    const begun: number[] = [];
    const work = async (each: number) => begun.push(each);
    expect(await runAtOnce(2, LIST, work, () => begun.length >= 4)).toMatchObject({ left: 2 });
    expect(begun).toEqual([1, 2, 3, 4]);
    expect(await atOnce(2, LIST, work, () => true)).toEqual([]);
  });

  it("is done at once with an empty list", async () => {
    expect(await runAtOnce(3, [], async () => undefined)).toEqual({ results: [], failures: [], left: 0 });
  });
});
