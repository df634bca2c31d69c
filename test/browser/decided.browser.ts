import { describe, expect, it } from "vitest";
import { ID, StagedPage } from "./staged-page.ts";

const on = new StagedPage();

describe("a decided request", () => {
  const you = { groups: ["sre"], may_vote: false, has_voted: true };
  const task = { id: "k7f3m2q9x4ab.", live: true };

  it("is listed apart from the waiting ones, and its task is ended by keyboard alone", async () => {
    await on.ask({ id: "ap0000000waits00" });
    const shown = await on.ask();
    on.stage.hub.approvals.set(ID, { ...shown, status: "used", task, you });
    await on.page.goto(`${on.stage.origin}/approvals`);
    await on.page.getByLabel("Name").waitFor();
    await on.page.keyboard.press("Enter");
    await on.page.getByRole("heading", { name: "Decided 1" }).waitFor();
    await on.page.getByText("Used; you can end its task").waitFor();
    expect(on.stage.hub.requests).toContain("/v1/approvals?status=pending,review,standing,decided");
    await on.page.getByRole("link", { name: /Used; you can end its task/ }).focus();
    await on.page.keyboard.press("Enter");
    await on.page.getByRole("heading", { name: /asks for a key for 15 minutes/ }).waitFor();
    await on.tabTo("End the task…");
    await on.page.keyboard.press("Enter");
    await on.tabTo("Keep");
    expect(on.stage.hub.requests).not.toContain(`/v1/tasks/${task.id}/end`);
    await on.page.keyboard.press("Shift+Tab");
    await on.page.keyboard.press("Enter");
    await on.page.getByText("The task is ended").waitFor();
    on.stage.hub.approvals.set(ID, { ...shown, status: "used", task: { ...task, live: false }, you });
    await on.page.getByText("The agent had its key. The task has ended").waitFor();
    await expect.poll(() => on.page.evaluate("document.activeElement.textContent")).toContain("The task is ended");
    expect(await on.page.getByRole("button", { name: "End the task" }).count()).toBe(0);
    expect(on.stage.hub.requests).toContain(`/v1/tasks/${task.id}/end`);
    expect(on.heard.heard).toEqual([]);
  });

  it.each([
    ["withdrawn", { status: "approved" as const, you }, "Approved; you can withdraw it"],
    [
      "ended by another of the group",
      { status: "standing" as const, you: { ...you, has_voted: false } },
      "Standing; you can end it",
    ],
  ])("can be %s", async (_, changes, says) => {
    const shown = await on.ask();
    on.stage.hub.approvals.set(ID, { ...shown, ...changes });
    await on.open("/approvals");
    await on.page.getByText(says).waitFor();
  });

  it("is listed first while it waits for a review", async () => {
    const shown = await on.ask({ break_glass: true });
    const use = { id: ID, n: 1, task: task.id, hash: shown.hash, votes: ["v"], usedAt: 1, glass: true } as const;
    const review = { use, due_at: "2026-11-28T12:00:00Z", done: false };
    on.stage.hub.approvals.set(ID, { ...shown, status: "used", review, task, you: { ...you, has_voted: false } });
    await on.open("/approvals");
    await on.page.getByRole("heading", { name: "To review 1" }).waitFor();
    await on.page.getByText("review until 28 Nov 2026, ").waitFor();
    expect(await on.page.getByText("Nothing waits").count()).toBe(0);
  });

  it("has the button beside the sentence, and no link to the task's page, which approvers may not see", async () => {
    const shown = await on.ask();
    on.stage.hub.approvals.set(ID, { ...shown, status: "used", task, you });
    await on.open();
    const state = on.page.locator(".state", { hasText: "To revoke it, end the task." });
    await state.getByRole("button", { name: `End the task ${task.id} of ` }).waitFor();
    expect(await on.page.locator(`a[href="/tasks/${task.id}"]`).count()).toBe(0);
    await on.page.getByText("As a command").click();
    await on.page.getByText(`npx valetkey revoke ${task.id}`).waitFor();
  });

  it("shows that policy does not let the person end tasks", async () => {
    const shown = await on.ask();
    on.stage.hub.approvals.set(ID, { ...shown, status: "used", task, you });
    await on.open();
    await on.page.getByRole("button", { name: "End the task" }).waitFor();
    on.stage.hub.answer = (request, response) => {
      if (request.method !== "POST") return false;
      response.writeHead(403, { "content-type": "application/json" }).end('{"code":"operator_denied"}');
      return true;
    };
    await on.page.getByRole("button", { name: "End the task" }).click();
    await on.page.getByRole("button", { name: "End it now" }).click();
    await on.page.getByText("Policy does not let you end tasks").waitFor();
    expect(await on.page.getByRole("button", { name: "End the task" }).count()).toBe(1);
  });
});
