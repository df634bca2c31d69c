import { describe, expect, it } from "vitest";
import { isLive } from "../../functions/core/tasks/task.ts";
import { type Answer, FakeService, type Held } from "../fakes/world/service.ts";
import { type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import type { PortCall } from "../harness/around-calls.ts";
import { type Fault, faultyService } from "../harness/faults.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

interface Operation {
  readonly name: string;
  /** Acts before the outage, for whatever the operation needs. */
  readonly before?: (service: FakeService) => Promise<Held>;
  readonly run: (service: FakeService, held: Held) => Promise<Answer>;
  /** Statuses of the operation where nothing is wrong, and of its repeat once all is well again. */
  readonly well: number;
  readonly repeated?: readonly number[];
  /**
   * Set where the operation requests sessions while it reads a record that may make them unnecessary. An outage of STS
   * may then go unnoticed.
   */
  readonly mayDoWithoutSts?: true;
}

const NOBODY: Held = { id: "", token: "" };
const start = (service: FakeService) => service.start(BOTH);
const tools = { type: "tool", server: "tickets", tools: ["search"] };
const reports = (path: string) => ({
  type: "aws",
  account: "111122223333",
  actions: ["s3:GetObject"],
  resources: [`arn:aws:s3:::acme-data/reports/${path}`],
});
const BOTH = { authorization_details: JSON.stringify([reports("a"), reports("b"), tools]) };

/** A token that stays the same over repeats, as a client's would. */
function sameToken(service: FakeService): string {
  const token = TOKENS.get(service.world) ?? service.world.agentToken();
  TOKENS.set(service.world, token);
  return token;
}
const TOKENS = new WeakMap<FakeWorld, string>();

const OPERATIONS: readonly Operation[] = [
  {
    name: "starting a task",
    run: (service) => service.exchange({ ...BOTH, subject_token: sameToken(service), idempotency_key: "one" }),
    well: 200,
  },
  {
    name: "starting a task again with its key",
    before: async (service) => {
      const held = await service.start({ ...BOTH, subject_token: sameToken(service), idempotency_key: "one" });
      service.world.pass(11);
      return held;
    },
    run: (service) => service.exchange({ ...BOTH, subject_token: sameToken(service), idempotency_key: "one" }),
    well: 200,
    mayDoWithoutSts: true,
  },
  {
    name: "asking for what policy denies",
    run: (service) => service.exchange({ authorization_details: JSON.stringify([{ ...tools, server: "payroll" }]) }),
    well: 403,
  },
  {
    name: "asking for a presentation token",
    before: start,
    run: (service, held) => service.present(held.token),
    well: 200,
  },
  {
    name: "renewing a lease",
    before: async (service) => {
      const held = await start(service);
      service.world.pass(11);
      return held;
    },
    run: (service, held) => service.renew(held),
    well: 200,
  },
  {
    name: "introspecting",
    before: async (service) => {
      const { body } = await service.present((await start(service)).token);
      return { id: "", token: body.access_token ?? "" };
    },
    run: (service, held) => service.introspect(held.token),
    well: 200,
  },
  { name: "revoking a task token", before: start, run: (service, held) => service.revoke(held.token), well: 200 },
  {
    name: "revoking a presentation token",
    before: async (service) => {
      const { body } = await service.present((await start(service)).token);
      return { id: "", token: body.access_token ?? "" };
    },
    run: (service, held) => service.revoke(held.token),
    well: 200,
  },
  { name: "reading a task", before: start, run: (service, held) => service.readTask(held), well: 200 },
  { name: "completing a task", before: start, run: (service, held) => service.complete(held), well: 200 },
  {
    name: "registering an agent",
    run: (service) =>
      service.operate("POST /v1/agents", {
        body: {
          id: "fresh",
          name: "Fresh",
          owner: "o",
          team: "t",
          bindings: [{ issuer: "robots", claims: { sub: "agent:fresh" } }],
        },
      }),
    well: 201,
    // The agent may have been registered although the answer was lost.
    repeated: [201, 409],
  },
  { name: "listing agents", run: (service) => service.operate("GET /v1/agents"), well: 200 },
  {
    name: "reading an agent",
    run: (service) => service.operate("GET /v1/agents/{agent}", { parameters: { agent: "demo" } }),
    well: 200,
  },
  { name: "suspending an agent", before: start, run: (service) => service.suspend(), well: 200 },
  {
    name: "resuming an agent",
    before: async (service) => {
      await service.suspend();
      return NOBODY;
    },
    run: (service) => service.operate("POST /v1/agents/{agent}/resume", { parameters: { agent: "demo" } }),
    well: 200,
  },
  { name: "confirming an agent", run: (service) => service.confirm(), well: 200 },
  { name: "offboarding an agent", before: start, run: (service) => service.offboard(), well: 200 },
  {
    name: "reading a report that is not signed off",
    before: async (service) => {
      await start(service);
      await service.offboard();
      return NOBODY;
    },
    run: (service) => service.offboarding(),
    well: 200,
  },
  {
    name: "listing agents that nobody uses",
    run: (service) => service.operate("GET /v1/agents", { query: "inactive_days=1" }),
    well: 200,
  },
  {
    name: "listing tasks",
    before: start,
    run: (service) => service.operate("GET /v1/tasks", { query: "agent=demo" }),
    well: 200,
  },
  { name: "ending any task", before: start, run: (service, held) => service.endTask(held.id), well: 200 },
];

const LOST: readonly Fault["lost"][] = ["call", "answer"];
const LASTS: readonly Fault["lasts"][] = ["once", "until it is mended"];

/** The operation in a fresh world, with the fault; then again, once it is mended and ten seconds have passed. */
async function withFault({ before, run }: Operation, fault: Fault) {
  const world = fakeWorld();
  const { service, breakDown, mend } = faultyService(world);
  const held = (await before?.(service)) ?? NOBODY;
  breakDown(fault);
  const failed = await run(service, held);
  mend();
  world.pass(11);
  return { world, service, held, failed, again: () => run(service, held) };
}

/** Every call of the operation, as a fault of each kind. */
async function faultsOf({ before, run, well }: Operation): Promise<readonly (Fault & PortCall)[]> {
  const { service, calls } = faultyService(fakeWorld());
  const held = (await before?.(service)) ?? NOBODY;
  const already = calls.length;
  expect(await run(service, held)).toMatchObject({ status: well });
  return calls
    .slice(already)
    .flatMap(({ port, method }, at) =>
      LOST.flatMap((lost) => LASTS.map((lasts) => ({ at, port, method, lost, lasts }))),
    );
}

describe.each(OPERATIONS)("an outage at any call while $name", (operation) => {
  it("is a 503 without any credential, and the same request works afterwards (I6, I10)", async () => {
    const faults = await faultsOf(operation);
    expect(faults.length).toBeGreaterThan(0);
    for (const fault of faults) {
      const { failed, again, world } = await withFault(operation, fault);
      const place = JSON.stringify(fault);
      if (operation.mayDoWithoutSts && fault.port === "sessions" && failed.status === 200) continue;
      expect(failed, place).toMatchObject({ status: 503, body: { error: "temporarily_unavailable" } });
      expect(Object.keys(failed.body).sort(), place).toEqual(expect.arrayContaining(["code", "error"]));
      expect(failed.body, place).not.toHaveProperty("access_token");
      expect(failed.body, place).not.toHaveProperty("credentials");
      expect(failed.body, place).not.toHaveProperty("SecretAccessKey");
      const repeated = await again();
      expect(operation.repeated ?? [operation.well], `${place} ${JSON.stringify(repeated.body)}`).toContain(
        repeated.status,
      );
      expect(world.lines.filter(({ level }) => level === "error").length, place).toBeGreaterThan(0);
    }
  });
});

const [starting, startingAgain, , , renewing] = OPERATIONS as readonly [
  Operation,
  Operation,
  Operation,
  Operation,
  Operation,
];

describe("nothing half-done is left that could be used", () => {
  it("after a failed start and its retry one task is alive, the one that the retry holds", async () => {
    for (const fault of await faultsOf(starting)) {
      const { world, service, again } = await withFault(starting, fault);
      const { body } = await again();
      const live = [...world.ports.tasks.tasks.values()].filter((task) => isLive(task, world.nowSeconds()));
      expect(
        live.map(({ path }) => path),
        JSON.stringify(fault),
      ).toEqual([body.task?.id]);
      expect(await service.readTask({ id: body.task?.id ?? "", token: body.access_token ?? "" })).toMatchObject({
        status: 200,
      });
    }
  });

  it("a start that failed once does not hold the place of a live task, even where nobody requests again", async () => {
    for (const fault of (await faultsOf(starting)).filter(({ lasts }) => lasts === "once")) {
      const { world } = await withFault(starting, fault);
      const live = [...world.ports.tasks.tasks.values()].filter(({ status }) => status === "active");
      expect(live, JSON.stringify(fault)).toEqual([]);
    }
  });

  it("a retry at once after a start that failed once succeeds as well", async () => {
    for (const fault of (await faultsOf(starting)).filter(({ lasts }) => lasts === "once")) {
      const world = fakeWorld();
      const { service, breakDown, mend } = faultyService(world);
      breakDown(fault);
      await starting.run(service, NOBODY);
      mend();
      expect(await starting.run(service, NOBODY), JSON.stringify(fault)).toMatchObject({ status: 200 });
    }
  });

  it("a lost repeat or renewal leaves the task of its holder as it was", async () => {
    for (const operation of [startingAgain, renewing]) {
      for (const fault of await faultsOf(operation)) {
        const { service, held } = await withFault(operation, fault);
        expect(await service.readTask(held), JSON.stringify(fault)).toMatchObject({
          status: 200,
          body: { status: "active" },
        });
      }
    }
  });

  it("repeats that come too soon use up none of the task's tokens", async () => {
    const service = new FakeService(fakeWorld());
    const { id } = await service.start({ ...BOTH, idempotency_key: "one" });
    const elsewhere = { ...service.world.ports, recent: { find: () => undefined, keep: () => undefined } };
    // As a process leaves it that died between STS and the record.
    const { tasks } = service.world.ports.tasks;
    const [path, task] = [...tasks].find(([each]) => each === id) ?? [];
    if (!path || !task) throw new Error("no task");
    tasks.set(path, { ...task, leases: task.leases.map((lease) => ({ ...lease, state: "issuing" })) });
    for (let repeat = 0; repeat < 20; repeat += 1) {
      const answer = await new FakeService(service.world, elsewhere).exchange({ ...BOTH, idempotency_key: "one" });
      expect(answer).toMatchObject({ status: 429, body: { code: "renewed_too_soon" } });
    }
    service.world.pass(11);
    expect(await service.exchange({ ...BOTH, idempotency_key: "one" })).toMatchObject({ status: 200 });
  });
});
