import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { InProcessRunner } from "./in-process-runner.ts";

const state = () => (globalThis as { __stryker__?: { readonly activeMutant?: string } }).__stryker__ ?? {};
const isActive = (id: string) => state().activeMutant === id;
/** Reaches places of mutants, as instrumented code does. */
const comeTo = (places: number) => {
  for (let place = 0; place < places; place += 1) isActive("0");
};
const failsWhere = (isWrong: () => boolean) => ({
  id: "a test",
  run: () => {
    if (isWrong()) throw new Error("wrong");
  },
});
const runner = async (isWrong: () => boolean) => {
  const notesPath = join(mkdtempSync(join(tmpdir(), "runner-")), "notes.json");
  const made = new InProcessRunner(async () => [failsWhere(isWrong)], notesPath);
  await made.init();
  return made;
};
const RUN = { activeMutant: { id: "7" }, timeout: 1_000, mutantActivation: "runtime" } as const;

describe("a mutant in the process that has imported everything", () => {
  afterEach(() => {
    Reflect.deleteProperty(globalThis, "__stryker__");
  });

  it("is killed by a test that fails with it, and passes without it", async () => {
    const tried = await runner(() => isActive("7"));
    expect(await tried.mutantRun(RUN)).toMatchObject({ status: "killed", killedBy: ["a test"] });
    expect(await tried.mutantRun({ ...RUN, activeMutant: { id: "8" } })).toEqual({ status: "survived", nrOfTests: 1 });
  });

  it("is not killed by the leftovers of another mutant: the process is restarted", async () => {
    let isLeft = false;
    const tried = await runner(() => {
      isLeft ||= isActive("7");
      return isLeft;
    });
    await expect(tried.mutantRun(RUN)).rejects.toThrow("fails without a mutant");
  });

  it("times out in an endless loop, even if the loop catches the error", async () => {
    const tried = await runner(() => {
      try {
        while (isActive("7")) comeTo(1);
      } catch {
        // Code may translate a thrown error.
      }
      return false;
    });
    expect(await tried.mutantRun(RUN)).toMatchObject({ status: "timeout" });
    expect(await tried.mutantRun({ ...RUN, activeMutant: { id: "8" } })).toMatchObject({ status: "survived" });
  });

  it("may reach 20 times as many places as the test does without it, in a restarted process too", async () => {
    const notesPath = join(mkdtempSync(join(tmpdir(), "runner-")), "notes.json");
    let places = 100;
    const coming = async () => {
      const made = new InProcessRunner(async () => [{ id: "a test", run: () => comeTo(places) }], notesPath);
      await made.init();
      return made;
    };
    await (await coming()).dryRun();
    places = 1_002_000;
    expect(await (await coming()).mutantRun(RUN)).toMatchObject({ status: "survived" });
    places += 1;
    expect(await (await coming()).mutantRun(RUN)).toMatchObject({ status: "timeout" });
  });

  it("is tried first by the tests that killed others recently", async () => {
    const ran: string[] = [];
    const test = (id: string, isCatcher: boolean) => ({
      id,
      run: () => {
        ran.push(id);
        if (isCatcher && isActive("7")) throw new Error("wrong");
      },
    });
    const tried = new InProcessRunner(async () => [test("one", false), test("two", true)]);
    await tried.init();
    for (const round of [0, 1])
      expect([round, await tried.mutantRun(RUN)]).toMatchObject([round, { status: "killed" }]);
    expect(ran).toEqual(["one", "two", "two", "two", "two"]);
  });

  it("runs in a process of its own where the mutant is active when its module is imported", async () => {
    const tried = await runner(() => false);
    expect(await tried.mutantRun({ ...RUN, timeout: 0.5, mutantActivation: "static" })).toMatchObject({
      status: "timeout",
    });
  });

  it("is tried only by the tests that reach it", async () => {
    const tried = await runner(() => isActive("7"));
    expect(await tried.mutantRun({ ...RUN, testFilter: ["another"] })).toEqual({ status: "survived", nrOfTests: 0 });
  });
});
