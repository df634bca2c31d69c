import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { poll, put, type WaitingAnswer } from "../../local/approval-tour.ts";
import type { TokenAnswer } from "../../local/tour.ts";
import { hubRedeems, type LocalCloud, startLocalCloud } from "../harness/local-cloud.ts";
import { faultsOfLooks } from "./faults-of-looks.ts";
import { heardPage, openBrowser } from "./open-browser.ts";
import { approve, signInAs, Visitors } from "./visitors.ts";

/** Policy whose requests wait as short as can be configured. */
const SOON_OVER = `@id("soon-over") @approval("hasty")
permit (principal in Team::"demo", action == Action::"s3:PutObject", resource is AWS::Resource)
when { resource.arn like "arn:aws:s3:::acme-data/hasty/*" };`;

let browser: Browser;
let local: LocalCloud;
let people: Visitors;
/** Request that nobody decides, and the page that shows it: open from the beginning of this file on, for the shortest time that can be configured. */
let [hasty, hastyPage]: [WaitingAnswer | undefined, Page | undefined] = [undefined, undefined];

beforeAll(async () => {
  browser = await openBrowser();
  local = await startLocalCloud({
    policy: SOON_OVER,
    change: ({ approvers, ...config }) => ({
      ...config,
      approvers: { ...approvers, hasty: { issuer: "staff", claim: "groups", value: "sre", timeoutSeconds: 60 } },
    }),
  });
  people = new Visitors(browser, local);
  hasty = await local.ask({ object: "hasty/weekly.csv" });
  hastyPage = (await heardPage(browser)).page;
  await hastyPage.goto(people.decisionOf(hasty));
  await signInAs(hastyPage, "Bob");
  await approve(hastyPage).waitFor();
});
afterEach(() => people.leave());
afterAll(async () => {
  await browser?.close();
  await local?.close();
});

describe("a hostile purpose (I9f)", () => {
  const TAGS = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script> https://evil.example.com javascript:alert(1) `;

  it.each([
    ["turns text around", "\u202egpj.exe"],
    ["controls a terminal", "\u001b[31mred"],
    ["has 10,000 characters", "A".repeat(10_000)],
  ])("is refused by the exchange where it %s", async (_, purpose) => {
    await expect(local.ask({ purpose })).rejects.toThrow("400");
  });

  it("changes nothing outside its box, as long and as wide as the exchange takes it", async () => {
    const purpose = `${TAGS}\u200b${"W".repeat(256)}`.slice(0, 256);
    const waiting = await local.ask({ purpose });
    for (const width of [320, 1_200]) {
      const page = await people.newPage({ viewport: { width, height: 800 } });
      await page.goto(people.decisionOf(waiting));
      await signInAs(page, "Bob");
      await approve(page).waitFor();
      expect(await page.title()).not.toBe("owned");
      expect(await page.locator("main img, main script, main a[href*='evil']").count()).toBe(0);
      const box = page.getByRole("region", { name: /own words/ });
      expect(await box.textContent()).toContain(`${TAGS}\\u{200B}WWW`);
      const [outer, inner] = [await box.boundingBox(), await page.locator("main").boundingBox()];
      expect((outer?.x ?? 0) + (outer?.width ?? 0)).toBeLessThanOrEqual((inner?.x ?? 0) + (inner?.width ?? 0));
      expect(await faultsOfLooks(page)).toEqual([]);
    }
  });
});

describe("several requests by one sign-in", () => {
  it("are shown whole, fit every theme and width, and each brings its key", async () => {
    const all = [
      await local.ask({ purpose: "publish the weekly report" }),
      await local.ask({ object: "published/yearly.csv", purpose: "publish the yearly report" }),
      await local.ask({ object: "published/daily.csv", purpose: `${"publish it ".repeat(20)}` }),
    ];
    const page = await people.openAs("Bob", `${local.origin}/approvals`);
    for (const { task } of all) await page.locator(`li:has(a[href$="${task.approval.id}"]) input`).check();
    await page.getByRole("button", { name: "Look at these 3 together" }).click();
    await page.getByRole("button", { name: "Approve all 3" }).waitFor();
    for (const colorScheme of ["light", "dark"] as const)
      for (const width of [320, 1_200]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        expect(await faultsOfLooks(page)).toEqual([]);
        const { PICTURES: folder } = process.env;
        if (folder) await page.screenshot({ path: `${folder}/batch-${colorScheme}-${width}.png`, fullPage: true });
      }
    await page.getByRole("button", { name: "Approve all 3" }).click();
    await signInAs(page, "Bob");
    await page.getByText("3 of 3 approvals are recorded.").waitFor();
    for (const each of all) expect((await people.polled(each)).credentials).toHaveLength(1);
  });
});

describe("an issuer whose codes the hub redeems", () => {
  it("never shows the page a vote: it sends the code and the verifier, and the key comes", async () => {
    const redeeming = await startLocalCloud({ change: hubRedeems, hasRules: false });
    try {
      const waiting = await redeeming.ask();
      const page = await people.openAs("Bob", `${redeeming.origin}/approvals/${waiting.task.approval.id}`);
      const sent: string[] = [];
      page.on("request", (request) => sent.push(`${request.url()} ${request.postData() ?? ""}`));
      await approve(page).click();
      await signInAs(page, "Bob");
      await page.getByText("Your approval is recorded").waitFor();
      const decisions = sent.filter((each) => each.includes("/decide "));
      expect(decisions).toHaveLength(1);
      expect(decisions[0]).toMatch(/"code":.*"code_verifier":.*"redirect_uri":/);
      expect(decisions[0]).not.toMatch(/"vote"|eyJ/);
      const answer = (await (await poll(redeeming.api, waiting.access_token)).json()) as TokenAnswer;
      expect(answer.credentials[0] && (await put(redeeming.cloud, answer.credentials[0]))).toBe("200");
    } finally {
      await redeeming.close();
    }
  });
});

describe("a request that nobody decides", () => {
  it("expires while it is open: the buttons go, and nobody calls it a denial", async () => {
    if (!hasty || !hastyPage) throw new Error("it was not opened");
    await hastyPage.getByText("That is no denial").waitFor({ timeout: 70_000 });
    expect(await approve(hastyPage).count()).toBe(0);
    expect(await people.polled(hasty)).toMatchObject({ status: 403, code: "approval_expired" });
  });
});
