import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
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
});
afterEach(async () => {
  await heard.context.close();
  stage.close();
});

const open = (path = "/sign-in/staff?nonce=theirs#nonce=theirs") => page.goto(`${stage.origin}${path}`);
const signIn = () => page.getByRole("button", { name: "Sign in" }).click();
const result = async () => {
  await page.getByText("Give this to the command").waitFor();
  return JSON.parse(((await page.locator(".command code").textContent()) ?? "").replaceAll("\n", ""));
};

describe("the page that tries a sign-in", () => {
  it("signs in as for a vote, under a nonce of its own, and sends nothing to valetkey", async () => {
    await open();
    await page.getByRole("heading", { name: "Try the sign-in at staff" }).waitFor();
    expect(stage.issuer.asked).toEqual([]);
    await signIn();
    await signIn();
    const tried = await result();
    const asked = Object.fromEntries(stage.issuer.asked[0] ?? []);
    expect(asked).toMatchObject({ client_id: "valetkey-approvals", prompt: "login", max_age: "0", scope: "openid" });
    expect(asked).toMatchObject({
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      redirect_uri: `${stage.origin}/callback`,
    });
    expect(tried).toEqual({
      ...{ issuer: "staff", nonce: asked.nonce, begun_at: expect.any(Number) },
      id_token: expect.stringMatching(/^ey/),
    });
    expect(page.url()).toBe(`${stage.origin}/sign-in/staff`);
    expect([stage.hub.asked, heard.heard]).toEqual([[], []]);
  });

  it("keeps what it got in memory alone: a reload knows nothing of it", async () => {
    await open();
    await signIn();
    await signIn();
    await result();
    expect(await page.evaluate("JSON.stringify([sessionStorage.length, localStorage.length, document.cookie])")).toBe(
      '[0,0,""]',
    );
    await page.reload();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    expect(await page.locator(".command").count()).toBe(0);
  });

  it("takes no answer with another state, and says so", async () => {
    await open();
    await signIn();
    stage.issuer.answer = { state: "theirs" };
    await signIn();
    await page.getByText("The answer belongs to another sign-in").waitFor();
    expect(await page.locator(".command").count()).toBe(0);
  });

  it.each([320, 1_200])("with its result has no finding of axe, and fits %d px", async (width) => {
    await page.setViewportSize({ width, height: 800 });
    await open();
    await signIn();
    stage.issuer.claims = { groups: Array.from({ length: 40 }, (_, index) => `group-${index}`) };
    await signIn();
    await result();
    expect(await faultsOfLooks(page)).toEqual([]);
    expect(await page.locator("button.primary").count()).toBe(0);
  });

  it("is of issuers that approve, and of no other", async () => {
    await open("/sign-in/strangers");
    await page.getByRole("heading", { name: "Nobody approves by this issuer" }).waitFor();
    expect(await page.getByRole("button").count()).toBe(0);
  });
});
