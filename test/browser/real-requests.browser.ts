import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { actLink } from "../../contract/decision/act-link.ts";
import { TOKEN_TYPES } from "../../contract/names.ts";
import { poll, put, type WaitingAnswer } from "../../local/approval-tour.ts";
import { patientFetch } from "../../local/patient-fetch.ts";
import { post, type TokenAnswer } from "../../local/tour.ts";
import { hubRedeems, type LocalCloud, startLocalCloud } from "../harness/local-cloud.ts";
import { faultsOfLooks } from "./faults-of-looks.ts";
import { heardPage, openBrowser } from "./open-browser.ts";
import { approve, signInAs, Visitors } from "./visitors.ts";

/**
 * Two policies. Requests under the first wait as briefly as can be configured. The second requires the consent of the
 * person for whom the agent acts.
 */
const POLICY = `@id("soon-over") @approval("hasty")
permit (principal in Team::"demo", action == Action::"s3:PutObject", resource is AWS::Resource)
when { resource.arn like "arn:aws:s3:::acme-data/hasty/*" };
@id("asks-its-person") @consent
permit (principal is Agent in Team::"demo", action == Action::"s3:PutObject", resource is AWS::Resource)
when { resource.arn like "arn:aws:s3:::acme-data/letters/*" && context has onBehalfOf };
@id("support-publishes")
permit (principal is User in Group::"staff|support", action == Action::"s3:PutObject", resource is AWS::Resource)
when { resource.arn like "arn:aws:s3:::acme-data/letters/*" && context has actor };`;

let browser: Browser;
let local: LocalCloud;
let people: Visitors;
/**
 * Request that nobody decides, and its page. The page is open from the beginning of this file on, for the shortest time
 * that can be configured.
 */
let [hasty, hastyPage]: [WaitingAnswer | undefined, Page | undefined] = [undefined, undefined];

