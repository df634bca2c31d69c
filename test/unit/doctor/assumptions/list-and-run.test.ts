import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import {
  type Assumption,
  failsToHold,
  holds,
  type Seen,
} from "../../../../client/doctor/aws/assumptions/assumption.ts";
import { ASSUMPTIONS } from "../../../../client/doctor/aws/assumptions/list.ts";
import { heldToCurrent } from "../../../../client/doctor/aws/assumptions/probes/secrets.ts";
import { rightsOfProbes } from "../../../../client/doctor/aws/assumptions/rights.ts";
import { type ProbeRun, probeAssumptions } from "../../../../client/doctor/aws/assumptions/run.ts";
import { MARKER, Workshop } from "../../../../client/doctor/aws/assumptions/workshop.ts";
import { readSecretStatement } from "../../../../functions/connectors/secret/secret-statement.ts";
import { ACCOUNT, HUB, placeOf, WAITS } from "./worlds.ts";

const SECURITY = readFileSync(fileURLToPath(new URL("../../../../SECURITY.md", import.meta.url)), "utf8");

/** Rows of SECURITY.md's table: what is assumed, its weight, and what follows. */
const rows = SECURITY.slice(SECURITY.indexOf("| assumed |"), SECURITY.indexOf("## Defaults worth knowing"))
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .slice(1)
  .map((line) => line.slice(2, -2).split(" | "))
  .map(([assumed, , weight, follows]) => [assumed, weight, follows]);

describe("the assumptions about AWS in SECURITY.md", () => {
  it("has a probe, or the reason why there is none, row by row and word by word", () => {
    expect(rows.length).toBeGreaterThan(15);
    expect(ASSUMPTIONS.map(({ assumed, weight, follows }) => [assumed, weight, follows])).toEqual(rows);
    expect(new Set(ASSUMPTIONS.map(({ id }) => id)).size).toBe(rows.length);
  });

  it("tries the very statement by which tasks read a secret", () => {
    expect(heldToCurrent("arn:secret")).toEqual(readSecretStatement(["arn:secret"]));
  });

  it("needs rights on what has the marker in its name, and on nothing else", () => {
    const { Statement } = rightsOfProbes({ partition: "aws", account: "111122223333", region: "us-east-1" });
    const named = Statement.filter(({ Sid }) => Sid !== "WithoutResource");
    for (const resource of named.flatMap(({ Resource }) => Resource)) expect(resource).toContain(`${MARKER}-*`);
    // AWS names no resource of these: a statement on a resource would never allow them.
    expect(Statement.filter((each) => !named.includes(each)).flatMap(({ Action }) => Action)).toEqual([
      "cloudformation:DescribeStackDriftDetectionStatus",
      "events:PutPermission",
    ]);
    expect(Statement.flatMap(({ Action }) => Action).filter((action) => action.includes("*"))).toEqual([]);
  });
});

