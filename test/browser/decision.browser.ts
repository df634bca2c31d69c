import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { glassNonce, recordHash, reviewNonce, voteNonce } from "../../decision/record-hash.ts";
import { type HeardPage, heardPage, openBrowser } from "./open-browser.ts";
import { type Stage, startStage } from "./stage.ts";
import { aRequest } from "./stub-hub.ts";

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

const ID = "ap-7f3k2m9q";
const ask = async (changes: Parameters<typeof aRequest>[1] = {}) => {
  const shown = await aRequest(stage.hub.url, changes);
  stage.hub.approvals.set(shown.record.id, shown);
  return shown;
};
const open = async (path = `/approvals/${ID}`): Promise<void> => {
  await page.goto(`${stage.origin}${path}`);
  await page.getByRole("button", { name: "Sign in" }).click();
};
const approve = () => page.getByRole("button", { name: "Approve" });
const everythingStored = (): Promise<string> =>
  page.evaluate(
    "JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage), document.cookie, location.href, history.state])",
  );

describe("a whole approval", () => {
  it("by keyboard alone: sign in, read, approve, sign in again, recorded", async () => {
    const shown = await ask({ needed: [{ group: "sre", count: 1 }] });
    await page.goto(`${stage.origin}/approvals`);
    await page.getByLabel("Name").waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Waiting for a decision" }).waitFor();
    await tabTo("site deployer");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: /asks for a key for 15 minutes/ }).waitFor();
    await tabTo("Approve");
    await page.keyboard.press("Enter");
    await page.getByLabel("Name").waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("Your approval is recorded").waitFor();
    expect(await page.evaluate("document.activeElement.textContent")).toContain("Your approval is recorded");
    expect(await approve().count()).toBe(0);
    const vote = stage.issuer.asked.find((asked) => asked.get("client_id") === "valetkey-approvals");
    expect(Object.fromEntries(vote ?? [])).toMatchObject({
      ...{ nonce: shown.hash, prompt: "login", max_age: "0", acr_values: "phr", scope: "openid" },
    });
    expect(stage.hub.decided).toEqual([{ decision: "approve", vote: expect.stringMatching(/^ey/) }]);
    expect(heard.heard).toEqual([]);
  });

  it("leaves no code and no token in the address, the history, a cookie or a store", async () => {
    await ask();
    const addresses: string[] = [];
    page.on("framenavigated", (frame) => addresses.push(frame.url()));
    await open();
    await approve().waitFor();
    const between = await everythingStored();
    await approve().click();
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Your approval is recorded").waitFor();
    const [tokens, after] = [/eyJ[\w-]+\.[\w-]+/, await everythingStored()];
    for (const stored of [between, after]) expect(stored).not.toMatch(tokens);
    expect(after).toBe(JSON.stringify([[], [], "", `${stage.origin}/approvals/${ID}`, null]));
    expect(addresses.join("\n")).not.toMatch(tokens);
    expect(stage.hub.asked.join("\n")).not.toMatch(/code=|token|state=/);
    await page.goBack();
    expect(page.url()).not.toMatch(/code=|state=/);
  });

  it("is signed in again after a reload", async () => {
    await ask();
    await open();
    await approve().waitFor();
    const before = stage.issuer.asked.length;
    await page.reload();
    await approve().waitFor();
    expect(stage.issuer.asked.length).toBe(before + 1);
  });
});

describe("breaking the glass", () => {
  it("is apart from approving, and signs another nonce", async () => {
    const shown = await ask({ break_glass: true });
    await open();
    await page.getByText("In an emergency").click();
    await page.getByRole("button", { name: "Break the glass: approve alone" }).click();
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Both alarms ring").waitFor();
    const vote = stage.issuer.asked.find((asked) => asked.get("client_id") === "valetkey-approvals");
    expect(vote?.get("nonce")).toBe(await glassNonce(shown.hash));
    expect(stage.hub.decided).toEqual([{ decision: "break_glass", vote: expect.stringMatching(/^ey/) }]);
  });

  it("is not offered where policy lets nobody", async () => {
    await ask();
    await open();
    await approve().waitFor();
    expect(await page.getByText("In an emergency").count()).toBe(0);
  });

  it.each([
    ["of this request", (hash: string) => hash, 1],
    ["of another request, which is offered for no review", () => "A".repeat(43), 0],
  ])("is reviewed by a vote over the use %s", async (_, hashOf, offered) => {
    const shown = await ask({ break_glass: true });
    const use = { id: ID, n: 1, task: "k7f3m2q9x4ab.", hash: hashOf(shown.hash), votes: ["v"], usedAt: 1, glass: true };
    const review = { use, due_at: "2026-11-28T12:00:00Z", done: false };
    const you = { may_vote: false, has_voted: false };
    stage.hub.approvals.set(ID, { ...shown, status: "used", review, you });
    await open();
    await page.getByText("One person broke the glass").waitFor();
    const button = page.getByRole("button", { name: "I have reviewed what was done" });
    expect(await button.count()).toBe(offered);
    if (offered === 0) return;
    await button.click();
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("The agent is not suspended for it").waitFor();
    const vote = stage.issuer.asked.find((asked) => asked.get("client_id") === "valetkey-approvals");
    expect(vote?.get("nonce")).toBe(await reviewNonce(use));
    expect(stage.hub.decided).toEqual([{ vote: expect.stringMatching(/^ey/) }]);
  });
});

