import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type AccountId, accountId } from "../../../functions/core/deployment/account-id.ts";
import { EMPTY_CHAIN, linkEvent } from "../../../functions/core/journal/event.ts";
import { rootPath } from "../../../functions/core/task-path.ts";
import { NOW } from "../../fakes/samples/task.ts";
import { refused, type TestedStore } from "./tested-store.ts";

const event = (type: "account.halted" | "account.lifted") =>
  linkEvent(EMPTY_CHAIN, rootPath(randomBytes(32)), type, NOW * 1_000, { by: "staff|alice" });

/**
 * Contract of halts of target accounts. An item is a halt in force, and a lift removes exactly the halt that it names.
 */
export function accountHaltsContract(store: () => TestedStore): void {
  const halts = () => store().accountHalts;
  const anAccount = () => accountId(String(randomBytes(6).readUIntBE(0, 6)).padStart(15, "0").slice(-12));
  const lift = (account: AccountId) => ({ account, at: NOW + 60, by: "staff|bob" });

  describe("the halt of a target account", () => {
    it("is read by its account, with its event, until it is lifted; from then on the lift is read", async () => {
      const [account, other] = [anAccount(), anAccount()];
      const halt = { account, at: NOW, by: "staff|alice", reason: "a drill" };
      const [halted, lifted] = [event("account.halted"), event("account.lifted")];
      await halts().halt(halt, halted);
      expect(await halts().read([account, other, account])).toEqual(expect.arrayContaining([halt]));
      expect(await halts().read([other])).toEqual([]);
      expect(await halts().latestLift(account)).toBeUndefined();
      expect((await halts().list()).halts).toContainEqual(halt);
      await halts().lift(halt, lift(account), lifted);
      expect(await halts().read([account])).toEqual([]);
      expect(await halts().latestLift(account)).toEqual(lift(account));
      const { halts: left, lifts } = await halts().list();
      expect(left.map((each) => each.account)).not.toContain(account);
      expect(lifts).toContainEqual(lift(account));
      for (const each of [halted, lifted]) expect(await store().events(each.of)).toEqual([each]);
    });

    it("replaces an earlier halt, which then cannot be lifted", async () => {
      const account = anAccount();
      const earlier = { account, at: NOW, by: "escalation:E3:x" };
      for (const later of [
        { ...earlier, by: "staff|alice" },
        { ...earlier, at: NOW + 1 },
      ]) {
        await halts().halt(earlier);
        await halts().halt(later);
        await expect(halts().lift(earlier, lift(account), event("account.lifted"))).rejects.toEqual(
          refused("contended"),
        );
        expect(await halts().read([account])).toEqual([later]);
        expect(await halts().latestLift(account)).toBeUndefined();
      }
    });

    it("is lifted once", async () => {
      const account = anAccount();
      const halt = { account, at: NOW, by: "escalation:E3:x" };
      await halts().halt(halt);
      const lifting = () => halts().lift(halt, lift(account), event("account.lifted"));
      const outcomes = await Promise.allSettled([lifting(), lifting(), lifting()]);
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    });

    it("stays in force where the sign-in of the lift was used before", async () => {
      const account = anAccount();
      const halt = { account, at: NOW, by: "escalation:E3:x" };
      const person = { issuer: "staff", value: randomBytes(6).toString("hex") };
      const signIn = { person, signedInAt: NOW, nonce: "nonce", token: "token" };
      const another = anAccount();
      for (const each of [account, another]) await halts().halt({ ...halt, account: each });
      await halts().lift({ ...halt, account: another }, lift(another), event("account.lifted"), signIn);
      const again = halts().lift(halt, lift(account), event("account.lifted"), signIn);
      await expect(again).rejects.toEqual(refused("sign_in_used"));
      expect(await halts().read([account])).toEqual([halt]);
    });
  });
}
