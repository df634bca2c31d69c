import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import {
  type Assumption,
  AWS_ALONE,
  failsToHold,
  type Ground,
  holds,
  type Seen,
} from "../../../../client/doctor/aws/assumptions/assumption.ts";
import { ASSUMPTIONS } from "../../../../client/doctor/aws/assumptions/list.ts";
import { heldToCurrent } from "../../../../client/doctor/aws/assumptions/probes/secrets.ts";
import { rightsOfProbes } from "../../../../client/doctor/aws/assumptions/rights.ts";
import { type ProbeRun, probeAssumptions } from "../../../../client/doctor/aws/assumptions/run.ts";
import { MARKER, Workshop } from "../../../../client/doctor/aws/assumptions/workshop.ts";
import { readSecretStatement } from "../../../../functions/connectors/secret/secret-statement.ts";
import { JUDGES } from "../../../judges/judges.ts";
import { ACCOUNT, HUB, placeOf, WAITS } from "./worlds.ts";

const SECURITY = readFileSync(fileURLToPath(new URL("../../../../SECURITY.md", import.meta.url)), "utf8");

const ROOT = new URL("../../../../", import.meta.url);

/** Rows of SECURITY.md's table: what is assumed, its ground, its weight, and what follows. */
const rows = SECURITY.slice(SECURITY.indexOf("| assumed |"), SECURITY.indexOf("## Defaults worth knowing"))
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .slice(1)
  .map((line) => line.slice(2, -2).split(" | "));

/** Cell of that table for a ground. */
function cellOf(ground: Ground): string {
  switch (ground.by) {
    case "judge":
      return `judge [\`${ground.judge}\`](docs/judges.md)`;
    case "page":
      return `[AWS's page](${ground.page})${ground.states === "all" ? "" : ", in part"}`;
    case "rows":
      return `[sources of its rows](${ground.file})`;
    case "aws":
      return "AWS alone";
  }
}

/** Fault of a ground; undefined where it has none. */
function faultOf({ id, restsOn: ground }: Pick<Assumption, "id" | "restsOn">): string | undefined {
  const fault = `${id} rests on nothing: `;
  switch (ground.by) {
    case "judge": {
      const file = new URL(`test/judges/${ground.judge}/run.ts`, ROOT);
      if (!Object.hasOwn(JUDGES, ground.judge) || !existsSync(file)) return `${fault}no judge ${ground.judge}`;
      // The judge's check names the assumption that it confirms.
      return readFileSync(file, "utf8").includes(`"${id}"`) ? undefined : `${fault}${ground.judge} does not name it`;
    }
    case "page":
      return /^https:\/\/docs\.aws\.amazon\.com\/[\w/-]+\.html$/.test(ground.page) ? undefined : fault + ground.page;
    case "rows": {
      const file = new URL(ground.file, ROOT);
      return existsSync(file) && /^ +source:/m.test(readFileSync(file, "utf8")) ? undefined : fault + ground.file;
    }
    case "aws":
      return undefined;
  }
}

describe("the assumptions about AWS in SECURITY.md", () => {
  it("has a probe, or the reason why there is none, row by row and word by word", () => {
    expect(rows.length).toBeGreaterThan(15);
    expect(
      ASSUMPTIONS.map(({ assumed, restsOn, weight, follows }) => [assumed, cellOf(restsOn), weight, follows]),
    ).toEqual(rows);
    expect(new Set(ASSUMPTIONS.map(({ id }) => id)).size).toBe(rows.length);
  });

  it("rests on judges that exist and name it, on pages of AWS, on rows with sources, or on AWS alone", () => {
    expect(ASSUMPTIONS.flatMap((each) => faultOf(each) ?? [])).toEqual([]);
  });

  it.each<[string, Ground]>([
    ["no judge nobody", { by: "judge", judge: "nobody" }],
    ["cedar-go does not name it", { by: "judge", judge: "cedar-go" }],
    ["https://example.com/a.html", { by: "page", page: "https://example.com/a.html", states: "all" }],
    ["functions/core/gone.ts", { by: "rows", file: "functions/core/gone.ts" }],
    ["SECURITY.md", { by: "rows", file: "SECURITY.md" }],
  ])("rests on nothing where its ground is wrong: %s", (fault, restsOn) => {
    expect(faultOf({ id: "a", restsOn })).toBe(`a rests on nothing: ${fault}`);
  });

  it("says of SECURITY.md's judges what the list says: none confirms an assumption today", () => {
    const judged = ASSUMPTIONS.filter(({ restsOn }) => restsOn.by === "judge");
    expect(SECURITY.includes("No judge confirms one today.")).toBe(judged.length === 0);
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
  ): Assumption => ({ id, weight, assumed: "it holds", follows: "nothing", restsOn: AWS_ALONE, probe });
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
    const cannot = (restsOn: Ground) => ({ ...one(async () => holds("")), restsOn, probe: { cannotBecause: "x" } });
    const grounds: readonly Ground[] = [
      { by: "page", page: "https://docs.aws.amazon.com/x.html", states: "all" },
      { by: "page", page: "https://docs.aws.amazon.com/x.html", states: "a part" },
      { by: "rows", file: "x.ts" },
      { by: "judge", judge: "moto" },
      AWS_ALONE,
    ];
    const probes = [
      one(async () => holds("seen"), "a"),
      one(async () => failsToHold("seen"), "b"),
      ...grounds.map(cannot),
    ];
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
      ["cannot_be_probed", "https://docs.aws.amazon.com/x.html states it; if that is wrong: nothing"],
      ["cannot_be_probed", "https://docs.aws.amazon.com/x.html states a part of it; if that is wrong: nothing"],
      ["cannot_be_probed", "the sources in x.ts state it; if that is wrong: nothing"],
      ["cannot_be_probed", "the judge moto confirms it; if that is wrong: nothing"],
      ["cannot_be_probed", "nothing but AWS itself can show it; if that is wrong: nothing"],
    ]);
    expect(report.results.map(({ restsOn }) => restsOn)).toEqual([AWS_ALONE, AWS_ALONE, ...grounds]);
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
