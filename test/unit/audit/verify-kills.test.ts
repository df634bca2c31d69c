import { describe, expect, it } from "vitest";
import { bundleOf, verifyBundle } from "../../../client/audit/bundle.ts";
import { verifyArchive } from "../../../client/audit/verify-archive.ts";
import { killFaults, verifyKills } from "../../../client/audit/verify-kills.ts";
import { VERIFIER_KEY } from "../../../functions/core/archive/archive-keys.ts";
import type { ArchivedEvent } from "../../../functions/core/archive/entry.ts";
import { accountId } from "../../../functions/core/deployment/account-id.ts";
import { type ChainHead, EMPTY_CHAIN, type Facts, headOf, linkEvent } from "../../../functions/core/journal/event.ts";
import { type PolicyWrite, policyWritten } from "../../../functions/core/revocation/policy-writes.ts";
import type { TaskPath } from "../../../functions/core/task-path.ts";
import { archivedWorld } from "../../fakes/archive/archived-world.ts";

const ENDED = 1_800_000_000;
const ROLE = { account: accountId("111122223333"), role: "valetkey-task-0" };
const OTHER = { ...ROLE, role: "valetkey-task-1" };
const TASK = "0123456789ab." as TaskPath;
const NAME = `tasks ${TASK} event 1`;

const ended = (of = TASK, roles = [ROLE], fenceAt = ENDED + 3_600, atMs = ENDED * 1_000): ArchivedEvent => {
  const leases = roles.map((role, n) => ({ name: `aws-${n}`, ...role, fence_at: fenceAt }));
  const facts = { agent: "demo", status: "completed", by: "demo", leases } satisfies Facts;
  return { journal: "tasks", ...linkEvent(EMPTY_CHAIN, of, "task.ended", atMs, facts) };
};

/** Event of a policy with a snapshot so many milliseconds after the ending. IAM had the policy 100 ms later. */
function written(afterMs: number, more: Partial<PolicyWrite> = {}, role = ROLE, head: ChainHead = EMPTY_CHAIN) {
  const snapshotAtMs = ENDED * 1_000 + afterMs;
  const write = {
    snapshotAtMs,
    writtenAtMs: snapshotAtMs + 100,
    form: "list",
    characters: 9,
    endings: [TASK],
  } as const;
  const event = policyWritten(head, role, { ...write, sha256: "c2hh", ...more });
  return { journal: "roles", ...event } as const satisfies ArchivedEvent;
}

/** Event long after the ending: the log goes on. */
const later = (atMs = (ENDED + 86_400) * 1_000): ArchivedEvent => ({
  journal: "agents",
  ...linkEvent(EMPTY_CHAIN, "demo", "agent.changed", atMs, {}),
});
const earlier = written(-60_000, { endings: [] }, OTHER);
const verdictOf = (...events: readonly ArchivedEvent[]) => verifyKills(events).map(({ verdict }) => verdict);

