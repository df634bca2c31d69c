import { randomBytes, randomInt } from "node:crypto";
import { describe, expect, it } from "vitest";
import { agentId } from "../../../contract/agent-id.ts";
import { accountId } from "../../../functions/core/deployment/account-id.ts";
import type { Agent } from "../../../functions/core/identity/agent.ts";
import type { SignIn } from "../../../functions/core/identity/sign-in.ts";
import { EMPTY_CHAIN, headOf, linkEvent } from "../../../functions/core/journal/event.ts";
import { rootPath } from "../../../functions/core/task-path.ts";
import { aRequest, aUseOf } from "../../fakes/samples/approval.ts";
import { aTask, aUse, eventOn, NOW } from "../../fakes/samples/task.ts";
import { declarePanic } from "./halts.contract.ts";
import { aSignIn, refused, type TestedStore } from "./tested-store.ts";

/** Contract of sign-ins: one is used once, for one act of an operator or for one vote. */
export function actsContract(store: () => TestedStore): void {
  async function register(signIn?: SignIn): Promise<Agent> {
    const id = agentId(`agent-${randomBytes(6).toString("hex")}`);
    const event = linkEvent(EMPTY_CHAIN, id, "agent.registered", NOW * 1_000, { by: "staff|alice" });
    const agent: Agent = {
      ...{
        id,
        name: "Demo",
        owner: "staff|owner",
        team: "demo",
        bindings: [{ issuer: "robots", claims: { sub: id } }],
      },
      ...{ status: "active", limits: { liveTasks: 5, taskSeconds: 900 }, createdAt: NOW, chain: headOf(event) },
    };
    await store().agents.register(agent, event, signIn);
    return agent;
  }
  const suspend = async (agent: Agent, signIn?: SignIn): Promise<void> => {
    const event = linkEvent(agent.chain, agent.id, "agent.suspended", NOW * 1_000, {});
    const halted: Agent = { ...agent, status: "suspended", halted: { at: NOW, by: "x" }, chain: headOf(event) };
    await store().agents.change(halted, event, { halt: "placed", ...(signIn ? { signIn } : {}) });
  };
  const liftPanic = async (signIn: SignIn): Promise<void> => {
    const event = linkEvent((await declarePanic(store().panics)).chain, "*", "panic.lifted", NOW * 1_000, {});
    const lifted = { declaredAt: NOW, declaredBy: "staff|alice", reason: "a drill", liftedAt: NOW, liftedBy: "x" };
    await store().panics.change({ ...lifted, chain: headOf(event) }, event, signIn);
  };
  const liftHalt = async (signIn: SignIn): Promise<void> => {
    const halt = { account: accountId(String(randomInt(1e11, 1e12))), at: NOW, by: "escalation:E3:x" };
    await store().accountHalts.halt(halt);
    const event = linkEvent(EMPTY_CHAIN, rootPath(randomBytes(32)), "account.lifted", NOW * 1_000, {});
    await store().accountHalts.lift(halt, halt, event, signIn);
  };
  const setCondition = async (signIn: SignIn): Promise<void> => {
    const held = { name: "responding", scope: "hub", until: NOW + 600, at: NOW, by: "x", reason: "a drill" } as const;
    const event = linkEvent(EMPTY_CHAIN, rootPath(randomBytes(32)), "condition.loosened", NOW * 1_000, {});
    await store().setConditions.set("permits", held, event, signIn);
  };
  const vote = async (signIn: SignIn): Promise<void> => {
    const { task: waiting, event } = aTask({ leases: [] });
    const requested = aRequest(waiting, {});
    await store().approvals.open(waiting, event, aUse(), undefined, undefined, requested);
    const task = await store().reread(waiting);
    const after = { ...task, openedAt: NOW + 60, expiresAt: NOW + 960 };
    const { id } = requested.record;
    await store().approvals.use(task, after, id, aUseOf(task), [signIn], eventOn(task, "approval.used"));
  };
  const ACTS: readonly (readonly [string, (signIn: SignIn) => Promise<unknown>])[] = [
    ["a registration", register],
    ["a change", async (signIn) => suspend(await register(), signIn)],
    ["a lift", liftPanic],
    ["a lift of an account's halt", liftHalt],
    ["a condition", setCondition],
  ];

  describe("a used sign-in", () => {
    describe.each(ACTS)("for %s", (_, use) => {
      it.each(ACTS)("is not used for %s, which is not written", async (__, again) => {
        const signIn = aSignIn();
        await use(signIn);
        await expect(again(signIn)).rejects.toEqual(refused("sign_in_used"));
        // Any second use is refused: even the same act is not performed twice.
        await expect(again({ ...signIn, nonce: "another" })).rejects.toEqual(refused("sign_in_used"));
        await again({ ...signIn, signedInAt: NOW + 1 });
      });

      it("is not used for a vote, and is reported to the function that counts votes", async () => {
        const signIn = aSignIn();
        expect(await store().approvals.noncesOf([signIn])).toEqual([undefined]);
        await use(signIn);
        expect(await store().approvals.noncesOf([signIn])).toEqual([signIn.nonce]);
        await expect(vote({ ...signIn, nonce: "of a vote" })).rejects.toEqual(refused("contended"));
      });
    });

    it.each(ACTS)("for a vote is not used for %s", async (_, act) => {
      const signIn = aSignIn();
      await vote(signIn);
      await expect(act(signIn)).rejects.toEqual(refused("sign_in_used"));
    });

    it("is used for one of several acts at the same moment", async () => {
      const signIn = aSignIn();
      const outcomes = await Promise.allSettled([register(signIn), register(signIn), register(signIn), vote(signIn)]);
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    });

    it.each(ACTS)(
      "is not used for %s where the person's votes were voided after it, while a later sign-in is",
      async (_, act) => {
        const signIn = aSignIn();
        const gone = linkEvent(EMPTY_CHAIN, rootPath(randomBytes(32)), "person.votes_void", NOW * 1_000, {});
        await store().tasks.voidVotes(signIn.person, { deadUntil: NOW, by: "signal:risk" }, gone);
        await expect(act(signIn)).rejects.toEqual(refused("sign_in_used"));
        await act({ ...signIn, signedInAt: NOW + 1 });
      },
    );

    it("leaves an agent unchanged where its act was refused", async () => {
      const [signIn, agent] = [aSignIn(), await register()];
      await liftPanic(signIn);
      await expect(suspend(agent, signIn)).rejects.toEqual(refused("sign_in_used"));
      expect(await store().agents.record(agent.id)).toEqual(agent);
    });
  });
}
