import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Turns } from "../../../local/emulator/turns.ts";

/** Call that ends when its `end` is called. */
function call(turns: Turns, isYielding: boolean, name: string, served: string[]) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = turns.take(isYielding, () => {
    served.push(name);
    return promise;
  });
  return { done, end: resolve };
}

const soon = () => vi.advanceTimersByTimeAsync(1);

describe("turns of the embedded AWS's calls", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("serve a yielding call at once where no other is in progress, and otherwise after all others", async () => {
    const [turns, served] = [new Turns(), [] as string[]];
    const alone = call(turns, true, "alone", served);
    await soon();
    expect(served).toEqual(["alone"]);
    alone.end();
    await alone.done;
    const [one, watching, two] = [
      call(turns, false, "one", served),
      call(turns, true, "watching", served),
      call(turns, false, "two", served),
    ];
    one.end();
    await soon();
    expect(served).toEqual(["alone", "one", "two"]);
    two.end();
    await soon();
    expect(served).toEqual(["alone", "one", "two", "watching"]);
    watching.end();
    await Promise.all([one, two, watching].map(({ done }) => done));
  });

  it("let no other call wait for yielding ones, of which four are served at a time", async () => {
    const [turns, served] = [new Turns(), [] as string[]];
    const watching = Array.from({ length: 6 }, (_, n) => call(turns, true, `w${n}`, served));
    await soon();
    const other = call(turns, false, "other", served);
    await soon();
    expect(served).toEqual(["w0", "w1", "w2", "w3", "other"]);
    for (const each of [other, ...watching]) each.end();
    await soon();
    await Promise.all([other, ...watching].map(({ done }) => done));
    expect(served).toEqual(["w0", "w1", "w2", "w3", "other", "w4", "w5"]);
  });

  it("serve a yielding call after a second in any case, and the next after one that fails", async () => {
    const [turns, served] = [new Turns(), [] as string[]];
    const other = call(turns, false, "other", served);
    const watching = call(turns, true, "watching", served);
    await vi.advanceTimersByTimeAsync(999);
    expect(served).toEqual(["other"]);
    await soon();
    expect(served).toEqual(["other", "watching"]);
    const failing = turns.take(false, () => Promise.reject(new Error("failed")));
    await expect(failing).rejects.toThrow("failed");
    const late = call(turns, true, "late", served);
    for (const each of [other, watching]) each.end();
    await soon();
    expect(served.at(-1)).toBe("late");
    late.end();
  });
});
