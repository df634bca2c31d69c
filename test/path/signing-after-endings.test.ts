import { describe, expect, it } from "vitest";
import { knownPath } from "../../functions/core/task-path.ts";
import { type Answer, FakeService, type Held } from "../fakes/world/service.ts";
import { fakeWorld } from "../fakes/world/world.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";
import { intentOf } from "./approvals/approving.ts";

const SIGN = { deliver: "sign" } as const;

/** Requests a signature. */
const signed = (service: FakeService, held: Held, request?: object): Promise<Answer> => service.sign(held, request);

const codeOf = ({ status, body }: Answer) => (status === 200 ? 200 : body.code);

/** The service under a policy that permits everything. */
const permitting = () => {
  const world = fakeWorld();
  return new FakeService(world, {
    ...world.ports,
    policies: cedarOf(["permit (principal is Agent, action, resource);"]),
  });
};

describe("I13: no signature, whatever a thief of another function has written,", () => {
  it("is given for a task that has ended and has its old record and session again", async () => {
    const service = new FakeService(fakeWorld());
    const held = await service.start(SIGN);
    const { tasks } = service.world.ports;
    const path = knownPath(held.id);
    const before = structuredClone(tasks.tasks.get(path));
    const session = structuredClone(tasks.kept.items.get(`${path} aws-0`));
    await service.complete(held);
    expect(tasks.kept.items.size).toBe(0);
    if (!before || !session) throw new Error("no task");
    // A thief of a function that ends tasks puts the record back, and the session too, which no such function may.
    tasks.tasks.set(path, before);
    tasks.kept.items.set(`${path} aws-0`, session);
    expect(codeOf(await signed(service, held))).toBe("task_ended");
  });

  it("is given below a task that has ended", async () => {
    const service = permitting();
    const parent = await service.start({ ...SIGN, authorization_details: intentOf("s3:GetObject") });
    const child = await service.startBelow(parent, { authorization_details: intentOf("s3:GetObject") });
    expect(codeOf(await signed(service, child))).toBe(200);
    // The ending of the parent is recorded; that of its child is still to come.
    const { tasks } = service.world.ports;
    const path = knownPath(parent.id);
    const { agent = "" } = tasks.tasks.get(path) ?? {};
    tasks.live.get(agent)?.delete(path);
    expect(codeOf(await signed(service, child))).toBe("task_ended");
  });
});
