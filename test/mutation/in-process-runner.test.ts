import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { InProcessRunner } from "./in-process-runner.ts";

const state = () => (globalThis as { __stryker__?: { activeMutant?: string; hitCount?: number } }).__stryker__ ?? {};
const isActive = (id: string) => state().activeMutant === id;
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

  it("is not killed by what another mutant has left behind: the process is started anew", async () => {
    let isLeft = false;
    const tried = await runner(() => {
      isLeft ||= isActive("7");
      return isLeft;
    });
    await expect(tried.mutantRun(RUN)).rejects.toThrow("fails without a mutant");
  });

  it("is timed out where its code is reached more often than is allowed", async () => {
    const reaching = (times: number) =>
      runner(() => {
        state().hitCount = times;
        return false;
      });
    expect(await (await reaching(20_001)).mutantRun(RUN)).toMatchObject({ status: "timeout" });
    expect(await (await reaching(20_000)).mutantRun(RUN)).toMatchObject({ status: "survived" });
  });

  it("may be reached 20 times as often as without it, in a process that was started anew too", async () => {
    const notesPath = join(mkdtempSync(join(tmpdir(), "runner-")), "notes.json");
    let times = 20_200;
    const reaching = async () => {
      const made = new InProcessRunner(
        async () => [
          {
            id: "a test",
            run: () => {
              state().hitCount = times;
              Object.assign(state(), { mutantCoverage: { perTest: { "a test": { 7: 10 } } } });
            },
          },
        ],
        notesPath,
      );
      await made.init();
      return made;
    };
    await (await reaching()).dryRun();
    expect(await (await reaching()).mutantRun(RUN)).toMatchObject({ status: "survived" });
    times += 1;
    expect(await (await reaching()).mutantRun(RUN)).toMatchObject({ status: "timeout" });
  });

  it("is tried in a process of its own where it is there when its module is imported", async () => {
    const tried = await runner(() => false);
    expect(await tried.mutantRun({ ...RUN, timeout: 0.5, mutantActivation: "static" })).toMatchObject({
      status: "timeout",
    });
  });

  it("is tried by the tests that reach it alone", async () => {
    const tried = await runner(() => isActive("7"));
    expect(await tried.mutantRun({ ...RUN, testFilter: ["another"] })).toEqual({ status: "survived", nrOfTests: 0 });
  });
});
