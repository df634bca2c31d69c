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
  const made = new InProcessRunner(async () => [failsWhere(isWrong)]);
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
    const tried = await runner(() => {
      state().hitCount = 11;
      return true;
    });
    expect(await tried.mutantRun({ ...RUN, hitLimit: 10 })).toMatchObject({ status: "timeout" });
  });

  it("is tried by the tests that reach it alone", async () => {
    const tried = await runner(() => isActive("7"));
    expect(await tried.mutantRun({ ...RUN, testFilter: ["another"] })).toEqual({ status: "survived", nrOfTests: 0 });
  });
});