describe("an approval for several keys", () => {
  const standing = { uses: 30, window: 30 * 86_400, shape: "9f2c" };

  it("says how many in the heading, in a box at the top, among the facts, and on the button", async () => {
    const { record } = await ask({ standing });
    await open();
    await page.getByRole("heading", { name: "asks for 30 keys for 15 minutes" }).waitFor();
    const until = new Date((record.created_at + standing.window) * 1_000).toISOString().slice(0, 10);
    const said = new RegExp(`30 keys, each for 15 minutes, within 30 days \\(until ${until}T.*Nobody is asked again`);
    expect(await page.getByText(said).count()).toBe(2);
    expect(await page.getByRole("button", { name: "Approve 30 keys", exact: true }).count()).toBe(1);
    expect(heard.heard).toEqual([]);
  });

  it("is counted on the button of several requests, too", async () => {
    await ask({ standing });
    await ask({ id: "ap-second" });
    await open("/approvals");
    await page.getByText(", for 30 keys").waitFor();
    await pickBoth();
    await page.getByRole("button", { name: "Approve all 2: 31 keys" }).waitFor();
  });

  it.each([
    [true, "Withdraw my approval", {}],
    [false, "End this approval…", { decision: "deny", reason: "enough" }],
  ])("with uses left is ended by who gave it (%s), or denied by another of the group", async (has_voted, act, sent) => {
    const shown = await ask({ standing });
    const used = { used: 2, uses: 30, until: new Date(Date.now() + 86_400_000).toISOString() };
    const you = { may_vote: false, has_voted };
    stage.hub.approvals.set(ID, { ...shown, status: "standing", standing: used, you });
    await open();
    await page.getByText("Used 2 times so far").waitFor();
    expect(await approve().count()).toBe(0);
    await page.getByRole("button", { name: act }).click();
    if (!has_voted) {
      await page.getByRole("textbox").fill("enough");
      await page.getByRole("button", { name: "Deny" }).click();
    }
    await page.getByText(has_voted ? "Your approval is withdrawn" : "The agent reads your reason").waitFor();
    expect(stage.hub.decided).toEqual([sent]);
  });
});

const pickBoth = async (): Promise<void> => {
  for (const box of [page.getByRole("checkbox").first(), page.getByRole("checkbox").last()]) await box.check();
  await page.getByRole("button", { name: "Look at these 2 together" }).click();
};

describe("several requests by one sign-in", () => {
  it("are each shown whole, and each is sent with all hashes", async () => {
    const [one, two] = [await ask(), await ask({ id: "ap-second", purpose: "Purge the cache", ttl: 300 })];
    await open("/approvals");
    await pickBoth();
    await page
      .getByRole("region", { name: /own words/ })
      .getByText("Purge the cache")
      .waitFor();
    expect(await page.getByText("What you sign").count()).toBe(2);
    await page.getByRole("button", { name: "Approve all 2" }).click();
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("2 of 2 approvals are recorded.").waitFor();
    const vote = stage.issuer.asked.find((asked) => asked.get("client_id") === "valetkey-approvals");
    expect(vote?.get("nonce")).toBe(await voteNonce([one.hash, two.hash]));
    const sent = {
      decision: "approve",
      vote: expect.any(String),
      hashes: expect.arrayContaining([one.hash, two.hash]),
    };
    expect(stage.hub.decided).toEqual([sent, sent]);
    expect(heard.heard).toEqual([]);
  });

  it("are not sent at all where one of them has changed meanwhile", async () => {
    const [one] = [await ask(), await ask({ id: "ap-second" })];
    await open("/approvals");
    await pickBoth();
    await page.getByRole("button", { name: "Approve all 2" }).click();
    await page.getByLabel("Name").waitFor();
    const record = { ...one.record, ttl: 43_200 };
    stage.hub.approvals.set(ID, { ...one, record, hash: await recordHash(record) });
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Do not approve these").waitFor();
    expect(stage.hub.decided).toEqual([]);
  });
});

