import { describe, expect, it } from "vitest";
import { glassNonce, reviewNonce } from "../../contract/decision/record-hash.ts";
import { ID, StagedPage } from "./staged-page.ts";

const on = new StagedPage();

describe("breaking the glass", () => {
  it("is apart from approving, and signs another nonce", async () => {
    const shown = await on.ask({ break_glass: true });
    await on.open();
    await on.page.getByText("In an emergency").click();
    await on.page.getByRole("button", { name: "Break the glass: approve alone" }).click();
    await on.page.getByRole("button", { name: "Sign in" }).click();
    await on.page.getByText("Both alarms ring").waitFor();
    const vote = on.stage.issuer.requests.find((asked) => asked.get("client_id") === "valetkey-approvals");
    expect(vote?.get("nonce")).toBe(await glassNonce(shown.hash));
    expect(on.stage.hub.decided).toEqual([{ decision: "break_glass", vote: expect.stringMatching(/^ey/) }]);
  });

  it("is not offered where policy lets nobody do it", async () => {
    await on.ask();
    await on.open();
    await on.approve().waitFor();
    expect(await on.page.getByText("In an emergency").count()).toBe(0);
  });

  it.each([
    ["of this request", (hash: string) => hash, 1],
    ["of another request, which is offered for no review", () => "A".repeat(43), 0],
  ])("is reviewed by a vote over the use %s", async (_, hashOf, offered) => {
    const shown = await on.ask({ break_glass: true });
    const use = {
      id: ID,
      n: 1,
      task: "k7f3m2q9x4ab.",
      hash: hashOf(shown.hash),
      votes: ["v"],
      usedAt: 1,
      glass: true,
    } as const;
    const review = { use, by: "staff|bob", due_at: "2026-11-28T12:00:00Z", done: false };
    const you = { groups: ["sre"], may_vote: false, has_voted: false };
    on.stage.hub.approvals.set(ID, { ...shown, status: "used", review, you });
    await on.open();
    await on.page.getByText("bob at staff broke the glass at ").waitFor();
    const link = on.page.getByRole("link", { name: "What the task did" });
    expect(await link.getAttribute("href")).toBe("/tasks/k7f3m2q9x4ab.");
    const button = on.page.getByRole("button", { name: "I have reviewed what was done" });
    expect(await button.count()).toBe(offered);
    if (offered === 0) return;
    await button.click();
    await on.page.getByRole("button", { name: "Sign in" }).click();
    await on.page.getByText("The agent is not suspended for it").waitFor();
    const vote = on.stage.issuer.requests.find((asked) => asked.get("client_id") === "valetkey-approvals");
    expect(vote?.get("nonce")).toBe(await reviewNonce(use));
    expect(on.stage.hub.decided).toEqual([{ vote: expect.stringMatching(/^ey/) }]);
  });
});
