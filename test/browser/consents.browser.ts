import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { HOSTILE } from "./sample-reads.ts";
import { StagedPage } from "./staged-page.ts";
import { aConsent, aTask } from "./stub-operate.ts";

const staged = new StagedPage();
const CONSENT = "0123456789abcdef0123456789abcdef";

describe("the page of consents", () => {
  it("shows who may act, for what, within which limits, how long, and when last; a consent is withdrawn by keyboard alone", async () => {
    const { page, stage } = staged;
    stage.hub.operate.consents = [aConsent({ purpose: HOSTILE, last_used_at: "2026-11-27T11:55:00Z" })];
    stage.hub.operate.tasks = [aTask(), aTask({ id: "k7f3m2q9x4ab.c1x9.", agent: "helper" })];
    await staged.open("/consents");
    const card = page.getByRole("article", { name: "Consent for site-deployer" });
    await card.getByText("9 days left").waitFor();
    await card.getByText("27 Nov 2026").waitFor();
    for (const each of ["<img src=x onerror=alert(1)>", "\\u{202E}", "staff|person:erin", "s3:DeleteObject"])
      expect(await card.textContent()).toContain(each);
    expect(await page.locator("main img").count()).toBe(0);
    await staged.tabTo("Withdraw…");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.evaluate("document.activeElement.textContent")).toBe("Withdraw it, and end its tasks");
    expect(stage.hub.requests.filter((each) => each.includes("withdraw"))).toEqual([]);
    await page.keyboard.press("Enter");
    await page.getByText("Denied by AWS 412 ms after the end.").waitFor();
    await page.getByText("No agent may act for you.").waitFor();
    expect(stage.hub.requests.filter((each) => each.includes("withdraw"))).toEqual([
      `/v1/consents/${CONSENT}/withdraw`,
    ]);
    expect(await staged.everythingStored()).not.toContain("eyJ");
    expect(staged.heard.heard).toEqual([]);
  });

  it("shows until when an agent is paused for the person", async () => {
    const { page, stage } = staged;
    const paused = { by: "escalation:E6:fK2w", until: "2026-11-28T11:55:00Z" };
    stage.hub.operate.consents = [aConsent({ paused }), aConsent({ id: "f".repeat(32), agent: agentId("helper") })];
    await staged.open("/consents");
    const card = page.getByRole("article", { name: "Consent for site-deployer" });
    await card
      .getByText(/^A rule of escalation has paused site-deployer for staff\|person:erin until 28 Nov 2026/)
      .waitFor();
    expect(await page.getByText("has paused").count()).toBe(1);
  });

  it("explains how to give a consent where there is none, and its form leads to the page on which the person signs", async () => {
    const { page, stage } = staged;
    await staged.open("/consents");
    await page.getByText("No agent may act for you.").waitFor();
    await page.getByText("npx valetkey consents give <agent>").waitFor();
    await page.getByLabel("Agent", { exact: true }).fill("report-agent");
    await page.getByLabel("Purpose, in your words").fill("summarise my reports");
    await page.getByLabel("The most that it may get").fill("[{");
    await page.getByRole("button", { name: "Read it, then sign" }).click();
    await page.getByRole("alert").getByText("as a JSON list").waitFor();
    const ceiling = [{ type: "tool", server: "tickets", tools: ["search"] }];
    await page.getByLabel("The most that it may get").fill(JSON.stringify(ceiling));
    await page.getByRole("button", { name: "Read it, then sign" }).click();
    await page.getByRole("heading", { name: "Let the agent report-agent act for you" }).waitFor();
    expect(stage.hub.performed).toEqual([]);
    await page.getByRole("button", { name: "Let the agent report-agent act for you" }).click();
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Done").waitFor();
    expect(stage.hub.performed).toMatchObject([
      {
        path: "/v1/consents",
        body: { agent: "report-agent", purpose: "summarise my reports", days: 30, authorization_details: ceiling },
      },
    ]);
  });

  it("shows operators another person's consents and a single one by its id, under URLs that can be shared", async () => {
    const { page, stage } = staged;
    stage.hub.reads.set("/v1/consents", { consents: [aConsent({ person: "staff|a/b" })] });
    stage.hub.reads.set(`/v1/consents/${CONSENT}`, aConsent({ status: "ended" }));
    await staged.open("/consents");
    const field = page.getByLabel("Person, or id of a consent");
    await field.fill("staff|a/b");
    await page.keyboard.press("Enter");
    await page.getByText("Agents that may act for staff|a/b").waitFor();
    expect(new URL(page.url()).pathname).toBe("/consents/staff%7Ca%2Fb");
    await expect.poll(() => stage.hub.requests).toContain("/v1/consents?person=staff%7Ca%2Fb");
    await field.fill(CONSENT);
    await page.keyboard.press("Enter");
    await page.getByText("ended", { exact: true }).waitFor();
    expect(await page.getByRole("button", { name: /Withdraw/ }).count()).toBe(0);
  });

  it("offers no command to copy where a link put hidden characters into it, and shows them", async () => {
    const { page } = staged;
    await staged.open(`/consents/${encodeURIComponent("staff|x\u0003\n\u001b[201~id\u202e")}`);
    const command = page.locator(".command").filter({ hasText: "--person" });
    await command.getByText("Not to be copied").waitFor();
    expect(await command.locator("code").textContent()).toContain("staff|x\\u{3}\\u{A}\\u{1B}[201~id\\u{202E}");
    expect(await command.getByRole("button").count()).toBe(0);
    await page.getByLabel("Person, or id of a consent").fill("staff|x");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Copy: npx valetkey consents --person 'staff|x'" }).waitFor();
  });

  it("shows why a consent was not withdrawn, and keeps it in the list", async () => {
    const { page, stage } = staged;
    stage.hub.operate.consents = [aConsent()];
    await staged.open("/consents");
    stage.hub.answer = (request, response) => {
      if (!request.url?.endsWith("/withdraw")) return false;
      response.writeHead(403, { "content-type": "application/json" });
      response.end(JSON.stringify({ code: "operator_denied", error_description: "No." }));
      return true;
    };
    await page.getByRole("button", { name: "Withdraw the consent for site-deployer" }).click();
    await page.getByRole("button", { name: "Withdraw it, and end its tasks" }).click();
    await page.getByRole("alert").getByText("valetkey:EndConsent").waitFor();
    expect(await page.getByText("You ended").count()).toBe(0);
  });
});
