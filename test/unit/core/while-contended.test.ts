import { describe, expect, it } from "vitest";
import { Refusal } from "../../../functions/core/refusal.ts";
import { whileContended, withoutPause } from "../../../functions/core/while-contended.ts";

/** Work that is refused so often before it is done; each attempt's number is noted. */
function contended(times: number, code: "contended" | "task_ended" = "contended") {
  const attempts: number[] = [];
  const work = async ({ number }: { readonly number: number }): Promise<string> => {
    attempts.push(number);
    if (number <= times) throw new Refusal(code);
    return "done";
  };
  return { attempts, work };
}

describe("a change that others make at the same moment", () => {
  it("is attempted until it is done", async () => {
    const { attempts, work } = contended(2);
    expect(await whileContended(work, withoutPause(5))).toBe("done");
    expect(attempts).toEqual([1, 2, 3]);
  });

  it("is refused as contended once its attempts are used up", async () => {
    const { attempts, work } = contended(9);
    await expect(whileContended(work, withoutPause(5))).rejects.toEqual(new Refusal("contended"));
    expect(attempts).toEqual([1, 2, 3, 4, 5]);
  });

  it("is not attempted again after any other refusal, nor after a bug", async () => {
    const { attempts, work } = contended(9, "task_ended");
    await expect(whileContended(work, withoutPause(5))).rejects.toEqual(new Refusal("task_ended"));
    expect(attempts).toEqual([1]);
    const bug = Promise.reject(new RangeError("a bug"));
    await expect(whileContended(() => bug, withoutPause(5))).rejects.toThrow("a bug");
  });
});