describe("a run of probes", () => {
  const one = (
    probe: (workshop: Workshop) => Promise<Seen>,
    id = "one",
    weight: Assumption["weight"] = "invariant",
  ): Assumption => ({ id, weight, assumed: "it holds", follows: "nothing", probe });
  const run = (assumptions: readonly Assumption[], more: Partial<ProbeRun> = {}) =>
    probeAssumptions(placeOf("AIDA"), {
      say: () => {},
      hub: HUB,
      version: "0.1.0",
      waits: WAITS,
      assumptions,
      ...more,
    });

  it("has date, hub, account, Region, versions, and the meaning of each answer", async () => {
    const cannot = { ...one(async () => holds("")), id: "cannot", probe: { cannotBecause: "of that" } };
    const probes = [one(async () => holds("seen"), "a"), one(async () => failsToHold("seen"), "b"), cannot];
    const report = await run(probes);
    expect(report).toMatchObject({
      hub: HUB,
      account: ACCOUNT,
      region: "us-east-1",
      sdk: "aws-sdk-js/3",
      interrupted: false,
      left: [],
      versions: { valetkey: "0.1.0", node: process.version },
      caller: { arn: expect.stringContaining("prober/ann") },
    });
    expect(Date.parse(report.at)).toBeLessThanOrEqual(Date.parse(report.until));
    expect(report.results.map(({ answer, means }) => [answer, means])).toEqual([
      ["holds", "valetkey may rest on it here"],
      ["does_not_hold", "so: nothing"],
      ["cannot_be_probed", "only AWS's documentation supports it; if that is wrong: nothing"],
    ]);
  });

  it.each([
    ["invariant", true],
    ["bound", true],
    ["outage", true],
    ["information", false],
  ] as const)("is bad where what does not hold has the weight %s: %s", async (weight, isBad) => {
    expect((await run([one(async () => failsToHold("seen"), "a", weight)])).isBad).toBe(isBad);
    expect((await run([one(async () => holds("seen"), "a", weight)])).isBad).toBe(false);
  });

  it("goes on after a probe that breaks off, and quotes no message and no odd name", async () => {
    const broken = one(async () => {
      throw Object.assign(new Error("CANARY"), { name: "Throttling\u001b[2K" });
    });
    const { results } = await run([broken, one(async () => failsToHold("seen"))]);
    expect(results.map(({ answer, found }) => [answer, found])).toEqual([
      ["not_known", "it could not be tried (Throttling2K)"],
      ["does_not_hold", "seen"],
    ]);
  });

  it("removes what it made, the last first, when a probe breaks off or is interrupted, and tries the rest no more", async () => {
    const interruption = new AbortController();
    const removed: string[] = [];
    const making = (name: string, then: (workshop: Workshop) => Promise<unknown>) =>
      one(async (workshop) => {
        for (const each of [1, 2])
          await workshop.make(
            `${name} ${each}`,
            async () => {},
            async () => void removed.push(`${name} ${each}`),
          );
        await then(workshop);
        return holds("");
      }, name);
    const { results, left, interrupted } = await run(
      [
        making("broken", async () => Promise.reject(new Error("x"))),
        making("interrupted", async (workshop) => {
          setTimeout(() => interruption.abort(), 20);
          await workshop.pause(60_000);
        }),
        making("late", async () => {}),
      ],
      { signal: interruption.signal },
    );
    expect(removed).toEqual(["broken 2", "broken 1", "interrupted 2", "interrupted 1"]);
    expect([left, interrupted]).toEqual([[], true]);
    expect(results.map(({ found }) => found)).toEqual([
      "it could not be tried (Error)",
      "it could not be tried (Interrupted)",
      "it was not tried: the command was interrupted",
    ]);
  });
});

describe("a workshop", () => {
  const answered = (httpStatusCode: number, attempts: number, name = "EntityAlreadyExists") =>
    Object.assign(new Error("x"), { name, $metadata: { httpStatusCode, attempts } });

  it.each([
    ["not what AWS refused to make at once", answered(409, 1), 0],
    ["not what an emulator does not have", answered(501, 3), 0],
    ["what an attempt may have made whose answer was lost", answered(409, 2), 1],
    ["what may have been made when AWS failed", answered(500, 1), 1],
    ["what may have been made when the connection broke", new Error("ECONNRESET"), 1],
  ])("removes %s", async (_, error, times) => {
    const remove = vi.fn(async () => {});
    const workshop = new Workshop(placeOf("AIDA"), "aws", { waits: WAITS });
    await expect(workshop.make("role r", () => Promise.reject(error), remove)).rejects.toBe(error);
    expect(await workshop.close()).toEqual([]);
    expect(remove).toHaveBeenCalledTimes(times);
  });

  it("names what cannot be removed, after several attempts, and not what is gone", async () => {
    const workshop = new Workshop(placeOf("AIDA"), "aws", { waits: { ...WAITS, pauseMs: 1 } });
    const [denied, gone] = [vi.fn(), vi.fn()];
    denied.mockRejectedValue(answered(403, 1, "Access\u001bDenied"));
    gone.mockRejectedValue(answered(404, 1, "NoSuchEntityException"));
    await workshop.make("role kept", async () => {}, denied);
    await workshop.make("role gone", async () => {}, gone);
    expect(await workshop.close()).toEqual(["role kept (AccessDenied)"]);
    expect([denied, gone].map(({ mock }) => mock.calls.length)).toEqual([4, 4]);
  });
});
