import { decodeJwt } from "jose";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { OperatorAct } from "../../contract/decision/act-in-words.ts";
import { actLink } from "../../contract/decision/act-link.ts";
import { actHash } from "../../contract/decision/record-hash.ts";
import { faultsOfLooks } from "./faults-of-looks.ts";
import { type HeardPage, heardPage, openBrowser } from "./open-browser.ts";
import { type Stage, startStage } from "./stage.ts";

let browser: Browser;
let stage: Stage;
let heard: HeardPage;
let page: Page;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  stage = await startStage();
  heard = await heardPage(browser);
  page = heard.page;
  page.setDefaultTimeout(10_000);
});
afterEach(async () => {
  await heard.context.close();
  stage.close();
});

const RESUME: OperatorAct = { path: "/v1/agents/weekly-reporter/resume", body: {} };
const REGISTER: OperatorAct = {
  path: "/v1/agents",
  body: {
    id: "site-deployer",
    name: "Site deployer",
    owner: "staff|person:carol",
    team: "web",
    bindings: [{ issuer: "github", claims: { repository_id: "123456789", environment: "production" } }],
    labels: ["deployer", "production"],
    limits: { live_tasks: 5, task_seconds: 900 },
  },
};
const CONSENT: OperatorAct = {
  path: "/v1/consents",
  body: {
    agent: "report-agent",
    purpose: "summarise \u202emy reports",
    days: 7,
    authorization_details: [
      {
        type: "aws",
        account: "111122223333",
        actions: ["s3:GetObject"],
        resources: ["arn:aws:s3:::acme-data/reports/*"],
      },
    ],
  },
};
const open = (act: OperatorAct) => page.goto(actLink(stage.origin, act));
const button = (name: string) => page.getByRole("button", { name, exact: true });
const signIn = () => page.getByRole("button", { name: "Sign in" }).click();
const resume = () => button("Resume the agent weekly-reporter");

