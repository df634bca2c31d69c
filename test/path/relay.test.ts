import { describe, expect, it } from "vitest";
import type { JournalEvent } from "../../functions/core/journal/event.ts";
import type { StreamEvent } from "../../functions/relay/changes.ts";
import { relay } from "../../functions/relay/relay.ts";
import { wakesRelay } from "../../functions/relay/wakes.ts";
import { FakeBus } from "../fakes/observed/bus.ts";
import { FakeLeaseRevocationQueue } from "../fakes/revocation/pending-revocations.ts";
import { FakeRevocationQueue } from "../fakes/revocation/revocation-queue.ts";
import { ACCOUNT, fakeWorld } from "../fakes/world/world.ts";
import { recordOf, Triggers } from "../harness/triggers.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

describe("relay", () => {
  const quiet = (Records: StreamEvent["Records"]) => async () => {
    const revocationQueue = new FakeRevocationQueue();
    const bus = new FakeBus();
    const leaseRevocationQueue = new FakeLeaseRevocationQueue();
    const { ports } = fakeWorld();
    await relay({ Records }, { ...ports, revocationQueue, leaseRevocationQueue, bus });
    return [
      ...revocationQueue.sent,
      ...leaseRevocationQueue.sent,
      ...ports.probeQueue.sent,
      ...bus.events,
      ...ports.deadlines.sent,
    ];
  };
  const event: JournalEvent = { of: "a.", n: 1, type: "task.ended", at: 0, facts: {}, previous: "", hash: "" };
  const withLease = {
    ...event,
    facts: { leases: [{ account: ACCOUNT, role: "valetkey-task-0" }] },
  };
  const outside = (record: StreamEvent["Records"][number]) => ({
    ...record,
    dynamodb: { ...record.dynamodb, Keys: { pk: { S: "TASK#a" } } },
  });
  const rows: readonly (readonly [string, ReturnType<typeof quiet>])[] = [
    ["no records", quiet([])],
    ["a record without an image", quiet([{ eventName: "INSERT", dynamodb: {} }])],
    ["a task's own item", quiet([{ eventName: "INSERT", dynamodb: { NewImage: { status: { S: "active" } } } }])],
    ["an event that ends nothing", quiet([recordOf({ ...withLease, type: "task.opened" }, 0)])],
    ["an ending that is written outside every journal", quiet([outside(recordOf(withLease, 0))])],
    ["an ending of a task without credentials", quiet([recordOf(event, 0)])],
    ["a lease without a role", quiet([recordOf({ ...event, facts: { leases: [{ account: ACCOUNT }] } }, 0)])],
  ];
  it.each(rows)("%s sends nothing", async (_, sent) => {
    expect(await sent()).toEqual([]);
  });

  const requested = recordOf({ ...event, type: "approval.asked" }, 0);

  it("a request for approval wakes notify, once for a batch, and ends nothing", async () => {
    const { ports } = fakeWorld();
    const queues = { revocationQueue: new FakeRevocationQueue(), bus: new FakeBus() };
    await relay(
      { Records: [requested, recordOf({ ...event, type: "approval.asked", n: 2 }, 1)] },
      { ...ports, ...queues },
    );
    expect(ports.notificationQueue.woken).toBe(1);
    expect(queues.revocationQueue.sent).toEqual([]);
    expect(wakesRelay(requested)).toBe(true);
    await relay({ Records: [recordOf(withLease, 0)] }, { ...ports, ...queues });
    expect(ports.notificationQueue.woken).toBe(1);
  });

  it("notify's queue that cannot be reached fails nothing, since notify runs each minute", async () => {
    const { ports, lines } = fakeWorld();
    const notificationQueue = { wake: () => Promise.reject(new Error("unreachable")) };
    const queues = { revocationQueue: new FakeRevocationQueue(), bus: new FakeBus(), notificationQueue };
    await relay({ Records: [requested, recordOf(withLease, 0)] }, { ...ports, ...queues });
    expect(lines).toContainEqual({ level: "error", event: "notify_not_woken", why: "Error" });
  });

  it("a queue that cannot be reached fails the batch, so that it is tried again", async () => {
    const triggers = new Triggers();
    await triggers.service.complete(await triggers.service.start());
    triggers.revocationQueue.before = () => {
      throw new Error("unreachable");
    };
    await expect(triggers.relay()).rejects.toThrow("unreachable");
  });
});