describe("the kill receipts of a log", () => {
  it("name the policy that denied the keys first, and after how long", () => {
    const [first, second] = [written(700), written(1_500, {}, ROLE, headOf(written(700)))];
    expect(verifyKills([later(), second, ended(), first])).toEqual([
      {
        ...{ event: NAME, role: "111122223333/valetkey-task-0", verdict: "denied" },
        ...{
          policy: "roles 111122223333/valetkey-task-0 event 1",
          milliseconds: 800,
          deadAtMs: ENDED * 1_000 + 800,
        },
      },
    ]);
  });

  it.each<readonly [string, Partial<PolicyWrite>, number]>([
    ["has a snapshot from before the ending", {}, -1],
    ["does not show the ending, and is too young to have to", { endings: [] }, 29_999],
    ["denies nothing", { form: "none" }, 700],
    ["is from after the keys' last moment", {}, (3_600 + 301) * 1_000],
  ])("count no policy that %s", (_, more, afterMs) => {
    expect(verdictOf(earlier, ended(), written(afterMs, more), later())).toEqual(["not denied"]);
  });

  it("count a policy that must have had the ending, whatever it lists", () => {
    expect(verdictOf(ended(), written(30_000, { endings: [] }), later())).toEqual(["denied"]);
  });

  it("count no other role's policy, and require one of each role that the task had keys in", () => {
    const events = [earlier, ended(TASK, [ROLE, OTHER, ROLE]), written(700), later()];
    expect(verdictOf(...events)).toEqual(["denied", "not denied"]);
    expect(killFaults(verifyKills(events))).toEqual([
      {
        ...{ kind: "incomplete", what: NAME },
        found: "no policy of 111122223333/valetkey-task-1 that denies its keys is in the log",
      },
    ]);
  });

  it("miss nothing where nothing was left to deny, where no policy is due yet, and of endings from before the log had policies", () => {
    expect(verdictOf(earlier, ended(TASK, [ROLE], ENDED - 301), later())).toEqual(["expired"]);
    expect(verdictOf(earlier, ended(), later((ENDED + 899) * 1_000))).toEqual(["pending"]);
    expect(verdictOf(ended(), written(60_000, {}, OTHER), later())).toEqual(["before"]);
  });

  it("are missed in a log that never has a policy", () => {
    expect(verdictOf(ended(), later())).toEqual(["not denied"]);
  });
});

describe("an archive", () => {
  const policies = [written(700), written(1_500, { endings: [] }, ROLE, headOf(written(700)))] as const;
  const archiveOf = async (...events: readonly ArchivedEvent[]) => {
    const world = archivedWorld();
    await world.forge(events);
    await world.settle();
    return world;
  };
  const faultsOf = async (...events: readonly ArchivedEvent[]) => {
    const { verdict, faults } = await verifyArchive((await archiveOf(...events)).source);
    return [verdict, ...faults.map(({ what }) => what)];
  };

  it("is intact with its policies, and names what is missing or changed of them", async () => {
    const [first, second] = policies;
    expect(await faultsOf(earlier, ended(), first, second, later())).toEqual(["intact"]);
    expect(await faultsOf(earlier, ended(), second, later())).toEqual([
      ...["incomplete", "roles 111122223333/valetkey-task-0", NAME],
    ]);
    const forged = { ...first, facts: { ...first.facts, policy_sha256: "b3RoZXI" } };
    expect(await faultsOf(earlier, ended(), forged, second, later())).toEqual([
      ...["tampered", "roles 111122223333/valetkey-task-0 event 1"],
    ]);
    expect(await faultsOf(earlier, ended(), first, forged, second, later())).toEqual([
      ...["tampered", "roles 111122223333/valetkey-task-0 event 1"],
    ]);
  });

  it("gives a bundle of a task the policies that denied it, and no other, which verify without the archive", async () => {
    const world = await archiveOf(earlier, ended(), ...policies, later());
    const key = world.store.objects.get(VERIFIER_KEY)?.toString("utf8").trim() ?? "";
    const bundle = await bundleOf(world.source, key, TASK);
    if (!bundle) throw new Error("no bundle");
    const verified = await verifyBundle(bundle, key);
    expect(verified).toMatchObject({ verdict: "intact", kills: [{ verdict: "denied", milliseconds: 800 }] });
    expect(verified.events.map(({ type }) => type)).toEqual(["task.ended", "role.policy_written"]);
    const foreign = await bundleOf(world.source, key, TASK);
    const another = (await bundleOf((await archiveOf(ended("zzzzzzzzzzzz." as TaskPath))).source, key, "zzz"))?.entries;
    expect([foreign?.entries.length, another]).toEqual([2, undefined]);
    const without = { ...bundle, entries: bundle.entries.slice(0, 1) };
    expect((await verifyBundle(without, key)).kills).toMatchObject([{ verdict: "pending" }]);
  });
});
