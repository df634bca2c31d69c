import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { faultsOfLooks } from "./faults-of-looks.ts";
import { HOSTILE, SAMPLE_READS } from "./sample-reads.ts";
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
    await page.getByText("npx valetkey consents give --help").waitFor();
    await page.getByLabel("Agent", { exact: true }).fill("report-agent");
    await page.getByLabel("Purpose, in your words").fill("summarise my reports");
    await page.getByText("As JSON", { exact: true }).click();
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

  it("makes the ceiling of lines that a person fills by keyboard, and shows exactly it in words", async () => {
    const { page, stage } = staged;
    stage.hub.operate.agents = [{ id: "report-agent", name: HOSTILE }];
    stage.hub.operate.accounts = [
      { account: "111122223333", name: HOSTILE },
      { account: "444455556666", name: "Left", retired: true },
    ];
    await page.setViewportSize({ width: 320, height: 800 });
    await staged.open("/consents");
    const words = page.getByRole("region", { name: "The consent in words" });
    await words.getByText("Choose the account").waitFor();
    expect(stage.hub.requests.filter((path) => /^\/v1\/(agents|accounts)/.test(path))).toEqual([]);
    await page.getByLabel("Agent", { exact: true }).focus();
    await page.locator("#give-0-account option[value='111122223333']").waitFor({ state: "attached" });
    expect(await page.locator("#give-0-account option").allTextContents()).toEqual([
      "Choose an account",
      expect.stringContaining("\\u{202E}"),
    ]);
    expect(await page.locator("#give-agents option").getAttribute("value")).toBe("report-agent");
    const type = async (text: string): Promise<void> => {
      await page.keyboard.type(text);
      await page.keyboard.press("Tab");
    };
    await type("report-agent");
    await type("summarise my reports");
    await type("");
    await type("");
    await type("111122223333");
    await type("s3:GetObject s3:ListBucket");
    await type("acme-data");
    await page.getByRole("button", { name: "Read it, then sign" }).click();
    await page.getByRole("alert").getByText('"acme-data" is no ARN.').waitFor();
    await page.getByLabel("Resources, by ARN").fill("arn:aws:s3:::acme-data/*");
    await words.getByText(/^Call AWS in account 111122223333 \(.*\\u\{202E\}/).waitFor();
    await words.getByText("every resource whose name begins with this").waitFor();
    await page.getByRole("button", { name: "Add another line" }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => page.evaluate("document.activeElement.id")).toBe("give-1-kind");
    await page.getByLabel("Kind").last().selectOption("Tools of a server");
    await page.getByLabel("Tool server").fill("tickets");
    await page.getByLabel("Tools", { exact: true }).fill("search");
    await words.getByText("Use tools of tickets").waitFor();
    expect(await faultsOfLooks(page)).toEqual([]);
    const ceiling = [
      {
        type: "aws",
        account: "111122223333",
        actions: ["s3:GetObject", "s3:ListBucket"],
        resources: ["arn:aws:s3:::acme-data/*"],
      },
      { type: "tool", server: "tickets", tools: ["search"] },
    ];
    const json = page.getByLabel("The most that it may get");
    expect(JSON.parse(await json.inputValue())).toEqual(ceiling);
    await json.fill("[{}]");
    await words.getByText("A grant of the type").waitFor();
    expect(await words.getByText("tickets").count()).toBe(0);
    await page.getByRole("button", { name: "Back to the lines" }).click();
    await words.getByText("Use tools of tickets").waitFor();
    await page.getByRole("button", { name: "Read it, then sign" }).click();
    await page.getByRole("button", { name: "Let the agent report-agent act for you" }).waitFor();
    expect(stage.hub.performed).toEqual([]);
    await page.getByRole("button", { name: "Let the agent report-agent act for you" }).click();
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Done").waitFor();
    expect(stage.hub.performed).toMatchObject([
      { path: "/v1/consents", body: { agent: "report-agent", days: 30, authorization_details: ceiling } },
    ]);
    expect(staged.heard.heard).toEqual([]);
  });

  it("offers what policy permits the agent as ticks in words, each of which fills a line", async () => {
    const { page, stage } = staged;
    for (const [path, answer] of SAMPLE_READS) if (path.endsWith("/reach")) stage.hub.reads.set(path, answer);
    await page.setViewportSize({ width: 320, height: 800 });
    await staged.open("/consents");
    await page.getByLabel("Agent", { exact: true }).fill("report-agent");
    await page.keyboard.press("Tab");
    const offers = page.getByRole("group", { name: "What policy lets it do" }).getByRole("checkbox");
    await offers.first().waitFor();
    expect(await offers.count()).toBe(2);
    await offers.first().focus();
    await page.keyboard.press("Space");
    await page
      .getByRole("checkbox", {
        name: "Call AWS in account 111122223333. Actions: s3:GetObject. On: arn:aws:s3:::acme-data/reports/* (every resource whose name begins with this)",
      })
      .and(page.locator(":checked"))
      .waitFor();
    await offers.last().check();
    expect(await page.getByRole("group", { name: /^Line/ }).count()).toBe(2);
    await offers.last().uncheck();
    expect(await faultsOfLooks(page)).toEqual([]);
    await page.getByLabel("Resources, by ARN").fill("arn:aws:s3:::acme-data/reports/weekly.csv");
    expect(await offers.first().isChecked()).toBe(false);
    expect(JSON.parse(await page.getByLabel("The most that it may get").inputValue())).toEqual([
      {
        type: "aws",
        account: "111122223333",
        actions: ["s3:GetObject"],
        resources: ["arn:aws:s3:::acme-data/reports/weekly.csv"],
      },
    ]);
  });

  it("names who grants what the form lacks, takes an account that the person types, and removes a line", async () => {
    const { page, stage } = staged;
    stage.hub.answer = (request, response) => {
      if (!/^\/v1\/(agents|accounts)/.test(request.url ?? "")) return false;
      response.writeHead(403, { "content-type": "application/json" });
      const permission = request.url?.endsWith("/reach") ? "ExplainPolicy" : "ListAgents";
      const says = `Policy does not permit valetkey:${permission}.`;
      response.end(JSON.stringify({ code: "operator_denied", error_description: says }));
      return true;
    };
    await staged.open("/consents");
    const form = page.getByRole("form", { name: "A consent to give" });
    await form.getByText("It takes valetkey:GiveConsent on the agent").waitFor();
    await page.getByLabel("Agent", { exact: true }).fill("report-agent");
    const whoGrants = (what: string, permission: string) =>
      form.getByText(`${what} is not shown: it takes ${permission}, which the owners of the policies grant.`).waitFor();
    await whoGrants("The list of agents", "valetkey:ListAgents");
    await page.getByRole("button", { name: "Add another line" }).click();
    await whoGrants("What policy lets it do", "valetkey:ExplainPolicy");
    await page.getByRole("group", { name: "Line 2" }).getByLabel("Account").fill("111122223333");
    await page.getByRole("button", { name: "Remove line 1" }).click();
    await expect.poll(() => page.evaluate("document.activeElement.id")).toBe("give-add");
    expect(await page.getByLabel("Account", { exact: true }).inputValue()).toBe("111122223333");
    expect(await page.getByRole("button", { name: /^Remove/ }).count()).toBe(0);
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
