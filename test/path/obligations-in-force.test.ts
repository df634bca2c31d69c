import { afterEach, describe, expect, it, vi } from "vitest";
import { OBLIGATIONS, type Obligations } from "../../functions/core/policy/obligations.ts";
import { everyRole } from "../../functions/steps/tasks/every-role.ts";
import { FakeService } from "../fakes/world/service.ts";
import { type FakeWorld, fakeWorld, policiesWithPermit } from "../fakes/world/world.ts";
import { API_KEY, ConnectedWorld } from "../harness/connected-world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";
import { ApprovalScene, intentOf, permitting } from "./approvals/approving.ts";
import { ConsentScene } from "./approvals/consent.ts";

watchWorlds();
afterEach(() => void vi.restoreAllMocks());

/** How an obligation is seen to be kept, and the function that keeps it no more. */
interface Observed<Field extends keyof Obligations> {
  /** Observes the promise on a task under a permit with the annotation. */
  readonly isKept: () => Promise<boolean>;
  /** Takes the place of `keep`: it answers as if no permit had the annotation, or as if the permit had no bound. */
  readonly broken: (typeof OBLIGATIONS)[Field]["keep"];
}

/** Requests a task under a permit with these annotations, and returns the service with its answer. */
async function asked(annotations: string, task = {}, change: (world: FakeWorld) => void = () => undefined) {
  const world = fakeWorld();
  change(world);
  const service = new FakeService(world, { ...world.ports, policies: cedarOf([permitting(annotations)]) });
  const answer = await service.exchange({ authorization_details: intentOf("s3:GetObject"), ...task });
  return { answer, policy: world.ports.sessions.asked.at(-1)?.policy ?? "" };
}

/** Has the reconciler report no success of a write for a quarter of an hour. */
function isUnwritable({ ports: { loads, deployment }, nowSeconds }: FakeWorld): void {
  for (const role of everyRole(deployment)) loads.putWrites(role, { succeededAtMs: (nowSeconds() - 900) * 1_000 });
}

/** Each obligation. One without a promise that a test observes does not compile. */
const PROMISES: { readonly [Field in keyof Obligations]-?: Observed<Field> } = {
  approval: {
    isKept: async () => (await asked('@approval("sre")')).answer.body.task?.status === "pending_approval",
    broken: () => [],
  },
  consent: {
    isKept: async () => {
      const scene = new ConsentScene();
      return (await scene.ask(scene.for())).body.task?.status === "pending_approval";
    },
    broken: () => [],
  },
  standing: {
    isKept: async () => {
      const scene = new ApprovalScene([permitting('@approval("sre") @standing("3/7d")')]);
      return (await scene.ask({ standing: "4/7d" })).status === 403;
    },
    broken: (_, requested) => requested,
  },
  breakGlass: {
    isKept: async () => {
      const scene = new ApprovalScene([permitting('@approval("sre=2") @breakGlass @maxTtl("15m")')]);
      return scene.record((await scene.waiting()).approval).break_glass === true;
    },
    broken: () => false,
  },
  bindIp: {
    isKept: async () => (await asked("@bindIp")).policy.includes('"aws:SourceIp"'),
    broken: () => [],
  },
  rotateAfterUse: {
    isKept: async () => {
      const permit = 'permit (principal, action == Action::"secret:Read", resource is Secret);';
      const one = new ConnectedWorld({ policies: policiesWithPermit("rotates", permit, { rotateAfterUse: "" }) });
      one.secrets.add("shared", "value");
      await one.service.start(one.ask({ ...API_KEY, identifiers: ["shared"] }));
      return one.locks.known.get("shared")?.rotates === true;
    },
    broken: () => false,
  },
  maxTtlSeconds: {
    isKept: async () => {
      const { answer } = await asked('@maxTtl("10m")', { task_ttl: "7200" });
      return answer.body.task?.expires_at === "2026-11-24T12:10:00Z";
    },
    broken: (_, seconds) => seconds,
  },
  requiresRevocation: {
    isKept: async () => (await asked('@requires("revocation")', {}, isUnwritable)).answer.status === 503,
    broken: () => false,
  },
  fenceSeconds: {
    isKept: async () => (await asked('@fence("2m")')).policy.includes('"aws:CurrentTime":"2026-11-24T12:02:00Z"'),
    broken: (_, seconds) => seconds,
  },
  delivery: {
    isKept: async () => (await asked('@deliver("sign")')).answer.body.credentials?.[0]?.type === "aws-sign",
    broken: () => undefined,
  },
  budgets: {
    isKept: async () => {
      const world = fakeWorld();
      const policies = cedarOf([permitting('@budget("reads 1/24h agent")')]);
      const service = new FakeService(world, { ...world.ports, policies });
      const intent = { authorization_details: intentOf("s3:GetObject") };
      const statuses = [await service.exchange(intent), await service.exchange(intent)].map(({ status }) => status);
      return statuses.join() === "200,429";
    },
    broken: () => [],
  },
  calls: {
    isKept: async () => {
      const world = fakeWorld();
      const policies = cedarOf([permitting('@deliver("sign") @calls("reads 1/1h agent")')]);
      const service = new FakeService(world, { ...world.ports, policies });
      const held = await service.start({ authorization_details: intentOf("s3:GetObject") });
      const statuses = [await service.sign(held), await service.sign(held)].map(({ status }) => status);
      return statuses.join() === "200,429";
    },
    broken: () => [],
  },
};

describe.each(Object.entries(OBLIGATIONS))("the obligation %s", (field, row) => {
  const { isKept, broken } = PROMISES[field as keyof Obligations];

  it("is kept", async () => {
    expect(await isKept()).toBe(true);
  });

  it("is kept no more where the function of its row is switched off", async () => {
    vi.spyOn(row, "keep").mockImplementation(broken as never);
    expect(await isKept()).toBe(false);
  });
});
