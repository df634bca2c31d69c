import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import type { Escalation } from "../../functions/core/deployment/escalation-rules.ts";
import type { Task } from "../../functions/core/tasks/task.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { Watched } from "./watched-refusals.ts";

watchWorlds();

describe("E7: an agent that uses another's delegation token, in a tree where it has no task", () => {
  /** A task with a delegation for `helper`, whose token `other` has. */
  async function leaked(escalation?: Escalation) {
    const watched = new Watched(escalation, ["other"]);
    const parent = await watched.start();
    const delegation = await watched.service.delegation(parent);
    const use = async (agent = "other", token = watched.token(agent)) => {
      const answer = await watched.service.exchangeDelegation(delegation, { actor_token: token });
      await watched.deliver();
      return answer;
    };
    return { watched, parent, delegation, use };
  }

  it("is refused, reported, and the token is revoked: nobody can use it any more, and the task goes on", async () => {
    const { watched, parent, use } = await leaked();
    expect(await use()).toMatchObject({ body: { code: "delegation_token_invalid" } });
    expect(watched.records()).toMatchObject([
      { facts: { rule: "E7", agent: agentId("other"), task: parent.id, done: "revoke_token" } },
    ]);
    const revoked = watched.world.ports.tasks.events.filter(({ type }) => type === "delegation.revoked");
    expect(revoked).toMatchObject([
      { of: parent.id, facts: { to: "helper", by: expect.stringMatching(/^escalation:E7:/) } },
    ]);
    expect(await use("helper")).toMatchObject({ body: { code: "delegation_token_invalid" } });
    expect(watched.status(parent.id)).toBe("active");
    expect(await watched.opens("other")).toBe(200);
  });

  it("is an alarm alone until valetkey.json names more", async () => {
    const { watched, use } = await leaked({});
    await use();
    expect(watched.records()).toMatchObject([{ facts: { rule: "E7", done: "alarm" } }]);
    expect(await use("helper")).toMatchObject({ status: 200 });
  });

  it("is no escalation of an agent that has a task in the tree: agents of one tree may mix up their tokens", async () => {
    const { watched, parent, use } = await leaked();
    await watched.service.startBelow(parent, {}, "other");
    await use();
    expect(watched.reported).toEqual([]);
  });

  it("is no lever for a stranger who guesses tasks: a token that was never issued, or is altered, reports nothing", async () => {
    const { watched, delegation } = await leaked();
    for (const token of [`${delegation.slice(0, -43)}${"A".repeat(43)}`, `vkd_nosuchtask00._${"A".repeat(43)}`])
      await watched.service.exchangeDelegation(token, { actor_token: watched.token("other") });
    expect(watched.reported).toEqual([]);
  });

  it("is no lever for whoever has seen a token of another agent: a used one names nobody", async () => {
    const { watched, use } = await leaked();
    const seen = watched.token("other");
    await watched.service.start({ subject_token: seen });
    await use("other", seen);
    expect(watched.reported).toEqual([]);
    expect(watched.lines("used_token_refused")).toMatchObject([{ agent: agentId("other") }]);
  });

  it("is no lever for the task that issues tokens, nor for the agent that they name: no agent and no task ends by it", async () => {
    const { watched, parent, use } = await leaked({ E7: "suspend_agent" } as never);
    await use();
    expect(watched.records()).toMatchObject([{ facts: { done: "alarm" } }]);
    expect(watched.status(parent.id)).toBe("active");
    expect(["demo", "helper", "other"].map((id) => watched.world.ports.agents.agents.get(id)?.status)).toEqual([
      "active",
      "active",
      "active",
    ]);
  });

  it("is no lever for a function that changes records: a delegation that it has given another name reports nobody", async () => {
    const { watched, parent, use } = await leaked();
    const task = watched.world.ports.tasks.tasks.get(parent.id as Task["path"]) as Task;
    const delegations = task.delegations.map((each) => ({ ...each, agent: agentId("tickets") }));
    watched.world.ports.tasks.tasks.set(task.path, { ...task, delegations });
    expect(await use("helper")).toMatchObject({ body: { code: "delegation_token_invalid" } });
    expect(watched.reported).toEqual([]);
    expect(watched.lines("seal_broken")).toHaveLength(1);
  });

  it("is no lever for the detector: a delegation that names the agent itself, or none, is not revoked", async () => {
    const { watched, parent } = await leaked();
    const [delegation] = watched.world.ports.tasks.tasks.get(parent.id as Task["path"])?.delegations ?? [];
    const detail = { id: "x".repeat(43), rule: "E7", at: watched.world.nowSeconds(), task: parent.id };
    await watched.tell({ ...detail, agent: agentId("helper"), token_sha256: delegation?.hash });
    await watched.tell({ ...detail, agent: agentId("other"), token_sha256: "A".repeat(43) });
    await watched.tell({ ...detail, agent: agentId("nobody"), token_sha256: delegation?.hash });
    expect(watched.lines("event_refused")).toHaveLength(3);
    expect(watched.world.ports.tasks.tasks.get(parent.id as Task["path"])?.delegations).toHaveLength(1);
  });

  it("is contained whatever happens at the same moment: the token's use, its revocation, the end of the task", async () => {
    const { watched, parent, delegation, use } = await leaked();
    await use();
    await Promise.allSettled([
      watched.deliver(0),
      watched.service.revoke(delegation),
      watched.service.complete(parent),
      use("helper"),
    ]);
    await watched.deliver(0);
    expect(watched.status(parent.id)).toBe("completed");
    expect(watched.records()).toHaveLength(1);
  });
});
