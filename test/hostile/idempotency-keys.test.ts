import { describe, expect, it } from "vitest";
import { ACCOUNT, exchangeForm } from "../fakes/world/world.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";
import { call } from "./call.ts";
import type { HostileWorld } from "./hostile-world.ts";
import { DETAILS } from "./opened-task.ts";
import { scene } from "./scene.ts";

describe("an idempotency key of another caller", () => {
  const open = async (world: HostileWorld, token: string, purpose = "summarise the weekly report") => {
    const form = { ...exchangeForm(token, DETAILS), purpose, idempotency_key: "deploy-42" };
    const answer = await call("POST /v1/token", world.ports, { form });
    return { status: answer.statusCode, ...JSON.parse(answer.body) };
  };

  it("opens a task of one's own, not the other agent's", async () => {
    const { world } = await scene();
    const first = await open(world, world.mint());
    const other = await open(world, world.mint({ issuer: "mesh" }));
    expect([first.status, other.status]).toEqual([200, 200]);
    expect(other.task.id).not.toBe(first.task.id);
    expect(world.ports.tasks.tasks.get(other.task.id)).toMatchObject({ agent: "agent-of-mesh" });
  });

  it("opens a task of one's own for another workload that is bound to the same agent", async () => {
    const { world } = await scene();
    world.addAgent({ id: "demo", bindings: ["a", "b"].map((sub) => ({ issuer: "robots", claims: { sub } })) });
    const [first, other] = [
      await open(world, world.mint({ claims: { sub: "a" } })),
      await open(world, world.mint({ claims: { sub: "b" } })),
    ];
    expect(other.task.id).not.toBe(first.task.id);
  });

  it("does not turn one request into another", async () => {
    const { world } = await scene();
    await open(world, world.mint());
    expect(await open(world, world.mint(), "empty the bucket")).toMatchObject({
      status: 409,
      code: "idempotency_conflict",
    });
  });

  it("opens no more than policy grants one's own claims, where another token of the same subject has further claims", async () => {
    const { world } = await scene();
    // Any branch may read one report, the main branch all of them.
    const main = 'principal.hasTag("ref") && principal.getTag("ref") == "refs/heads/main"';
    const reads = (when: string) =>
      `permit (principal, action == Action::"s3:GetObject", resource is AWS::Resource) when { ${when} };`;
    const policies = cedarOf(
      [
        reads('resource.arn == "arn:aws:s3:::acme-data/reports/public"'),
        reads(`${main} && resource.arn like "arn:aws:s3:::acme-data/reports/*"`),
      ],
      ["ref"],
    );
    Object.assign(world.ports, { policies });
    const resources = ["public", "secret"].map((name) => `arn:aws:s3:::acme-data/reports/${name}`);
    const details = [{ type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources }];
    const openedAs = async (ref: string) => {
      const form = {
        ...exchangeForm(world.mint({ claims: { ref } }), details),
        mode: "narrow",
        idempotency_key: "run-42",
      };
      world.pass(11);
      const answer = await call("POST /v1/token", world.ports, { form });
      return {
        status: answer.statusCode,
        ...JSON.parse(answer.body),
        policy: world.ports.sessions.asked.at(-1)?.policy,
      };
    };
    const honest = await openedAs("refs/heads/main");
    expect(honest.policy).toContain("reports/secret");
    const other = await openedAs("refs/heads/attack");
    expect(other).toMatchObject({ status: 200 });
    expect(other.policy).not.toContain("reports/secret");
    const held = { authorization: other.access_token, path: { task: other.task.id, lease: "aws-0" } };
    world.pass(11);
    expect(await call("GET /v1/tasks/{task}/credentials/{lease}", world.ports, held)).toMatchObject({
      statusCode: 200,
    });
    expect(world.ports.sessions.asked.at(-1)?.policy).not.toContain("reports/secret");
    // A repeat by the same workload returns the first task.
    expect((await openedAs("refs/heads/main")).task.id).toBe(honest.task.id);
  });
});
