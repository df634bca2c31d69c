import { describe, expect, it } from "vitest";
import { FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, type FakeWorld, fakeWorld, policiesWithPermit } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

watchWorlds();

const [report, payroll] = ["arn:aws:s3:::acme-data/reports/a", "arn:aws:s3:::acme-data/payroll/b"];
const detail = (...resources: readonly string[]) => ({
  type: "aws",
  account: ACCOUNT,
  actions: ["s3:GetObject"],
  resources,
});
const tool = (name: string) => ({ type: "tool", server: "tickets", tools: [name] });
const NARROW = {
  mode: "narrow",
  task_ttl: "7200",
  idempotency_key: "one",
  authorization_details: JSON.stringify([detail(report, payroll), tool("search"), tool("delete")]),
};
/** Policies of a later deployment, which permit more. */
const WIDER = policiesWithPermit(
  "demo-reads-payroll",
  'permit (principal in Team::"demo", action == Action::"s3:GetObject", resource is AWS::Resource) ' +
    'when { resource.arn like "arn:aws:s3:::acme-data/payroll/*" };',
);
const widened = (world: FakeWorld): FakeService => new FakeService(world, { ...world.ports, policies: WIDER });
const lastPolicy = ({ ports }: FakeWorld): string => ports.sessions.asked.at(-1)?.policy ?? "";

describe("a request that accepts less", () => {
  it("is given what policy permits of it, and learns what it was not given", async () => {
    const service = new FakeService(fakeWorld());
    const { status, body } = await service.exchange(NARROW);
    expect({ status, details: body.authorization_details }).toMatchObject({
      status: 200,
      details: [{ actions: ["s3:GetObject"], resources: [report] }, tool("search")],
    });
    expect(body.denials).toMatchObject([{ target: payroll }, { target: "tickets/delete" }]);
    expect(lastPolicy(service.world)).toContain(report);
    expect(lastPolicy(service.world)).not.toContain(payroll);
    expect(service.world.ports.tasks.tasks.get(body.task?.id ?? "")?.details).toHaveLength(2);
  });

  it("is denied where policy permits nothing of it (I1)", async () => {
    const service = new FakeService(fakeWorld());
    const answer = await service.exchange({ ...NARROW, authorization_details: JSON.stringify([detail(payroll)]) });
    expect(answer).toMatchObject({ status: 403, body: { code: "policy_denied" } });
    expect(service.world.ports.tasks.tasks.size).toBe(0);
  });

  it("is refused where its parts come to more pairs than a renewal could request", async () => {
    const folders = Array.from({ length: 251 }, (_, n) => `resource.arn like "arn:aws:s3:::a/${n}/*"`);
    // A permit of more than 64 conjunctions is unclear, so there are several.
    const permit = (from: number, to: number) =>
      `permit (principal, action, resource is AWS::Resource) when { ${folders.slice(from, to).join(" || ")} };`;
    const permits = (count: number) =>
      Array.from({ length: Math.ceil(count / 50) }, (_, n) => permit(50 * n, Math.min(50 * n + 50, count)));
    const request = { ...NARROW, authorization_details: JSON.stringify([detail("arn:aws:s3:::a/*")]) };
    const under = (world: FakeWorld, count: number) =>
      new FakeService(world, { ...world.ports, policies: cedarOf(permits(count)) });
    expect(await under(fakeWorld(), 251).exchange(request)).toMatchObject({
      status: 400,
      body: { code: "intent_invalid", error_description: expect.stringContaining("251 pairs") },
    });
    const service = under(fakeWorld(), 50);
    const held = await service.start(request);
    service.world.pass(11);
    expect(await service.renew(held)).toMatchObject({ status: 200 });
  });

  it("gets at its renewal only what its task was granted, though policy permits more by now", async () => {
    const service = new FakeService(fakeWorld());
    const held = await service.start(NARROW);
    service.world.pass(11);
    expect(await widened(service.world).renew(held)).toMatchObject({ status: 200 });
    expect(service.world.ports.sessions.asked).toHaveLength(2);
    expect(lastPolicy(service.world)).not.toContain(payroll);
  });

  it("gets at its repeat only what its task was granted, though policy permits more by now", async () => {
    const service = new FakeService(fakeWorld());
    const first = await service.exchange(NARROW);
    service.world.pass(11);
    const again = await widened(service.world).exchange(NARROW);
    expect(again).toMatchObject({ status: 200 });
    expect(again.body.task?.id).toBe(first.body.task?.id);
    expect(again.body.authorization_details).toEqual(first.body.authorization_details);
    expect(lastPolicy(service.world)).not.toContain(payroll);
  });

  it("is denied when it is repeated and policy permits less of its task by now", async () => {
    const service = widened(fakeWorld());
    await service.start(NARROW);
    service.world.pass(11);
    const again = await new FakeService(service.world).exchange(NARROW);
    expect(again).toMatchObject({ status: 403, body: { code: "policy_denied", denials: [{ target: payroll }] } });
  });
});
