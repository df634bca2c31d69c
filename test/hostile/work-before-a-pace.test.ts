import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS, RATE_LIMITS } from "../../contract/limits.ts";
import type { Policies } from "../../functions/core/policy/query.ts";
import { POLICIES } from "../fakes/world/world.ts";
import { call } from "./call.ts";
import { DENIED, flood, open, REFUSED } from "./flood.ts";
import { type HostileWorld, hostileWorld } from "./hostile-world.ts";
import { openedTask } from "./opened-task.ts";

/** The deployed policies, and the number of evaluations by Cedar. */
function counted(world: HostileWorld) {
  let evaluations = 0;
  const counting = <T>(ask: () => T): T => {
    evaluations += 1;
    return ask();
  };
  const policies: Policies = {
    hash: POLICIES.hash,
    claims: POLICIES.claims,
    stated: POLICIES.stated,
    readsTime: POLICIES.readsTime,
    facts: (policy) => POLICIES.facts(policy),
    readsTags: (query) => POLICIES.readsTags(query),
    evaluate: (query) => counting(() => POLICIES.evaluate(query)),
    evaluatePartially: (query) => counting(() => POLICIES.evaluatePartially(query)),
    evaluateShadows: (query) => counting(() => POLICIES.evaluateShadows(query)),
    evaluateLabelled: (query) => counting(() => POLICIES.evaluateLabelled(query)),
    evaluatePerCall: (query) => counting(() => POLICIES.evaluatePerCall(query)),
  };
  return {
    ports: { ...world.ports, policies },
    /** Evaluations since the last call. */
    evaluations: () => {
      const since = evaluations;
      evaluations = 0;
      return since;
    },
  };
}

describe("a refusal without any evaluation by Cedar", () => {
  it("answers an agent that has used up its refusals of the minute", async () => {
    const world = hostileWorld();
    const { ports, evaluations } = counted(world);
    const flooding = { ...world, ports } as HostileWorld;
    await flood(REFUSED, () => open(flooding, world.mint(), DENIED));
    expect(evaluations()).toBeGreaterThan(RATE_LIMITS.refusal);
    expect(await flood(20, () => open(flooding, world.mint(), DENIED))).toEqual({ too_many_requests: 20 });
    expect(evaluations()).toBe(0);
  });

  it("answers an agent that has started its tasks of the minute", async () => {
    const world = hostileWorld();
    world.addAgent({ id: "demo", limits: { ...DEFAULT_LIMITS, tasksPerMinute: 2 } });
    const { ports, evaluations } = counted(world);
    const flooding = { ...world, ports } as HostileWorld;
    await flood(3, () => open(flooding));
    evaluations();
    expect(await flood(5, () => open(flooding))).toEqual({ too_many_requests: 5 });
    expect(evaluations()).toBe(0);
  });

  it("answers any agent while this process knows that everything is halted", async () => {
    const world = hostileWorld();
    const { ports, evaluations } = counted(world);
    const halted = { ...ports, panics: { ...world.ports.panics, isKnown: () => true } };
    expect(await flood(2, () => open({ ...world, ports: halted } as HostileWorld))).toEqual({ halted: 2 });
    expect(evaluations()).toBe(0);
  });

  it("answers the holder of a task that policy no longer renews, while the agent's other tasks are renewed", async () => {
    const world = hostileWorld();
    const { task, taskToken } = await openedTask(world);
    const other = await openedTask(world);
    world.pass(11);
    const { ports, evaluations } = counted(world);
    const renewing = (held: { task: string; taskToken: string }) =>
      call("GET /v1/tasks/{task}/credentials/{lease}", ports, {
        authorization: held.taskToken,
        path: { task: held.task, lease: "aws-0" },
      });
    world.addAgent({ id: "demo", team: "another" });
    await flood(RATE_LIMITS.renewal + 1, () => renewing({ task, taskToken }));
    evaluations();
    expect(await flood(20, () => renewing({ task, taskToken }))).toEqual({ too_many_requests: 20 });
    expect(evaluations()).toBe(0);
    world.addAgent({ id: "demo" });
    expect(await renewing(other)).toMatchObject({ statusCode: 200 });
  });
});