describe("the page of an operator's act", () => {
  it("shows a consent in full, and gives it by a sign-in for exactly that consent", async () => {
    await open(CONSENT);
    await page.getByRole("heading", { name: "Let the agent report-agent act for you" }).waitFor();
    const shown = await page.getByLabel("What the link asks for").textContent();
    for (const each of ["summarise \\u{202E}my reports", "Call AWS in account 111122223333", "Actions: s3:GetObject"])
      expect(shown).toContain(each);
    expect(shown).toContain("On: arn:aws:s3:::acme-data/reports/* (every resource whose name begins with this)");
    await page.getByText("For 7 days, it may do for you what is listed here").waitFor();
    await button("Let the agent report-agent act for you").click();
    await signIn();
    await page.getByText("Done").waitFor();
    const [performed] = stage.hub.performed;
    const { step_up: sent, ...body } = performed?.body ?? {};
    expect({ path: performed?.path, body }).toEqual(CONSENT);
    const { vote, nonce, created_at } = sent as { vote: string; nonce: string; created_at: number };
    const record = { version: 1, hub: stage.hub.url, act: { method: "POST", ...CONSENT }, nonce, created_at };
    expect(decodeJwt(vote)).toMatchObject({ nonce: await actHash(record), aud: "valetkey-approvals" });
  });

  it("performs the act by keyboard alone: read, sign in for exactly it, done", async () => {
    await open(REGISTER);
    await page.getByRole("heading", { name: "Register the agent site-deployer" }).waitFor();
    await tabTo("Register the agent site-deployer");
    // Opening the link sent nothing to the issuer or the hub.
    expect([stage.issuer.requests, stage.hub.requests]).toEqual([[], []]);
    await page.keyboard.press("Enter");
    await page.getByLabel("Name").waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("Done").waitFor();
    await expect.poll(() => page.evaluate("document.activeElement.textContent")).toContain("Done");
    expect(await button("Register the agent site-deployer").count()).toBe(0);
    const [performed] = stage.hub.performed;
    const { step_up: sent, ...body } = performed?.body ?? {};
    expect({ path: performed?.path, body }).toEqual(REGISTER);
    const { vote, nonce, created_at } = sent as { vote: string; nonce: string; created_at: number };
    const act = { method: "POST", ...REGISTER };
    const record = { version: 1, hub: stage.hub.url, act, nonce, created_at };
    expect(decodeJwt(vote)).toMatchObject({ nonce: await actHash(record), aud: "valetkey-approvals" });
    expect(Object.fromEntries(stage.issuer.requests[0] ?? [])).toMatchObject({
      client_id: "valetkey-approvals",
      prompt: "login",
      max_age: "0",
      scope: "openid",
    });
    expect(await page.evaluate("JSON.stringify([sessionStorage.length, localStorage.length, document.cookie])")).toBe(
      '[0,0,""]',
    );
    expect(page.url()).toBe(`${stage.origin}/act`);
    expect(heard.heard).toEqual([]);
  });

  it("claims a signature only where the API checks one, and leads back to what the act is about", async () => {
    await open(RESUME);
    await page.getByText("With stepUp off, valetkey checks no signature of this act.").waitFor();
    expect(await page.getByRole("link", { name: "The agent weekly-reporter" }).getAttribute("href")).toBe(
      "/agents/weekly-reporter",
    );
    await resume().click();
    await signIn();
    await page.getByText("The journal records it.", { exact: true }).waitFor();
    await open(CONSENT);
    await page.getByText("That sign-in is your signature for this act only").waitFor();
    await button("Not now").click();
    await expect.poll(() => new URL(page.url()).pathname).toBe("/consents");
  });

  it("shows every value of the act, and an unseen character as its escape", async () => {
    await open({
      ...REGISTER,
      body: { ...REGISTER.body, name: "<img src=x onerror=alert(1)>\u202egpj", odd: "value" },
    });
    const text = (await page.locator("main").textContent()) ?? "";
    for (const each of ["<img src=x onerror=alert(1)>", "\\u{202E}", "123456789", "person:carol", "odd", "value"])
      expect(text).toContain(each);
    expect(await page.locator("main img").count()).toBe(0);
    expect(heard.heard).toEqual([]);
  });

  it.each<readonly [string, string]>([
    ["no act", ""],
    ["what is no act", `#${btoa("hello")}`],
    ["a route that is no act", actLink("http://x", { path: "/v1/panic", body: { reason: "x" } }).slice(12)],
    ["a path out of the API", actLink("http://x", { path: "/v1/agents/a/../../x", body: { a: 1 } }).slice(12)],
  ])("offers no button for a link with %s", async (_, fragment) => {
    await page.goto(`${stage.origin}/act${fragment}`);
    await page.getByRole("heading", { name: "No act to show" }).waitFor();
    expect(await page.getByRole("button").count()).toBe(0);
    expect(stage.issuer.requests).toEqual([]);
  });

  it("loads anew when its URL names another act, and signs the one that it shows", async () => {
    await open(REGISTER);
    await page.getByRole("heading", { name: "Register the agent site-deployer" }).waitFor();
    await page.evaluate(`location.hash = ${JSON.stringify(new URL(actLink(stage.origin, RESUME)).hash)}`);
    await page.getByRole("heading", { name: "Resume the agent weekly-reporter" }).waitFor();
    await resume().click();
    await signIn();
    await page.getByText("Done").waitFor();
    expect(stage.hub.performed.map(({ path }) => path)).toEqual([RESUME.path]);
  });

  it("sends nothing for a sign-in by another client", async () => {
    await open(RESUME);
    await resume().click();
    stage.issuer.claims = { aud: "valetkey-console" };
    await signIn();
    await page.getByText("It was not done").waitFor();
    await page.getByText("for another client or issuer. Nothing was sent").waitFor();
    expect(stage.hub.performed).toEqual([]);
    expect(await resume().count()).toBe(1);
  });

  it("ignores the answer of a sign-in that it did not begin, and still shows the act", async () => {
    await open(RESUME);
    await resume().click();
    stage.issuer.answer = { state: "theirs" };
    await signIn();
    await page.getByText("The answer belongs to another sign-in").waitFor();
    await page.getByRole("heading", { name: "Resume the agent weekly-reporter" }).waitFor();
    expect(stage.hub.performed).toEqual([]);
  });

  it("shows why the act was refused, and what to do where no answer came", async () => {
    for (const [status, title, says] of [
      [409, "It was not done", "This sign-in was used before"],
      [503, "No answer came", "Check before you do it again"],
    ] as const) {
      stage.hub.answer = ({ url = "" }, response) => {
        if (!url.startsWith("/v1/agents")) return false;
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify({ code: "x", error_description: "This sign-in was used before." }));
        return true;
      };
      await open(RESUME);
      await resume().click();
      await signIn();
      await page.getByText(title).waitFor();
      await page.getByText(says).waitFor();
      await page.goto("about:blank");
    }
  });

  it.each([
    ["light", 1_200],
    ["light", 320],
    ["dark", 1_200],
    ["dark", 320],
  ] as const)("has no finding of axe and fits, %s at %d px", async (colorScheme, width) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await open(REGISTER);
    await page.getByRole("heading", { name: "Register the agent site-deployer" }).waitFor();
    expect(await faultsOfLooks(page)).toEqual([]);
    await button("Register the agent site-deployer").click();
    await signIn();
    await page.getByText("Done").waitFor();
    expect(await faultsOfLooks(page)).toEqual([]);
  });
});

/** Presses Tab until the element of this name has the focus. */
async function tabTo(name: string): Promise<void> {
  for (let presses = 0; presses < 30; presses += 1) {
    await page.keyboard.press("Tab");
    if (String(await page.evaluate("document.activeElement?.textContent ?? ''")).includes(name)) return;
  }
  throw new Error(`Tab does not reach ${name}`);
}