describe("what is signed is what was on the screen", () => {
  it("a record with another hash than its own is not shown, and cannot be approved", async () => {
    const shown = await ask();
    stage.hub.approvals.set(ID, { ...shown, record: { ...shown.record, purpose: "harmless" } });
    await open();
    await page.getByRole("heading", { name: "Do not approve this" }).waitFor();
    expect(await page.getByRole("button", { name: /approve|deny/i }).count()).toBe(0);
    expect(await page.getByText("harmless").count()).toBe(0);
  });

  it("a record that changes while it is on the screen takes the buttons away", async () => {
    const shown = await ask();
    await open();
    await approve().waitFor();
    const record = { ...shown.record, ttl: 43_200 };
    stage.hub.approvals.set(ID, { ...shown, record, hash: await recordHash(record) });
    await page.getByText("another one than you saw before").waitFor();
    expect(await approve().count()).toBe(0);
  });

  it("a record that changes during the sign-in gets no vote", async () => {
    const shown = await ask();
    await open();
    await approve().click();
    await page.getByLabel("Name").waitFor();
    const record = { ...shown.record, ttl: 43_200 };
    stage.hub.approvals.set(ID, { ...shown, record, hash: await recordHash(record) });
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("another one than you saw before").waitFor();
    expect(stage.hub.decided).toEqual([]);
  });

  it("an ID token for another hash is not sent", async () => {
    await ask();
    await open();
    await approve().click();
    await page.getByLabel("Name").waitFor();
    stage.issuer.claims = { nonce: "A".repeat(43) };
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText(/answered another sign-in|for another request/).waitFor();
    expect(stage.hub.decided).toEqual([]);
  });
});

describe("an answer that this page did not ask for", () => {
  it.each([
    ["a code that somebody sends in a link", "?code=stolen&state=made-up"],
    ["a code without a state", "?code=stolen"],
    ["a token in the fragment", "#access_token=stolen&state=made-up"],
  ])("%s is not redeemed, and leaves the address", async (_, query) => {
    await page.goto(`${stage.origin}/callback${query}`);
    await page.getByText("This tab has begun no sign-in").waitFor();
    expect(page.url()).not.toContain("stolen");
    expect(heard.heard).toEqual([]);
  });

  it("from another issuer than the one the person was sent to is refused", async () => {
    await ask();
    stage.issuer.answer = { iss: "https://evil.example.com" };
    await open();
    await page.getByText("another issuer than the one you were sent to").waitFor();
  });

  it("with another state is refused", async () => {
    await ask();
    stage.issuer.answer = { state: "of another tab" };
    await open();
    await page.getByText("another sign-in than this tab").waitFor();
  });
});

describe("denying", () => {
  it("takes a reason, and says so where there is none", async () => {
    await ask();
    await open();
    await page.getByRole("button", { name: "Deny…" }).click();
    await page.getByRole("button", { name: "Deny", exact: true }).click();
    await page.getByText("Say why, in a few words.").waitFor();
    await page.getByRole("textbox", { name: "Reason" }).fill("Not during the freeze.");
    await page.getByRole("button", { name: "Deny", exact: true }).click();
    await page.getByText("The agent reads your reason").waitFor();
    expect(stage.hub.decided).toEqual([{ decision: "deny", reason: "Not during the freeze." }]);
  });

  it("in one tab takes the buttons from the other, which says what happened", async () => {
    await ask();
    await open();
    await approve().waitFor();
    const other = await heard.context.newPage();
    await other.goto(`${stage.origin}/approvals/${ID}`);
    await other.getByRole("button", { name: "Deny…" }).click();
    await other.getByRole("textbox", { name: "Reason" }).fill("No.");
    await other.getByRole("button", { name: "Deny", exact: true }).click();
    await other.getByText("The agent reads your reason").waitFor();
    await page.bringToFront();
    await page.getByText("A person said no").waitFor();
    expect(await approve().count()).toBe(0);
  });

  it("too late is answered with what came before", async () => {
    const shown = await ask();
    await open();
    await approve().click();
    await page.getByLabel("Name").waitFor();
    stage.hub.approvals.set(ID, { ...shown, status: "denied" });
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Somebody had decided against the request before").waitFor();
  });
});

