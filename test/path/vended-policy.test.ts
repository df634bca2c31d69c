import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { compareWithVended } from "../../console/task/vended-policy.ts";
import { RememberedPolicies } from "../fakes/world/remembered-policies.ts";
import { type Answer, FakeService } from "../fakes/world/service.ts";
import { fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { jsonOf } from "../unit/core/cedar-of.ts";

watchWorlds();

interface Tree {
  readonly tasks: readonly { readonly id: string; readonly authorization_details: unknown }[];
  readonly events: Parameters<typeof compareWithVended>[1];
}

/** Task, its tree as operators read it, and the session policies of the same request as `explain` computes them. */
async function shown(service: FakeService, id: string) {
  const { events, tasks } = (await service.operate("GET /v1/tasks", { query: `tree=${id}` })).body as Answer["body"] &
    Tree;
  const { authorization_details } = tasks.find((each) => each.id === id) ?? {};
  const body = { agent: "demo", purpose: "weekly report", authorization_details };
  const { sessions } = (await service.operate("POST /v1/policies/explain", { body })).body as unknown as {
    readonly sessions: readonly { readonly lease: string; readonly policy: string }[];
  };
  return { events, sessions };
}

describe("the session policy that is shown later", () => {
  it("is the text that AWS got, by the hash of the issue, whenever it is read and after each renewal", async () => {
    const world = fakeWorld();
    const service = new FakeService(world);
    const held = await service.start();
    for (const [passed, renews] of [
      [0, false],
      [600, true],
      [77, true],
    ] as const) {
      world.pass(passed);
      if (renews) expect((await service.renew(held)).status).toBe(200);
      const sent = world.ports.sessions.asked.at(-1)?.policy ?? "";
      const { events, sessions } = await shown(service, held.id);
      const hashes = events.flatMap(({ leases = [] }) => leases.map(({ policy_sha256 }) => policy_sha256));
      expect(hashes.at(-1)).toBe(createHash("sha256").update(sent).digest("base64url"));
      world.pass(33);
      const [session] = (await shown(service, held.id)).sessions;
      expect(session?.policy).not.toBe(sent);
      expect(await compareWithVended(session ?? { lease: "", policy: "" }, events)).toBe("same");
      expect(sessions).toHaveLength(1);
    }
  });

  it("is not, once policy has changed", async () => {
    const world = fakeWorld();
    const service = new FakeService(world);
    const held = await service.start();
    const { events } = await shown(service, held.id);
    const text = `forbid (principal, action, resource is AWS::Resource) when { resource.arn like "arn:aws:s3:::acme-data/reports/secret*" };`;
    const later = {
      ...{ id: "later", effect: "forbid" as const, annotations: {}, reads: [] },
      text,
      json: jsonOf(text),
    };
    const prepared = [...world.ports.prepared, later];
    const policies = new RememberedPolicies({ policies: prepared, claims: [], hash: "later" });
    const changed = new FakeService(world, { ...world.ports, policies, prepared });
    const [session] = (await shown(changed, held.id)).sessions;
    expect(session).toBeDefined();
    expect(await compareWithVended(session ?? { lease: "", policy: "" }, events)).toBe("differs");
  });

  it("is unknown where the journal has no hash of the lease", async () => {
    expect(await compareWithVended({ lease: "aws-0", policy: "{}" }, [])).toBe("unknown");
  });
});

describe("a ledger", () => {
  it("has what was requested and not granted", async () => {
    const world = fakeWorld();
    const service = new FakeService(world);
    const details = [
      {
        ...{ type: "aws", account: "111122223333", actions: ["s3:GetObject"] },
        resources: ["arn:aws:s3:::acme-data/reports/*", "arn:aws:s3:::acme-payroll/*"],
      },
    ];
    const { id } = await service.start({ authorization_details: JSON.stringify(details), mode: "narrow" });
    const { rows } = (await service.operate("GET /v1/tasks/{task}/ledger", { parameters: { task: id } })).body;
    expect(rows).toMatchObject([
      { resource: "arn:aws:s3:::acme-data/reports/*", asked: true, granted: true, used: 0 },
      { resource: "arn:aws:s3:::acme-payroll/*", asked: true, granted: false, used: 0 },
    ]);
  });
});
