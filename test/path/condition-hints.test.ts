import { describe, expect, it } from "vitest";
import type { DeployedCondition } from "../../functions/core/deployment/deployed-condition.ts";
import { FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, DEPLOYMENT, fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

watchWorlds();

const kind = { kind: "restricts", scopes: ["hub", "account"], longestSeconds: 7_200 } as const;
const CONDITIONS: readonly DeployedCondition[] = [
  { ...kind, name: "freeze" },
  { ...kind, name: "incident" },
  { ...kind, name: "audit" },
  { ...kind, name: "relaxed", kind: "permits" },
];
const OPERATORS = 'permit (principal is User, action in Action::"valetkey:Operate", resource);';
const ANYTHING = "permit (principal is Agent, action, resource);";

class Scene {
  readonly world = fakeWorld({ deployment: { ...DEPLOYMENT, conditions: CONDITIONS } });
  readonly service: FakeService;

  constructor(texts: readonly string[]) {
    this.service = new FakeService(this.world, { ...this.world.ports, policies: cedarOf([...texts, OPERATORS]) });
  }

  async set(condition: string, scope = "hub", what: "tighten" | "loosen" = "tighten"): Promise<this> {
    const body = { scope, seconds: 3_600, reason: "a drill" };
    await this.service.operate(`POST /v1/conditions/{condition}/${what}`, { parameters: { condition }, body });
    return this;
  }

  async hints(resource = "arn:aws:s3:::acme-data/reports/a"): Promise<readonly unknown[]> {
    const authorization_details = JSON.stringify([
      { type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: [resource] },
    ]);
    const { status, body } = await this.service.exchange({ authorization_details });
    expect([status, body.code]).toEqual([403, "policy_denied"]);
    return (body.denials as readonly { readonly hint?: string }[]).map(({ hint }) => hint);
  }
}

const unless = (...names: readonly string[]): string =>
  `permit (principal is Agent, action, resource) unless { context.conditions.containsAny(${JSON.stringify(names)}) };`;
const forbid = (name: string): string =>
  `forbid (principal is Agent, action, resource) when { context.conditions.contains("${name}") };`;

describe("a denial that a condition of the world is the reason for", () => {
  it.each([
    ["of a permit", [unless("freeze")]],
    ["of a forbid", [ANYTHING, forbid("freeze")]],
  ])("names the condition %s", async (_, texts) => {
    const scene = await new Scene(texts).set("freeze");
    expect(await scene.hints()).toEqual(["Policy permits it again once freeze no longer holds."]);
  });

  it("names the one of several that denies, in the account in which it holds", async () => {
    const scene = new Scene([ANYTHING, forbid("freeze")]);
    await scene.set("incident");
    await scene.set("freeze", `account:${ACCOUNT}`);
    expect(await scene.hints()).toEqual(["Policy permits it again once freeze no longer holds."]);
  });

  it("names all where no one of them is the reason alone", async () => {
    const scene = new Scene([ANYTHING, forbid("freeze"), forbid("incident")]);
    await scene.set("freeze");
    await scene.set("incident");
    await scene.set("relaxed", "hub", "loosen");
    expect(await scene.hints()).toEqual(["Policy permits it again once freeze and incident no longer hold."]);
  });

  it("names none where policy denies the pair without conditions, too", async () => {
    const scene = await new Scene([forbid("freeze")]).set("freeze");
    expect((await scene.hints()).join()).not.toContain("once");
  });

  it("names none where a condition is what permits", async () => {
    const scene = new Scene([
      'permit (principal is Agent, action, resource) when { context.conditions.contains("relaxed") };',
    ]);
    await scene.set("freeze");
    expect((await scene.hints()).join()).not.toContain("once");
  });

  it("leaves out what permits, where both kinds hold", async () => {
    const scene = new Scene([
      'permit (principal is Agent, action, resource) when { context.conditions.contains("relaxed") } unless { context.conditions.contains("freeze") };',
    ]);
    await scene.set("relaxed", "hub", "loosen");
    await scene.set("freeze");
    expect(await scene.hints()).toEqual(["Policy permits it again once freeze no longer holds."]);
  });

  it("names all that deny together alone", async () => {
    const scene = new Scene([
      ANYTHING,
      'forbid (principal is Agent, action, resource) when { context.conditions.containsAll(["freeze", "audit"]) };',
    ]);
    await scene.set("freeze");
    await scene.set("audit");
    expect(await scene.hints()).toEqual(["Policy permits it again once audit and freeze no longer hold."]);
  });

  it("opens nothing: the pair stays denied until the condition is lifted", async () => {
    const scene = await new Scene([unless("freeze")]).set("freeze");
    await scene.hints();
    expect(scene.world.ports.tasks.tasks.size).toBe(0);
  });
});
