import { describe, expect, it } from "vitest";
import { StagedPage } from "./staged-page.ts";
import { aTask } from "./stub-operate.ts";

const on = new StagedPage();
const ID = "k7f3m2q9x4ab.";
const CHILD = `${ID}c1x9.`;
const lookAgain = () => on.page.evaluate("dispatchEvent(new Event('online'))");

describe("the page of a task", () => {
  it("grows as a sub-agent starts, and shows the task's life up to the moment in which AWS denied its key", async () => {
    const { operate } = on.stage.hub;
    operate.tasks = [aTask()];
    operate.deniedAfterMs = 500;
    await on.open(`/tasks/${ID}`);
    await on.page.getByRole("heading", { name: `site-deployer ${ID}` }).waitFor();
    operate.tasks.push(aTask({ id: CHILD, agent: "linter", opened_at: new Date().toISOString() }));
    await lookAgain();
    await on.page.getByRole("link", { name: "linter" }).waitFor();
    await on.page.getByText(`The sub-agent linter started ${CHILD}`).waitFor();
    await on.page.getByRole("button", { name: `End the task ${ID}` }).click();
    await on.page.keyboard.press("Enter");
    await on.page.getByText("Denied by AWS 412 ms after the end.").waitFor();
    await lookAgain();
    await on.page.getByText("AWS was seen to refuse aws-0").waitFor();
    expect(await on.page.locator(".timeline time").allTextContents()).toEqual(
      expect.arrayContaining(["+0 ms", expect.stringMatching(/^\+\d[\d,]* ms$/)]),
    );
    expect(await on.page.getByRole("button", { name: /^End the task/ }).count()).toBe(0);
    expect(on.heard.heard).toEqual([]);
  });

  it("shows whether the displayed policy is the text that AWS got", async () => {
    const { operate } = on.stage.hub;
    operate.tasks = [aTask()];
    await on.open(`/tasks/${ID}`);
    await on.page.getByRole("button", { name: "Show the policy" }).click();
    await on.page.getByText("This is the text that AWS got").waitFor();
    operate.vended = { ...operate.vended, policy_sha256: "x".repeat(43) };
    await on.page.getByRole("link", { name: "Everything alive" }).click();
    const read = on.page.waitForResponse((response) => response.url().includes("tree="));
    await on.page.getByRole("link", { name: /^site-deployer / }).click();
    await read;
    await on.page.getByRole("button", { name: "Show the policy" }).click();
    await on.page.getByText("This is not the text that AWS got").waitFor();
  });

  it("highlights the Cedar policy behind the focused statement, and names it in words", async () => {
    on.stage.hub.operate.tasks = [aTask()];
    await on.open(`/tasks/${ID}`);
    await on.page.getByRole("button", { name: "Show the policy" }).click();
    const lit = () => on.page.locator(".cedar.lit code").allTextContents();
    const statements = on.page.locator(".statement");
    await statements.nth(0).focus();
    await expect.poll(lit).toEqual(["web-deploys"]);
    await statements.nth(1).hover();
    await expect.poll(lit).toEqual(["web-cleans"]);
    await statements.nth(2).focus();
    await expect.poll(lit).toEqual([]);
    // Scrolls until the last statement is below the mouse, which does not move.
    await on.page.mouse.move(300, 300);
    await statements.nth(0).focus();
    await on.page.evaluate("scrollBy(0, document.querySelectorAll('.statement')[2].getBoundingClientRect().top - 250)");
    await on.page.locator(".statement:hover", { hasText: "valetkey’s own" }).waitFor();
    await expect.poll(lit).toEqual(["web-deploys"]);
    expect(await statements.nth(2).textContent()).toContain("valetkey’s own");
    expect(await on.page.locator(".ledger tbody tr").allTextContents()).toEqual([
      expect.stringContaining("used 12 times"),
      expect.stringContaining("never used"),
      expect.stringContaining("not askednot grantedused 0 times, denied 3 times (AccessDenied)"),
    ]);
    expect(await on.page.locator(".steps .step-name").allTextContents()).toEqual([
      ...["asked 2 of 3", "granted 2 of 3", "used 1 of 3", "denied 1 of 3"],
    ]);
    expect(on.heard.heard).toEqual([]);
  });

  it("that waits for people claims no grant, no key and no deadline of its request", async () => {
    const approval = { id: "ap7f3k2m9q4x8b5c", hash: "h", needed: [], state: "pending" } as const;
    on.stage.hub.operate.tasks = [aTask({ status: "pending_approval", approval })];
    await on.open(`/tasks/${ID}`);
    await on.page.getByText("would be granted 2 of 3").waitFor();
    await on.page.getByText("This ends the task, which has no key.").waitFor();
    expect(await on.page.locator(".ledger tbody td.granted").allTextContents()).toContain("would be granted");
    expect(await on.page.getByRole("timer").count()).toBe(0);
    on.stage.hub.operate.tasks = [aTask({ status: "expired", approval })];
    await lookAgain();
    await on.page.getByText("Ended without a key").waitFor();
    on.stage.hub.operate.tasks = [aTask({ status: "pending_approval", approval }), aTask({ id: "b0d4t5r6w7xy." })];
    await on.page.getByRole("link", { name: "Everything alive" }).click();
    await on.page.locator(".task-row").getByText("Waits for people").waitFor();
    expect(await on.page.locator(".task-row").getByRole("timer").count()).toBe(1);
  });

  describe("names who approved it", () => {
    const named = () => on.page.locator(".facts > div", { hasText: "Approved by" });
    const at = "2026-11-27T12:02:00.250Z";
    const castAt = Date.parse("2026-11-27T12:01:00Z") / 1_000;
    const used = { n: 4, type: "approval.used", at };
    const inLog = (of: string, voters: unknown) => ({
      index: 1,
      event: { journal: "tasks", of, ...used, at: Date.parse(at), previous: "", hash: "", facts: { voters } },
    });
    const asked = () => on.stage.hub.requests.filter((each) => each.startsWith("/v1/journal"));

    it("by the log, each with their groups and the time, to a person who may read it", async () => {
      const voters = [
        { by: "staff|person:bob", groups: ["sre", "security"], cast_at: castAt },
        { by: "staff|\u202e<b>", groups: ["sre"], cast_at: castAt },
      ];
      const other = [{ by: "staff|person:carol", groups: ["sre"], cast_at: castAt }];
      on.stage.hub.reads.set("/v1/journal", { events: [inLog(CHILD, other), inLog(ID, voters)] });
      on.stage.hub.operate.tasks = [aTask(), aTask({ id: CHILD })];
      on.stage.hub.operate.events = [{ task: ID, ...used }];
      await on.open(`/tasks/${ID}`);
      await named().getByText("person:bob at staff of sre, security").waitFor();
      await named().getByText("\\u{202E}<b> at staff of sre").waitFor();
      expect(await named().textContent()).toMatch(/27 Nov 2026, \d\d:01:00/);
      expect(await on.page.getByText("carol").count()).toBe(0);
      const moment = encodeURIComponent(at);
      expect(asked()).toEqual([`/v1/journal?task=${ID}&since=${moment}&until=${moment}`]);
      expect(on.heard.heard).toEqual([]);
    });

    it("to nobody who may not read the log, as no failure", async () => {
      on.refuse("/v1/journal", "valetkey:ReadJournal");
      on.stage.hub.operate.tasks = [aTask()];
      on.stage.hub.operate.events = [{ task: ID, ...used }];
      const refused = on.page.waitForResponse((response) => response.url().includes("/v1/journal"));
      await on.open(`/tasks/${ID}`);
      await refused;
      await on.page.getByText("The votes were verified").waitFor();
      expect(await named().count()).toBe(0);
      expect(await on.page.locator(".notice.bad").count()).toBe(0);
    });

    it("only of a task whose approval was used: no log is read for another one", async () => {
      on.stage.hub.operate.tasks = [aTask(), aTask({ id: CHILD })];
      on.stage.hub.operate.events = [{ task: CHILD, ...used }];
      await on.open(`/tasks/${ID}`);
      await on.page.getByText("used 12 times").waitFor();
      expect(asked()).toEqual([]);
    });
  });

  it("reports a task that does not exist", async () => {
    await on.open(`/tasks/${ID}`);
    await on.page.getByRole("heading", { name: "Task" }).waitFor();
    on.stage.hub.answer = ({ url = "" }, response) => {
      if (!url.startsWith("/v1/tasks")) return false;
      response.writeHead(404, { "content-type": "application/json" });
      response.end(JSON.stringify({ code: "task_unknown", error_description: "There is no such task." }));
      return true;
    };
    await on.page.reload();
    await on.page.getByText("There is no such task.").waitFor();
    expect(await on.page.getByRole("heading", { level: 1 }).textContent()).toBe("No task to show");
  });
});
