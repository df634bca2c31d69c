import { beforeEach, describe, expect, it } from "vitest";
import { HOSTILE, SAMPLE_READS } from "./sample-reads.ts";
import { StagedPage } from "./staged-page.ts";

const staged = new StagedPage();
const LOG = new Map(SAMPLE_READS).get("/v1/journal") as object;
beforeEach(() => {
  for (const [path, answer] of SAMPLE_READS) staged.stage.hub.reads.set(path, answer);
});

/** Fifty events, of which each third came into the log after a later one. */
const FIFTY = Array.from({ length: 50 }, (_, nth) => ({
  index: 48_000 - nth,
  event: {
    ...{ journal: "tasks", of: "k7f3m2q9x4ab.", n: nth + 1, type: "task.refused", previous: "p", hash: "h" },
    at: Date.parse("2026-11-27T12:00:00Z") - nth * 60_000 - (nth % 3 === 0 ? 600_000 : 0),
    facts: { agent: "report-agent", code: "policy_denied", purpose: HOSTILE },
  },
}));

describe("the table of the log", () => {
  it("has fifty events on two screens, in the order of their times", async () => {
    staged.stage.hub.reads.set("/v1/journal", { ...LOG, events: FIFTY });
    await staged.page.setViewportSize({ width: 1_200, height: 900 });
    await staged.open("/audit");
    const table = staged.page.getByRole("table", { name: "Events, the latest first" });
    await table.waitFor();
    const times = await table.locator("time").allTextContents();
    expect(times).toHaveLength(50);
    expect(times).toEqual(times.toSorted().toReversed());
    expect((await table.boundingBox())?.height).toBeLessThan(1_800);
    expect(staged.heard.heard).toEqual([]);
  });

  it("opens a row by keyboard for all facts of its event, a hostile text among them", async () => {
    await staged.open("/audit");
    const { page } = staged;
    const row = page.getByRole("button", { name: "task refused, place 48211: details" });
    await row.focus();
    await page.keyboard.press("Enter");
    expect(await row.getAttribute("aria-expanded")).toBe("true");
    await page.locator(".event-details").getByText("<img src=x onerror=alert(1)>").first().waitFor();
    expect(await page.locator("img").count()).toBe(0);
    await page.locator(".event-details").getByText("48,211 of the log, number 1 of its chain").waitFor();
    await page.keyboard.press("Enter");
    expect(await page.locator(".event-details").count()).toBe(0);
  });
});

describe("the times of a search", () => {
  it("are chosen as days, of which the last one is searched to its end", async () => {
    await staged.open("/audit");
    const { page, stage } = staged;
    await page.getByLabel("Since: day").fill("2026-11-24");
    await page.getByLabel("Until: day").fill("2026-11-25");
    await page.keyboard.press("Enter");
    await page.getByText("--since 2026-11-24 --until 2026-11-25").waitFor();
    expect(new URL(page.url()).pathname).toBe("/audit/since=2026-11-24&until=2026-11-25");
    expect(stage.hub.requests.at(-1)).toBe(
      "/v1/journal?since=2026-11-24T00%3A00%3A00.000Z&until=2026-11-25T23%3A59%3A59.999Z",
    );
    await page.getByLabel("Until: time").fill("10:30:00");
    await page.keyboard.press("Enter");
    await expect.poll(() => stage.hub.requests.at(-1)).toContain("until=2026-11-25T10%3A30%3A00.000Z");
  });

  it("are refused on the page where a link has none, and nothing is asked", async () => {
    await staged.open("/audit/since=last+tuesday");
    await staged.page.getByRole("alert").getByText('"last tuesday" is no time.').waitFor();
    expect(staged.stage.hub.requests.filter((path) => path.startsWith("/v1/journal"))).toEqual([]);
  });
});

describe("the question who could", () => {
  it("writes the command for the chosen moment, and asks the hub nothing", async () => {
    await staged.open("/audit");
    const { page, stage } = staged;
    await page.getByLabel("Resource (ARN)").fill("arn:aws:s3:::acme-data/a.csv");
    const before = stage.hub.requests.length;
    await page.getByLabel("Moment (UTC), or now").fill("2026-11-24T12:00:00");
    await page.getByText("who-could s3://").waitFor();
    expect(await page.getByText("--at 2026-11-24T12:00").count()).toBe(1);
    expect(stage.hub.requests).toHaveLength(before);
  });
});
