import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../contract/limits.ts";
import type { AgentLimits } from "../../functions/core/identity/agent.ts";
import type { FakeService } from "../fakes/world/service.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { NORTH, reads, serve } from "./acting-for-people.ts";

watchWorlds();

const serviceWith = (limits: Partial<AgentLimits> = {}) => {
  const service = serve();
  service.world.addAgent({ id: "demo", limits: { ...DEFAULT_LIMITS, ...limits } });
  return service;
};
const forPerson = (service: FakeService, sub: string, request: Readonly<Record<string, string>> = NORTH) =>
  service.exchangeFor(service.world.personToken({ sub }), request);
const forItself = (service: FakeService) => service.exchange(NORTH);
const DENIED = reads("reports/west/*");

/** Sends requests for one person until one is answered with this code. @returns the answers before it. */
async function until(code: string, service: FakeService, sub: string, request: typeof NORTH): Promise<number> {
  for (let sent = 0; sent < 200; sent += 1)
    if ((await forPerson(service, sub, request)).body.code === code) return sent;
  throw new Error(`never ${code}`);
}

describe("one person uses a third of a shared agent's limits at most", () => {
  it("of its live tasks, and others get theirs", async () => {
    const service = serviceWith({ liveTasks: 6 });
    expect(await until("too_many_tasks", service, "pat", NORTH)).toBe(2);
    expect((await forPerson(service, "kim")).status).toBe(200);
    expect((await forItself(service)).status).toBe(200);
  });

  it("of its live tasks also where many are requested at once", async () => {
    const service = serviceWith({ liveTasks: 9 });
    const answers = await Promise.all(Array.from({ length: 9 }, () => forPerson(service, "pat")));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
  });

  it("of its tasks a minute, and others get theirs", async () => {
    const service = serviceWith({ tasksPerMinute: 6 });
    expect(await until("too_many_requests", service, "pat", NORTH)).toBe(2);
    expect((await forPerson(service, "kim")).status).toBe(200);
    expect((await forItself(service)).status).toBe(200);
  });

  it("of its refusals a minute, and others are still served", async () => {
    const service = serviceWith({ tasksPerMinute: 1_000 });
    expect(await until("too_many_requests", service, "pat", DENIED)).toBe(20);
    expect((await forPerson(service, "pat")).body.code).toBe("too_many_requests");
    expect((await forPerson(service, "kim")).status).toBe(200);
    expect((await forItself(service)).status).toBe(200);
  });

  it("of its refusals for people's tokens that prove nobody", async () => {
    const service = serviceWith({ tasksPerMinute: 1_000 });
    const codes: unknown[] = [];
    for (let sent = 0; sent < 80; sent += 1)
      codes.push((await forPerson(service, "pat", { ...NORTH, subject_token: "x.y.z" })).body.code);
    expect(codes.filter((code) => code !== "too_many_requests")).toHaveLength(20);
    expect((await forPerson(service, "kim")).status).toBe(200);
    expect((await forItself(service)).status).toBe(200);
  });

  it("of its live tasks, and all people together use no more than there are", async () => {
    const service = serviceWith({ liveTasks: 3 });
    for (const sub of ["pat", "kim", "sam"]) expect((await forPerson(service, sub)).status).toBe(200);
    expect((await forPerson(service, "jo")).body.code).toBe("too_many_tasks");
    expect((await forItself(service)).body.code).toBe("too_many_tasks");
  });

  it("of its delegation tokens a minute", async () => {
    const service = serviceWith({ liveTasks: 1_000, tasksPerMinute: 1_000 });
    const delegate = async (sub: string) => {
      const { body } = await forPerson(service, sub);
      return service.delegate(body.access_token ?? "");
    };
    const codes: unknown[] = [];
    for (let sent = 0; sent < 12; sent += 1) codes.push((await delegate("pat")).body.code);
    expect(codes.filter((code) => code === "too_many_requests")).toHaveLength(2);
    expect((await delegate("kim")).status).toBe(200);
  });
});

describe("one agent uses a third of a sub-agent's limits at most", () => {
  it("of its live tasks", async () => {
    const service = serviceWith();
    service.world.addAgent({ id: "helper", limits: { ...DEFAULT_LIMITS, liveTasks: 3 } });
    service.world.addAgent({ id: "other" });
    const held = await service.start(NORTH);
    const other = await service.start({ ...NORTH, subject_token: service.world.agentToken({ sub: "agent:other" }) });
    await service.startBelow(held, NORTH);
    await expect(service.startBelow(held, NORTH)).rejects.toThrow("too_many_tasks");
    await service.startBelow(other, NORTH);
  });

  it("of its live tasks, unless the sub-agent is itself", async () => {
    const service = serviceWith({ liveTasks: 3 });
    const held = await service.start(NORTH);
    await service.startBelow(held, NORTH, "demo");
    await service.startBelow(held, NORTH, "demo");
    await expect(service.startBelow(held, NORTH, "demo")).rejects.toThrow("too_many_tasks");
  });
});
