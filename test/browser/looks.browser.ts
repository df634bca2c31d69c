import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faultsOfLooks } from "./faults-of-looks.ts";
import { type HeardPage, heardPage, openBrowser } from "./open-browser.ts";
import { SAMPLE_READS } from "./sample-reads.ts";
import { type Stage, startStage } from "./stage.ts";
import { aRequest } from "./stub-hub.ts";

const SIZES = [320, 1_200, 1_920];

let browser: Browser;
let stage: Stage;
beforeAll(async () => {
  browser = await openBrowser();
  stage = await startStage();
  const shown = await aRequest(stage.hub.url);
  stage.hub.approvals.set(shown.record.id, shown);
  const other = await aRequest(stage.hub.url, { id: "ap0000000others0", purpose: "\u202eA".repeat(200) });
  stage.hub.approvals.set("ap0000000others0", {
    ...other,
    you: { groups: ["sre"], may_vote: false, has_voted: false, why: "owner_alone" },
  });
  const standing = { uses: 30, window: 30 * 86_400, shape: "9f2c" };
  const used = await aRequest(stage.hub.url, { id: "ap00000000used00" });
  const task = { id: "k7f3m2q9x4ab.", live: true };
  const has_voted = { groups: ["sre"], may_vote: false, has_voted: true };
  stage.hub.approvals.set("ap00000000used00", { ...used, status: "used", task, you: has_voted });
  const glass = await aRequest(stage.hub.url, { id: "ap0000000glass00", break_glass: true });
  const use = {
    id: "ap0000000glass00",
    n: 1,
    task: task.id,
    hash: glass.hash,
    votes: ["v"],
    usedAt: 1,
    glass: true,
  } as const;
  const review = { use, due_at: "2026-11-28T12:00:00Z", done: false };
  const mayReview = { groups: ["sre"], may_vote: false, has_voted: false };
  stage.hub.approvals.set("ap0000000glass00", { ...glass, status: "used", review, task, you: mayReview });
  for (const [path, answer] of SAMPLE_READS) stage.hub.reads.set(path, answer);
  stage.hub.approvals.set("ap00000standing0", await aRequest(stage.hub.url, { id: "ap00000standing0", standing }));
});
afterAll(async () => {
  await browser.close();
  stage.close();
});

/** One signed-in page for all tests of a block. A context for each page cost more than the checks. */
function walkerIn(look: Parameters<typeof heardPage>[1]): () => HeardPage {
  let walker: HeardPage | undefined;
  beforeAll(async () => {
    walker = await heardPage(browser, look);
    const { page } = walker;
    await page.goto(`${stage.origin}/approvals`);
    const signIn = page.getByRole("button", { name: "Sign in" });
    await signIn.or(page.getByText("For you")).first().waitFor();
    if ((await signIn.count()) > 0) await signIn.click();
    await page.getByText("For you").first().waitFor();
  });
  afterAll(() => walker?.context.close());
  return () => {
    if (walker === undefined) throw new Error("nobody has signed in");
    return walker;
  };
}

describe.each(["light", "dark"] as const)("in a %s theme", (colorScheme) => {
  describe.each(SIZES)("at %d px", (width) => {
    const walker = walkerIn({ colorScheme, viewport: { width, height: 800 }, reducedMotion: "reduce" });
    it.each([
      ["the inbox", "/approvals", "For you"],
      ["the inbox's decided ones", "/approvals", "Decided"],
      ["a decision", "/approvals/ap7f3k2m9q4x8b5c", "What you sign"],
      ["a used approval", "/approvals/ap00000000used00", "End the task"],
      ["a broken glass", "/approvals/ap0000000glass00", "I have reviewed what was done"],
      ["somebody else's decision", "/approvals/ap0000000others0", "You cannot decide"],
      ["a decision about 30 keys", "/approvals/ap00000standing0", "Nobody is asked again"],
      ["the consents", "/consents", "At the most"],
      ["consents of somebody whom nobody let act", "/consents/staff%7Cnobody", "Of another person"],
      ["the agents", "/agents", "site-deployer"],
      ["an agent", "/agents/report-agent", "What you can do"],
      ["an agent that has left", "/agents/left-agent", "signed off"],
      ["the policies", "/policies", "The nightly report."],
      ["the question who decides", "/explain", "Who decides?"],
      ["the log", "/audit", "holds the same log"],
      ["escalations", "/escalations", "more than are listed"],
      ["a request that is not there", "/approvals/ap00000000none00", "No request to show"],
    ])("%s has no finding of axe, fits its width, and has one primary action at most", async (_, path, text) => {
      const { page, heard } = walker();
      heard.splice(0);
      // Navigates as a link of the console does: the document remains, and so does the sign-in.
      await page.evaluate(`history.pushState(null, "", "${path}"); dispatchEvent(new PopStateEvent("popstate"))`);
      await page.getByText(text).first().waitFor();
      expect(await faultsOfLooks(page)).toEqual([]);
      expect(heard.filter((line) => !line.includes("404"))).toEqual([]);
    });
  });
});
