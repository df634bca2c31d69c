import { describe, expect, it } from "vitest";
import { sweep } from "../../functions/sweep/sweep.ts";
import { FakeRevocationQueue } from "../fakes/revocation/revocation-queue.ts";
import type { FakeService, Held } from "../fakes/world/service.ts";
import { type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { faultyService } from "../harness/faults.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

watchWorlds();

const INTENT = {
  authorization_details:
    '[{"type":"aws","account":"111122223333","actions":["s3:GetObject"],"resources":["arn:aws:s3:::acme-data/a"]}]',
};
const POLICIES = cedarOf(["permit (principal, action, resource);"]);

/** Root, child and grandchild, and a delegation of the child that waits to be used. */
async function tree() {
  const world = fakeWorld({ policies: POLICIES });
  const faulty = faultyService(world);
  const { service } = faulty;
  const root = await service.start(INTENT);
  const child = await service.startBelow(root, INTENT);
  await service.startBelow(child, INTENT);
  return { world, ...faulty, root, token: await service.delegation(child) };
}

const active = ({ ports }: FakeWorld) => [...ports.tasks.tasks.values()].filter(({ status }) => status === "active");

/** The sweep of the minute after the deadline. */
async function sweepLater(world: FakeWorld): Promise<void> {
  world.pass(960);
  const { ports, lines } = world;
  const revocationQueue = new FakeRevocationQueue();
  await sweep({
    ...ports,
    timers: ports.tasks,
    roles: ports.tasks,
    revocationQueue,
    log: { write: (line) => void lines.push(line) },
  });
}

/** The process dies at each of its calls, before or after the call had its effect. It makes no call after that. */
async function dyingAt(
  deed: (service: FakeService, given: Awaited<ReturnType<typeof tree>>) => Promise<unknown>,
  mend: (given: Awaited<ReturnType<typeof tree>>) => Promise<unknown>,
): Promise<number> {
  for (let at = 0; ; at += 1) {
    let made = 0;
    for (const lost of ["call", "answer"] as const) {
      const given = await tree();
      given.breakDown({ at, lost, lasts: "until it is mended" });
      const before = given.calls.length;
      await deed(given.service, given);
      made = given.calls.length - before;
      given.mend();
      await mend(given);
      expect(
        active(given.world).map(({ path }) => path),
        `died at call ${at}, ${lost} lost`,
      ).toEqual([]);
    }
    if (made <= at) return at;
  }
}

const vend = (service: FakeService, { token }: { readonly token: string }) => service.exchangeDelegation(token, INTENT);
const end = (service: FakeService, { root }: { readonly root: Held }) => service.complete(root);

describe("whenever the process dies", () => {
  it.each([
    ["opens a task below another", vend, 12],
    ["ends a task with all below it", end, 7],
  ] as const)("that %s, an ending of the root brings everything to an end", async (_, deed, calls) => {
    expect(await dyingAt(deed, ({ service, root }) => service.complete(root))).toBeGreaterThan(calls);
  });

  it.each([
    ["opens a task below another", vend],
    ["ends a task with all below it", end],
  ] as const)("that %s, so does the sweep, once the deadline has passed", async (_, deed) => {
    await dyingAt(deed, ({ world }) => sweepLater(world));
  });

  it("an operator's ending does so too, of a task that has ended already", async () => {
    await dyingAt(end, ({ service, root }) => service.endTask(root.id));
  });
});