describe("what goes wrong meanwhile", () => {
  it("a request that expires while it is open: no buttons, and no word of a denial", async () => {
    await ask({ expires_at: Math.floor(Date.now() / 1_000) + 6 });
    await open();
    await approve().waitFor();
    await page.getByText("That is no denial").waitFor();
    expect(await approve().count()).toBe(0);
  });

  it("a lost network is shown, and healed", async () => {
    await ask();
    await open();
    await approve().waitFor();
    await heard.context.setOffline(true);
    await page.getByText("valetkey does not answer").waitFor();
    expect(await page.getByText("What you sign").count()).toBe(1);
    await heard.context.setOffline(false);
    await page.getByText("valetkey does not answer").waitFor({ state: "detached" });
  });

  it("a decision without an answer says that it is not known, and is sent again", async () => {
    await ask();
    await open();
    await page.getByRole("button", { name: "Deny…" }).click();
    await page.getByRole("textbox", { name: "Reason" }).fill("No.");
    stage.hub.answer = (request, response) => request.method === "POST" && !!response.destroy();
    await page.getByRole("button", { name: "Deny", exact: true }).click();
    await page.getByText("It is not known whether your decision was recorded").waitFor();
    stage.hub.answer = undefined;
    await page.getByRole("button", { name: "Send it again" }).click();
    await page.getByText("The agent reads your reason").waitFor();
  });

  it("a sign-in that ends while the page is open says so, and decides nothing", async () => {
    await ask();
    await open();
    await approve().waitFor();
    stage.hub.answer = (_, response) => !!response.writeHead(401, { "content-type": "application/json" }).end("{}");
    await page.getByText("Your sign-in has ended").waitFor();
    expect(await approve().count()).toBe(0);
    stage.hub.answer = undefined;
    await page.getByRole("button", { name: "Sign in again" }).click();
    await approve().waitFor();
  });

  it("an answer of HTML with a script, and with headers of its own, runs nothing", async () => {
    await ask();
    stage.hub.answer = (_, response) =>
      !!response
        .writeHead(200, { "content-type": "text/html", "set-cookie": "a=b", "content-security-policy": "script-src *" })
        .end("<script>document.title='owned'</script>");
    await open();
    await page.getByText("Reading the request…").waitFor();
    await expect.poll(() => stage.hub.asked.length).toBeGreaterThan(0);
    expect(await page.title()).not.toBe("owned");
    expect(await page.evaluate("document.cookie")).toBe("");
  });
});

describe("a channel that could not be told", () => {
  it("is named on the page, beside the request that people may not know of", async () => {
    const shown = await ask();
    const notices = [
      { channel: "ops", told: true },
      { channel: "sec-chat", told: false, failed_at: "2026-11-18T10:00:00Z" },
    ];
    stage.hub.approvals.set(ID, { ...shown, notices });
    await open();
    await page.getByText("Not every channel could be told").waitFor();
    await page.getByText("No message reached sec-chat.").waitFor();
    expect(await page.getByText(/reached .*ops/).count()).toBe(0);
  });
});

describe("a hostile text", () => {
  const PURPOSE = `<img src=x onerror="document.title='owned'"> \u202egpj.exe \u001b[31m javascript:alert(1) https://evil.example.com ${"A".repeat(10_000)}`;

  it("changes nothing outside its box", async () => {
    await ask({ purpose: PURPOSE });
    await open();
    await approve().waitFor();
    expect(await page.title()).not.toBe("owned");
    expect(await page.locator("main img, main a[href*='evil']").count()).toBe(0);
    const box = page.getByRole("region", { name: /own words/ });
    expect(await box.textContent()).toContain("\\u{202E}gpj.exe \\u{1B}[31m javascript:alert(1)");
    const [outer, inner] = [await box.boundingBox(), await page.locator("main").boundingBox()];
    expect(outer?.height).toBeLessThan(320);
    expect((outer?.x ?? 0) + (outer?.width ?? 0)).toBeLessThanOrEqual((inner?.x ?? 0) + (inner?.width ?? 0));
    expect(heard.heard).toEqual([]);
  });
});

/** Presses Tab until the focus is on the link or button whose text begins so. */
async function tabTo(text: string): Promise<void> {
  for (let press = 0; press < 40; press += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate("document.activeElement.textContent.trim()");
    if (String(at).startsWith(text)) return;
  }
  throw new Error(`Tab does not reach ${text}`);
}