beforeAll(async () => {
  browser = await openBrowser();
  local = await startLocalCloud({
    policy: POLICY,
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

  it("changes nothing outside its box, even with the longest text that the exchange accepts", async () => {
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
  it("are shown in full, fit every theme and width, and each brings its key", async () => {
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
  it("gives the page no vote and no signed consent: the page sends code and verifier, and the key comes", async () => {
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

      const agent = await redeeming.newAgent();
      const ceiling = [{ type: "tool", server: "tickets", tools: ["search"] }];
      const consent = { agent, purpose: "find tickets", authorization_details: ceiling, days: 1 };
      const erins = await people.newPage();
      await erins.goto(actLink(redeeming.origin, { path: "/v1/consents", body: consent }));
      erins.on("request", (request) => sent.push(`${request.url()} ${request.postData() ?? ""}`));
      await erins.getByRole("button", { name: `Let the agent ${agent} act for you` }).click();
      await signInAs(erins, "Erin");
      await erins.getByText("Done").waitFor();
      const consents = sent.filter((each) => each.includes("/v1/consents "));
      expect(consents).toHaveLength(1);
      expect(consents[0]).toMatch(/"code":.*"code_verifier":.*"redirect_uri":/);
      expect(consents[0]).not.toMatch(/"vote"|eyJ/);
    } finally {
      // Pages are closed first: they poll again and again, and record an error where nobody answers.
      await people.leave().finally(() => redeeming.close());
    }
  });
});

/** Requests one action on an object for Erin, by her token, which names the agent where `isNamed`. */
async function askForErin(agent: string, action: string, object: string, isNamed: boolean): Promise<Response> {
  const { cloud, api } = local;
  const { targetAccount: account, agents } = cloud;
  const intent = [{ type: "aws", account, actions: [action], resources: [`arn:aws:s3:::acme-data/${object}`] }];
  const may_act = isNamed ? { iss: agents.issuer, sub: `agent:${agent}` } : undefined;
  const person = await cloud.people.mint({ sub: "person:erin", groups: ["support"], aud: api, may_act });
  return post(api, person, intent, {
    actor_token: await agents.mint({ sub: `agent:${agent}` }),
    actor_token_type: TOKEN_TYPES.idToken,
  });
}

describe("the person for whom an agent acts", () => {
  it("decides on exactly this request, on the page whose URL the agent passes on, and nobody else does", async () => {
    const answer = await askForErin(await local.newAgent(), "s3:PutObject", "letters/april.txt", true);
    const waiting = (await answer.json()) as WaitingAnswer;
    expect([answer.status, waiting.task.status]).toEqual([200, "pending_approval"]);
    expect(waiting.task.approval.url).toBe(people.decisionOf(waiting));
    const other = await people.openAs("Bob", people.decisionOf(waiting));
    await other.getByText("No request to show").or(other.getByText("You cannot decide")).first().waitFor();
    expect(await approve(other).count()).toBe(0);
    people.mayBeRefused(other);
    const page = await people.openAs("Erin", people.decisionOf(waiting));
    await approve(page).waitFor();
    expect(await page.locator("main").textContent()).toContain("letters/april.txt");
    await approve(page).click();
    await signInAs(page, "Erin");
    await page.getByText("Your approval is recorded").waitFor();
    expect((await people.polled(waiting)).credentials).toHaveLength(1);
  });

  it("sees what policy lets the agents of team demo do, and nothing of another team's", async () => {
    const { cloud, api } = local;
    const bearer = async (sub: string, groups: readonly string[]) => ({
      authorization: `Bearer ${await cloud.people.mint({ sub, groups })}`,
      "content-type": "application/json",
    });
    const registration = { id: "linter", name: "linter", owner: "staff|person:alice", team: "web", bindings: [] };
    const registered = await fetch(`${api}/v1/agents`, {
      method: "POST",
      headers: await bearer("person:alice", []),
      body: JSON.stringify({ ...registration, bindings: [{ issuer: "local", claims: { sub: "agent:linter" } }] }),
    });
    expect(registered.status).toBe(201);
    const headers = await bearer("person:erin", ["support"]);
    const read = async (path: string) => (await patientFetch(`${api}/v1/${path}`, { headers })).status;
    const own = await local.newAgent();
    expect(await read(`agents/${own}/reach`)).toBe(200);
    expect(await read("agents?status=active")).toBe(200);
    for (const path of ["agents/linter/reach", `agents/${own}`, "accounts", "tasks", "overview", "policies"])
      expect([path, await read(path)]).toEqual([path, 403]);
  });

  it("gives a consent on the page of consents, sees its use, withdraws it, and watches its task end", async () => {
    const agent = await local.newAgent();
    const page = await people.openAs("Erin", `${local.origin}/consents`);
    await page.getByLabel("Agent", { exact: true }).fill(agent);
    await page.getByLabel("Purpose, in your words").fill("read the weekly report");
    const reached = page.getByRole("group", { name: "What policy lets it do" });
    await reached.getByRole("checkbox", { name: "arn:aws:s3:::acme-data/reports/*" }).check();
    await page.getByLabel("Resources, by ARN").fill("arn:aws:s3:::acme-data/reports/weekly.csv");
    people.mayBeRefused(page);
    await page.getByRole("button", { name: "Read it, then sign" }).click();
    await page.getByRole("button", { name: `Let the agent ${agent} act for you` }).click();
    await signInAs(page, "Erin");
    await page.getByText("Done").waitFor();
    const vended = await askForErin(agent, "s3:GetObject", "reports/weekly.csv", false);
    const { task } = (await vended.json()) as TokenAnswer;
    expect(vended.status).toBe(200);
    await page.getByRole("navigation").getByRole("link", { name: "Consents" }).click();
    const card = page.getByRole("article", { name: `Consent for ${agent}` });
    await card.getByText("30 days left").waitFor();
    expect(await card.textContent()).not.toContain("never used");
    await page.getByRole("button", { name: `Withdraw the consent for ${agent}` }).click();
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: `${agent} ${task.id}` }).waitFor();
    await page.getByText(/^Denied/).waitFor();
    await page.getByText("No agent may act for you.").waitFor();
    const operator = await people.openAs("Alice", `${local.origin}/consents/staff%7Cperson%3Aerin`);
    await operator.getByText("No agent may act for this person.").waitFor();
    const stranger = await people.openAs("Bob", `${local.origin}/consents/staff%7Cperson%3Aerin`);
    await stranger.getByText("You may not see these consents").waitFor();
    people.mayBeRefused(stranger);
  });
});

describe("a request that nobody decides", () => {
  it("expires on the open page: the buttons go, and the page does not call it a denial", async () => {
    if (!hasty || !hastyPage) throw new Error("it was not opened");
    await hastyPage.getByText("That is no denial").waitFor({ timeout: 70_000 });
    expect(await approve(hastyPage).count()).toBe(0);
    expect(await people.polled(hasty)).toMatchObject({ status: 403, code: "approval_expired" });
  });
});
