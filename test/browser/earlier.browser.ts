import { describe, expect, it } from "vitest";
import { ID, StagedPage } from "./staged-page.ts";

const on = new StagedPage();

const PATH = `/v1/approvals/${ID}/earlier`;
const REQUESTS = [
  {
    ...{ id: "ap7f3k2m9q4x8b51", asked_at: "2026-11-26T10:00:00Z", outcome: "denied" },
    ...{ by: ["staff|person:carol"], at: "2026-11-26T10:04:00Z" },
  },
  ...[4, 3, 2].map((nth) => ({
    ...{ id: `ap7f3k2m9q4x8b5${nth}`, asked_at: `2026-11-2${nth}T10:00:00Z`, outcome: "approved" },
    ...{ by: ["staff|person:bob"], at: `2026-11-2${nth}T10:01:00Z` },
  })),
];
const answer = (requests: readonly object[], cut = false) =>
  on.stage.hub.reads.set(PATH, { since: "2026-10-28T10:00:00Z", cut, requests });

/** Opens the page of the request. @returns the box of the earlier requests, and the top of the button that approves. */
async function opened() {
  await on.ask();
  await on.open();
  await on.approve().waitFor();
  return on.page
    .locator("details", { hasText: "earlier" })
    .or(on.page.locator("details", { hasText: "before" }))
    .first();
}

describe("the earlier requests on the page of a request", () => {
  it("are counted in one line, and listed in its box with time, outcome and person", async () => {
    answer(REQUESTS);
    const box = await opened();
    await on.page.getByText("Asked 4 times before, within 30 days: 3 approved, 1 denied.").click();
    const lines = await box.locator("li").allTextContents();
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^26 Nov 2026, \S+: denied by person:carol at staff, 26 Nov 2026, \S+$/);
    expect(lines[3]).toMatch(/^22 Nov 2026, \S+: approved by person:bob at staff, 22 Nov 2026, \S+$/);
    await on.page.setViewportSize({ width: 1_200, height: 1_600 });
    if (process.env.VALETKEY_PICTURE) await on.page.screenshot({ path: process.env.VALETKEY_PICTURE, fullPage: true });
    expect(on.heard.heard).toEqual([]);
  });

  it("are read once, while the request itself is read again", async () => {
    answer(REQUESTS);
    await opened();
    const reads = (path: string) => on.stage.hub.requests.filter((each) => each === path).length;
    await expect.poll(() => reads(`/v1/approvals/${ID}`), { timeout: 15_000 }).toBeGreaterThan(2);
    expect(reads(PATH)).toBe(1);
  });

  it("move no button when they arrive, and hide none where they cannot be read", async () => {
    let answerNow = (): void => undefined;
    on.stage.hub.answer = (request, response) => {
      if (request.url !== PATH || request.method !== "GET") return false;
      answerNow = () =>
        void response
          .writeHead(503, { "content-type": "application/json" })
          .end(JSON.stringify({ code: "store_unavailable", error_description: "Later." }));
      return true;
    };
    await opened();
    await on.page.getByText("Reading the earlier requests for this…").waitFor();
    const before = await on.approve().boundingBox();
    answerNow();
    await on.page.getByText("The earlier requests for this could not be read.").waitFor();
    expect(await on.approve().boundingBox()).toEqual(before);
    expect(await on.approve().isEnabled()).toBe(true);
  });

  it("say that older ones were not read, where the agent asked too often for that", async () => {
    answer(REQUESTS.slice(1), true);
    await opened();
    await on.page
      .getByText("Asked at least 3 times before, within 30 days: 3 approved. The agent has asked so often")
      .waitFor();
  });

  it("say nothing of the agent's words, and show a hostile outcome as text", async () => {
    answer([{ ...REQUESTS[0], outcome: "<b>approved</b>\u202e" }]);
    const box = await opened();
    await on.page.getByText("Asked 1 time before").click();
    expect(await box.locator("b").count()).toBe(0);
    expect(await box.locator("li").textContent()).toContain("<b>approved</b>\\u{202E}");
  });
});
