import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { renderRevocations } from "../../functions/core/revocation/render.ts";
import { ancestorsOf, childPath, rootPath, type TaskPath } from "../../functions/core/task-path.ts";
import type { Task } from "../../functions/core/tasks/task.ts";
import { confirmLeases } from "../../functions/exchange/vend/confirm-leases.ts";
import { openTask } from "../../functions/exchange/vend/open-task.ts";
import { renewLease } from "../../functions/exchange/vend/renew-lease.ts";
import { attempt } from "../../functions/steps/requests/attempt.ts";
import type { Caller } from "../../functions/steps/requests/verify-identity.ts";
import { type BelievedTask, believeTask, sealTask } from "../../functions/steps/tasks/believe-task.ts";
import { endTask } from "../../functions/steps/tasks/end-task.ts";
import type { ParentScope } from "../../functions/steps/tasks/grants.ts";
import { granted, ONE_OBJECT, REQUESTED } from "../fakes/samples/granted.ts";
import { aLease, aTask, aUse } from "../fakes/samples/task.ts";
import { ALL_PROVEN } from "../fakes/world/answering-proofs.ts";
import { type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { aroundCalls } from "../harness/around-calls.ts";
import { type Actor, everyInterleaving, someInterleavings } from "../harness/interleavings.ts";
import { seededRandom } from "../harness/seeded-random.ts";
import { expectSound } from "../harness/watch-worlds.ts";

// The steps themselves, without those before them. Cedar's permissions and their proof make no difference to who sees
// whom.

/** Three levels of live tasks, each of an agent of its own. */
type Level = "root" | "child" | "grandchild";
const AGENTS = { root: "demo", child: "helper", grandchild: "scout" } as const satisfies Record<Level, string>;
type Tree = Readonly<Record<Level, BelievedTask>>;
type Ports = FakeWorld["ports"];

async function grow(world: FakeWorld): Promise<Tree> {
  const { random } = world.ports;
  for (const id of ["helper", "scout", "last"]) world.addAgent({ id });
  const put = async (level: Level, parent?: Task): Promise<BelievedTask> => {
    const now = world.nowSeconds();
    const { task, event } = aTask({
      path: parent ? childPath(parent.path, random.bytes(32)) : rootPath(random.bytes(32)),
      ...(parent ? { delegated: { chain: [...(parent.delegated?.chain ?? []), parent.agent] } } : {}),
      agent: AGENTS[level],
      details: [ONE_OBJECT],
      leases: [aLease(0, { startedAt: now - 60, fenceAt: now + 900, state: "issued" })],
      openedAt: now,
      expiresAt: now + 3_600,
      delegations: ["one", "two"].map((hash) => ({ hash, agent: agentId("last"), expiresAt: now + 3_600, seal: "" })),
    });
    const sealed = await sealTask(task, world.ports);
    await world.ports.tasks.open(sealed, event, aUse(), undefined);
    return sealed;
  };
  const root = await put("root");
  const child = await put("child", root);
  return { root, child, grandchild: await put("grandchild", child) };
}

/** An act of one actor while others act. */
interface Deed {
  readonly does: string;
  /** The task that somebody was given credentials of. */
  readonly by: (ports: Ports, tree: Tree) => Promise<TaskPath | undefined>;
  readonly ends?: Level;
}

const vend = (level: Level, hash = "one"): Deed => ({
  does: `a task is opened below the ${level}`,
  by: async (ports, tree) => {
    const parent = tree[level];
    const chain = [...(parent.delegated?.chain ?? []), parent.agent];
    const parentScope = {
      parent,
      grants: granted(),
      delegated: { chain },
      delegation: { hash, expiresAt: parent.expiresAt },
    };
    const agent = await ports.agents.find("last");
    const caller = {
      agent,
      subject: "robots|agent:last",
      claims: {},
      absent: [],
      use: aUse(),
      onBehalf: undefined,
    } as unknown as Caller;
    const opened = await openTask(caller, REQUESTED, granted(parentScope as unknown as ParentScope), ports);
    return (await confirmLeases(opened, ports)).task.path;
  },
});
const renew = (level: Level): Deed => ({
  does: `the ${level} is renewed`,
  by: async (ports, tree) => {
    const task = await ports.tasks.read(tree[level].path);
    if (!task) return undefined;
    const believed = await believeTask(task, ports, new Refusal("task_ended"));
    return (await confirmLeases(await renewLease(believed, "aws-0", granted(), ports), ports)).task.path;
  },
});
const end = (level: Level): Deed => ({
  does: `the ${level} ends`,
  by: async (ports, tree) => {
    await endTask(tree[level].path, { status: "completed" }, "demo", ports);
    return undefined;
  },
  ends: level,
});

/** The race in a world of its own. */
async function run(deeds: readonly Deed[]) {
  const world = fakeWorld({
    random: seededRandom("tree"),
    proofs: ALL_PROVEN,
  });
  const tree = await grow(world);
  const outcomes: (Awaited<ReturnType<typeof attempt<TaskPath | undefined>>> | undefined)[] = [];
  const actors = deeds.map(
    ({ by }, index): Actor =>
      async (around) => {
        const ports = { ...aroundCalls(world.ports, around), random: seededRandom(`actor ${index}`) };
        outcomes[index] = await attempt(() => by(ports, tree));
      },
  );
  const check = async (order: readonly string[]): Promise<void> => {
    const place = order.join(" ");
    expectSound(world);
    for (const [index, outcome] of outcomes.entries()) {
      const { does, ends } = deeds[index] ?? {};
      if (!outcome) throw new Error(`${does} did not come to an end: ${place}`);
      if ("refusal" in outcome) {
        expect(["task_ended", "delegation_token_invalid", "contended"], `${does} ${place}`).toContain(
          outcome.refusal.code,
        );
        continue;
      }
      if (ends) expect(world.ports.tasks.tasks.get(tree[ends].path)?.status, place).not.toBe("active");
      if (outcome.value) await expectAliveOrRevoked(world, outcome.value, place);
    }
    expectNothingAliveBelow(world, place);
  };
  return { actors, check };
}

/** I5: below what has ended nothing is active, and so none of its leases is. */
function expectNothingAliveBelow({ ports }: FakeWorld, place: string): void {
  const { tasks } = ports.tasks;
  for (const { path, status } of tasks.values()) {
    const isOver = ancestorsOf(path).some((parentScope) => tasks.get(parentScope)?.status !== "active");
    if (isOver) expect(status, `${path} is alive: ${place}`).not.toBe("active");
  }
}

/** Vended credentials were recorded (I6). Their task is alive, or its role's policy denies it. */
async function expectAliveOrRevoked({ ports, nowSeconds }: FakeWorld, path: TaskPath, place: string): Promise<void> {
  const task = ports.tasks.tasks.get(path);
  expect(
    task?.leases.map(({ state }) => state),
    `not recorded: ${place}`,
  ).toEqual(["issued"]);
  if (task?.status === "active") return;
  for (const { role, account } of task?.leases ?? []) {
    const snapshot = await ports.tasks.snapshot({ account, role }, nowSeconds());
    const text = renderRevocations(snapshot, nowSeconds()).text ?? "";
    // A Deny of a task above names the task, too.
    const isNamed = [...ancestorsOf(path), path].some((each) => text.includes(`"*:${each}*"`));
    expect(isNamed, `not revoked: ${place}`).toBe(true);
  }
}

const title = (deeds: readonly Deed[]): string => deeds.map(({ does }) => does).join(", ");

const RACES: readonly (readonly Deed[])[] = [
  [vend("child"), end("child")],
  [vend("child"), end("root")],
  [vend("grandchild"), end("root")],
  [renew("grandchild"), end("root")],
  [renew("grandchild"), end("child")],
  [end("root"), end("child")],
];
const CROWDS: readonly (readonly Deed[])[] = [
  [vend("child"), vend("child", "two"), end("child"), end("root")],
  [vend("child"), vend("grandchild"), end("child"), end("root")],
  [vend("child"), renew("grandchild"), end("root")],
  [vend("grandchild"), renew("grandchild"), renew("child"), end("root"), end("child")],
  [vend("child"), vend("child"), end("child")],
];

/** Nobody here changes an agent, lists open endings, or halts everything; what an agent has alive is far from its limit. */
const SETTLED = ["agent", "live", "ending", "panic"];

describe("in every interleaving of a tree's openings, renewals and endings, nothing is alive below what has ended (I5, I6)", () => {
  it.each(RACES.map((deeds) => [title(deeds), deeds] as const))("%s", async (_, deeds) => {
    const { count, isComplete } = await everyInterleaving(() => run(deeds), 3_000, SETTLED);
    expect({ isComplete, isSeveral: count > 10 }).toEqual({ isComplete: true, isSeveral: true });
  });

  it.each(CROWDS.map((deeds) => [title(deeds), deeds] as const))("by chance: %s", async (_, deeds) => {
    await someInterleavings(() => run(deeds), 150, 20_261_124);
  });
});
