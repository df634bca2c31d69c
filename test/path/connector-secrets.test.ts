import { describe, expect, it } from "vitest";
import { sealedLeaseOf, undatedLeaseOf } from "../../functions/core/tasks/sealed-fields.ts";
import { policiesWithPermit, policiesWithPermits } from "../fakes/world/world.ts";
import { API_KEY, ConnectedWorld, REPORTS, SECRET_VALUE } from "../harness/connected-world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { attempt, NOTHING } from "./connected-tasks.ts";

watchWorlds();

describe("a secret that the task's own session reads", () => {
  const asSession = () => {
    const one = new ConnectedWorld();
    one.secrets.add("demo/api-key", SECRET_VALUE, { delivery: "session" });
    return one;
  };
  const ARN = "arn:aws:secretsmanager:us-east-1:999900001111:secret:demo/api-key-a1B2c3";

  it("is in its session policy by its ARN and in its current version alone, at each renewal too", async () => {
    const one = asSession();
    const answer = await one.service.exchange(one.ask(REPORTS, API_KEY));
    const held = { id: answer.body.task?.id ?? "", token: answer.body.access_token ?? "" };
    one.world.pass(11);
    expect((await one.service.renew(held)).status).toBe(200);
    expect(JSON.stringify(answer.body)).not.toContain(SECRET_VALUE);
    const policies = one.world.ports.sessions.asked.map(({ policy }) => JSON.parse(policy));
    expect(policies).toHaveLength(2);
    for (const { Statement: statements } of policies) {
      expect(statements).toContainEqual({
        Effect: "Allow",
        Action: "secretsmanager:GetSecretValue",
        Resource: [ARN],
        Condition: { "ForAnyValue:StringEquals": { "secretsmanager:VersionStage": "AWSCURRENT" } },
      });
      expect(statements.at(-1)).toMatchObject({ Effect: "Deny", NotAction: ["s3:*", "secretsmanager:*"] });
    }
  });

  it("is no other than the exchange sealed, whatever somebody writes into the lease (I2)", async () => {
    const one = asSession();
    const answer = await one.service.exchange(one.ask(REPORTS, API_KEY));
    const held = { id: answer.body.task?.id ?? "", token: answer.body.access_token ?? "" };
    one.world.pass(11);
    const { tasks } = one.world.ports.tasks;
    const own = tasks.get(held.id);
    const [lease] = own?.connectorLeases ?? [];
    if (!own || !lease) throw new Error("no lease");
    const other = ARN.replace("demo/api-key", "databases/orders");
    for (const changed of [
      { made: { ...lease.made, session_arns: [ARN, other] } },
      { name: "secret-9" },
      { seal: own.seal },
    ]) {
      tasks.set(held.id, { ...own, connectorLeases: [{ ...lease, ...changed }] });
      expect((await one.service.renew(held)).status).toBe(403);
    }
    tasks.set(held.id, own);
    expect((await one.service.renew(held)).status).toBe(200);
  });

  it("is read until its lease's end, and no longer where somebody says that the lease is still issued", async () => {
    const one = asSession();
    const answer = await one.service.exchange(one.ask(REPORTS, API_KEY));
    const held = { id: answer.body.task?.id ?? "", token: answer.body.access_token ?? "" };
    const { tasks } = one.world.ports.tasks;
    const own = tasks.get(held.id);
    const [lease] = own?.connectorLeases ?? [];
    if (!own || !lease) throw new Error("no lease");
    // The lease of a task that its person has prolonged since: it ends before the task.
    const short = { ...lease, expiresAt: one.world.nowSeconds() + 30 };
    const sealed = async (fields: object) => ({
      ...short,
      seal: await one.world.ports.recordKey.seal("connector-lease", fields),
    });
    const reads = async () => {
      one.world.pass(11);
      const { status } = await one.service.renew(held);
      return [status, one.world.ports.sessions.asked.at(-1)?.policy.includes(ARN)];
    };
    const put = (issued: typeof lease) =>
      tasks.set(held.id, { ...(tasks.get(held.id) ?? own), connectorLeases: [{ ...issued, state: "issued" }] });
    put(await sealed(undatedLeaseOf(short)));
    expect(await reads()).toEqual([200, true]);
    const dated = await sealed(sealedLeaseOf(short));
    put(dated);
    expect(await reads()).toEqual([200, true]);
    put({ ...dated, expiresAt: lease.expiresAt });
    expect(await reads()).toEqual([403, true]);
    put(dated);
    expect(await reads()).toEqual([200, false]);
  });

  it("needs a session", async () => {
    const one = asSession();
    const { status, body } = await one.service.exchange(one.ask(API_KEY));
    expect(status).toBe(400);
    expect(body.error_description).toContain("request a detail of type aws beside it");
  });
});

describe("a secret that policy wants rotated after its use", () => {
  it("is held by one task at a time whatever its tag, and waits for its rotation when that has ended", async () => {
    const permit = "permit (principal, action, resource is Secret);";
    const one = new ConnectedWorld({ policies: policiesWithPermit("rotates", permit, { rotateAfterUse: "" }) });
    one.secrets.add("shared", "canary-shared");
    const asking = one.ask({ ...API_KEY, identifiers: ["shared"] });
    const held = await one.service.start(asking);
    expect((await one.service.exchange(asking)).body.code).toBe("secret_held");
    await one.service.complete(held);
    await attempt(one);
    expect(one.remaining()).toEqual(NOTHING);
    expect(one.locks.known.get("shared")).toMatchObject({ status: "pending_rotation", rotates: true });
    expect((await one.service.exchange(asking)).body.code).toBe("secret_held");
    await one.locks.recordRotated("shared", one.world.nowSeconds());
    expect((await one.service.exchange(asking)).status).toBe(200);
  });

  it("is rotated after a sub-agent's task too, whose own permit does not require it", async () => {
    const of = (agent: string) => `permit (principal == Agent::"${agent}", action, resource is Secret);`;
    const policies = policiesWithPermits(["rotates", of("demo"), { rotateAfterUse: "" }], ["reads", of("helper")]);
    const one = new ConnectedWorld({ policies });
    one.secrets.add("shared", "canary-shared");
    const asking = one.ask({ ...API_KEY, identifiers: ["shared"] });
    const above = await one.service.start(asking);
    // As if the parent had another secret: the child's lease alone is looked at.
    one.locks.known.delete("shared");
    await one.service.startBelow(above, asking);
    expect(one.locks.known.get("shared")).toMatchObject({ rotates: true });
  });
});
