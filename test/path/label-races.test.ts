import { describe, expect, it } from "vitest";
import { diesBy } from "../../functions/core/revocation/role-entry.ts";
import { type Answer, FakeService } from "../fakes/world/service.ts";
import { type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { aroundCalls, unlessNobodyWrites } from "../harness/around-calls.ts";
import { ConnectedWorld, ORDERS } from "../harness/connected-world.ts";
import { type Actor, everyInterleaving, someInterleavings } from "../harness/interleavings.ts";
import { seededRandom } from "../harness/seeded-random.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";
import { intentOf } from "./approvals/approving.ts";

watchWorlds();

const READ = { authorization_details: intentOf("s3:GetObject") };
const WRITE = { authorization_details: intentOf("s3:PutObject") };
const LOGIN = { authorization_details: JSON.stringify([ORDERS]) };
const POLICIES = cedarOf([
  '@label("payroll") permit (principal, action == Action::"postgres:Select", resource);',
  '@label("payroll") permit (principal, action == Action::"s3:GetObject", resource);',
  '@label("egress") permit (principal, action == Action::"s3:PutObject", resource);',
]);
const CONFLICT = { a: "payroll", b: "egress", scope: "tree", windowSeconds: 60 } as const;

const serviceIn = (world: FakeWorld, ports: FakeWorld["ports"], scope: "agent" | "tree"): FakeService => {
  const deployment = { ...world.ports.deployment, conflicts: [{ ...CONFLICT, scope }] };
  return new FakeService(world, { ...ports, deployment, policies: POLICIES });
};

/** The policies before anything was labelled. */
const BEFORE = cedarOf(["permit (principal, action, resource);"]);

/** Two requests of one holder for the two sides, at the same moment. */
interface Deed {
  readonly does: string;
  readonly scope: "agent" | "tree";
  /** Makes the world; one without connectors unless given. */
  readonly make?: () => ConnectedWorld;
  /** Sets the world up, and returns what either actor does in it. */
  readonly prepare: (
    service: FakeService,
  ) => Promise<readonly [(service: FakeService) => Promise<Answer>, (service: FakeService) => Promise<Answer>]>;
}

const DEEDS: readonly Deed[] = [
  {
    does: "two tasks are opened",
    scope: "agent",
    prepare: async () => [(service) => service.exchange(READ), (service) => service.exchange(WRITE)],
  },
  {
    does: "one task is renewed after its fence, and another one is opened",
    scope: "agent",
    prepare: async (service) => {
      const held = await service.start({ ...READ, task_ttl: "7200" });
      service.world.pass(diesBy({ fenceAt: 900 }) + 60);
      return [(racing) => racing.renew(held), (racing) => racing.exchange(WRITE)];
    },
  },
  {
    does: "a login and a session are issued",
    scope: "agent",
    make: () => new ConnectedWorld({ random: seededRandom("world") }),
    prepare: async () => [(service) => service.exchange(LOGIN), (service) => service.exchange(WRITE)],
  },
  {
    does: "a login is issued again, whose permit has a label now, and a session is issued",
    scope: "agent",
    make: () => new ConnectedWorld({ random: seededRandom("world") }),
    prepare: async ({ world }) => {
      const form = { ...LOGIN, subject_token: world.agentToken(), idempotency_key: "once" };
      await new FakeService(world, { ...world.ports, policies: BEFORE }).start(form);
      world.pass(11);
      return [(service) => service.exchange(form), (service) => service.exchange(WRITE)];
    },
  },
];

const OUTCOMES = ["200", "label_conflict"];

describe("I11: keys of both sides of a conflict", () => {
  it.each(DEEDS)("are never handed out together, while $does at any moment", async ({ scope, make, prepare }) => {
    const outcomes = new Set<string>();
    const run = async () => {
      const world = make?.().world ?? fakeWorld({ random: seededRandom("world") });
      const deeds = await prepare(serviceIn(world, world.ports, scope));
      const answers: Answer[] = [];
      const actors: readonly Actor[] = deeds.map((deed, index) => async (around) => {
        const random = seededRandom(`actor ${index}`);
        const ports = { ...aroundCalls(world.ports, unlessNobodyWrites(around)), random };
        answers.push(await deed(serviceIn(world, ports, scope)));
      });
      const check = async (order: readonly string[]): Promise<void> => {
        const codes = answers.map(({ status, body }) => body.code ?? String(status)).toSorted();
        outcomes.add(codes.join(" "));
        expect(codes.filter((code) => code === "200").length, order.join(" ")).toBeLessThan(2);
        expect(codes.filter((code) => !OUTCOMES.includes(code))).toEqual([]);
      };
      return { actors, check };
    };
    await everyInterleaving(run, 400, ["first", "second"]);
    await someInterleavings(run, 300, 7);
    expect([...outcomes]).toContain("200 label_conflict");
  });
});
