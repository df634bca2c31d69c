import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderSource } from "../../../client/audit/archive-source.ts";
import { inspectApprovers } from "../../../client/doctor/inspect-approvers.ts";
import type { EventType } from "../../../contract/journal-types.ts";
import type { ArchivedEvent } from "../../../functions/core/archive/entry.ts";
import { EMPTY_CHAIN, type Facts, linkEvent } from "../../../functions/core/journal/event.ts";
import { archivedWorld } from "../../fakes/archive/archived-world.ts";
import { folderWith } from "../policy-tools/folder.ts";
import { rule, SCHEMA } from "../policy-tools/run-policy.ts";

const NOW_MS = Date.UTC(2027, 0, 1);
const DAY_MS = 86_400_000;
const byClaim = { issuer: "staff", claim: "groups", value: "8f1c0c1e-0d4e-4b8a-9a53-0c8f6f1d2e3a" };
const persons = (...names: readonly string[]) => ({ issuer: "staff", persons: names });

const event = (type: EventType, facts: Facts, at: number): ArchivedEvent => ({
  journal: "tasks",
  ...linkEvent(EMPTY_CHAIN, randomUUID(), type, at, facts),
});

/** Writes a signed log of these events to a folder. */
async function logOf(events: readonly ArchivedEvent[]): Promise<string> {
  const world = archivedWorld();
  await world.receive([...events]);
  await world.settle();
  return folderWith(Object.fromEntries(world.store.objects));
}

/** Inspects policies that require these votes, under these groups. */
async function inspected(votes: readonly string[], approvers: object, text?: string, logFolder?: string) {
  const policies = votes.map((groups, index) => rule({ id: `rule-${index}`, notes: `@approval("${groups}")` }));
  const issuers = [{ name: "staff", kind: "people", preset: "entra" }];
  const folder = folderWith({
    "deployed.json": JSON.stringify({ issuers, approvers }),
    "policies/schema.cedarschema": SCHEMA,
    "policies/a.cedar": text ?? (policies.length === 0 ? rule({}) : policies.join("")),
  });
  const findings = await inspectApprovers(
    {
      policiesDir: join(folder, "policies"),
      configFile: join(folder, "deployed.json"),
    },
    async () =>
      logFolder === undefined
        ? undefined
        : { source: folderSource(logFolder), place: logFolder, verify: `valetkey audit verify ${logFolder}` },
    NOW_MS,
  );
  return findings.map(({ state, found, mend }) => `${state} ${found}${mend === undefined ? "" : ` / ${mend}`}`);
}

describe("inspectApprovers", () => {
  it("finds nothing where no approval is required, or where a group lists one person to spare", async () => {
    expect(await inspected([], { sre: byClaim })).toEqual([]);
    expect(await inspected(["leads=2"], { leads: persons("ada", "bob", "cy") })).toEqual([
      "ok enough people for every vote that policies require, and one to spare",
    ]);
  });

  it("finds votes that too few listed people could give, or that hang on one person", async () => {
    const leads = persons("ada", "bob");
    expect((await inspected(["leads=3"], { leads }))[0]).toMatch(
      /^bad policy rule-0: @approval\("leads=3"\) can never be given/,
    );
    expect((await inspected(["leads=2"], { leads }))[0]).toMatch(/^bad policy rule-0: .*in place of "ada" or "bob"/);
    expect((await inspected(["dba"], { leads }))[0]).toMatch(/^bad policy rule-0: .*no group "dba"/);
  });

  it("reports once how many people the issuer of a group by claim has to have, and that it cannot count them", async () => {
    expect(await inspected(["sre", "sre=2"], { sre: byClaim, unasked: byClaim })).toEqual([
      expect.stringMatching(
        /^unknown policies require 2 votes of sre, and staff alone knows .* \/ make sure there that they are 3 at least/,
      ),
    ]);
  });

  it("counts the people whose used votes the signed log has, each once, for 90 days", async () => {
    const voted = (by: string, vote: string, daysAgo = 1, groups = ["sre"]) =>
      event("approval.voted", { by, vote_sha256: vote, record_sha256: "r", groups }, NOW_MS - daysAgo * DAY_MS);
    const used = event("approval.used", { approval: { id: "a", votes: ["v1", "v2", "v3", "v4"] } }, NOW_MS);
    const two = [voted("staff|ada", "v1"), voted("staff|ada", "v2"), voted("staff|bob", "v3", 89)];
    const others = [voted("staff|cy", "unused"), voted("staff|dan", "v4", 91), voted("staff|eve", "v1", 1, ["dba"])];
    const log = await logOf([...two, ...others, used]);
    expect(await inspected(["sre"], { sre: byClaim }, undefined, log)).toEqual([
      "ok 2 people of sre voted within 90 days, and policies require 1 vote",
    ]);
    expect(await inspected(["sre=2"], { sre: byClaim }, undefined, log)).toEqual([
      expect.stringMatching(
        /^unknown policies require 2 votes of sre, .*; 2 people of sre voted within 90 days \/ make sure there/,
      ),
    ]);
    expect(await inspected(["sre"], { sre: byClaim }, undefined, await logOf([used]))).toEqual([
      expect.stringMatching(/; 0 people of sre voted within 90 days/),
    ]);
  });

  it("believes no log that was changed, and names the way to see what was", async () => {
    const voted = (by: string, vote: string) =>
      event("approval.voted", { by, vote_sha256: vote, record_sha256: "r", groups: ["sre"] }, NOW_MS);
    const used = event("approval.used", { approval: { id: "a", votes: ["v1", "v2"] } }, NOW_MS);
    const log = await logOf([voted("staff|ada", "v1"), voted("staff|bob", "v2"), used]);
    expect(await inspected(["sre"], { sre: byClaim }, undefined, log)).toEqual([expect.stringMatching(/^ok 2 people/)]);
    // The events are still read: a tile of hashes alone is another.
    writeFileSync(join(log, "tile/0/000.p/3"), "x".repeat(96));
    expect(await inspected(["sre"], { sre: byClaim }, undefined, log)).toEqual([
      `bad the log in ${log} is tampered / valetkey audit verify ${log}`,
      expect.stringMatching(/^unknown policies require 1 vote of sre/),
    ]);
  });

  it("finds policies that cannot be read", async () => {
    expect(await inspected([], {}, "permit (")).toEqual([]);
    expect(
      (
        await inspectApprovers(
          { policiesDir: join(folderWith({}), "none"), configFile: "none" },
          async () => undefined,
          NOW_MS,
        )
      ).map(({ state }) => state),
    ).toEqual(["bad"]);
  });
});
