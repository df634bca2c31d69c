import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { exchange, s3With, untilRefused } from "../../local/tour.ts";
import { type LocalCloud, startLocalCloud } from "../harness/local-cloud.ts";
import { openBrowser } from "./open-browser.ts";
import { approve, deny, signInAs, Visitors } from "./visitors.ts";

let browser: Browser;
let local: LocalCloud;
let people: Visitors;

beforeAll(async () => {
  browser = await openBrowser();
  local = await startLocalCloud();
  people = new Visitors(browser, local);
});
afterEach(() => people.leave());
afterAll(async () => {
  await browser?.close();
  await local?.close();
});

describe("an approval, from the URL of `npm start` to the working key", () => {
  it("works by keyboard alone, with no token in a URL, a store, a cookie or the history", async () => {
    const agent = await local.newAgent();
    const waiting = await local.ask({ agent, purpose: "publish the weekly report" });
    expect(await people.polled(waiting)).toMatchObject({ status: 400, error: "authorization_pending" });
    const page = await people.newPage();
    const [addresses, stored]: [string[], string[]] = [[], []];
    page.on("framenavigated", (frame) => addresses.push(frame.url()));
    page.on("request", (request) => addresses.push(request.url()));
    const look = async () => {
      stored.push(
        String(
          await page.evaluate(
            "JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage), document.cookie, history.state])",
          ),
        ),
      );
    };
    await page.goto(`${local.origin}/approvals`);
    await signInByKeys(page, 1);
    await page.getByRole("link", { name: agent }).waitFor();
    await look();
    await tabTo(page, agent);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: /asks for a key for/ }).waitFor();
    await look();
    await tabTo(page, "Approve");
    await page.keyboard.press("Enter");
    await signInByKeys(page, 1);
    await page.getByText("Your approval is recorded").waitFor();
    await look();
    await expect.poll(() => page.evaluate("document.activeElement.textContent")).toContain("Your approval is recorded");
    expect(await people.keyOf(waiting)).toBe("200");
    await page.getByText("The agent has its key").waitFor();
    const token = /eyJ[\w-]+\.[\w-]+/;
    expect(addresses.filter((each) => token.test(each) || /access_token|id_token/.test(each))).toEqual([]);
    expect(addresses.filter((each) => each.startsWith(local.api)).join("\n")).not.toMatch(/code=|state=/);
    expect(stored.join("\n")).not.toMatch(token);
    expect(stored.at(-1)).toBe('[[],[],"",null]');
    await page.goBack();
    expect(page.url()).not.toMatch(/code=|state=/);
  });
});

describe("an approval that was used", () => {
  it("is on the task's page with its voters, by the signed log", async () => {
    const waiting = await local.ask();
    const bob = await people.openAs("Bob", people.decisionOf(waiting));
    await approve(bob).click();
    await signInAs(bob, "Bob");
    await bob.getByText("Your approval is recorded").waitFor();
    expect(await people.keyOf(waiting)).toBe("200");
    await local.cloud.settled();
    await local.cloud.hosts.archive.invoke({});
    const alice = await people.openAs("Alice", `${local.origin}/tasks/${waiting.task.id}`);
    await alice.getByText("person:bob at staff of sre").waitFor();
  });
});

describe("the pages of operators", () => {
  it("show the answers of the real functions: an agent's reach, who decides, and the signed log", async () => {
    const agent = await local.newAgent();
    await local.ask({ agent, purpose: "publish what operators look at" });
    await local.cloud.settled();
    await local.cloud.hosts.archive.invoke({});
    const page = await people.openAs("Alice", `${local.origin}/agents`);
    await page.getByRole("link", { name: agent }).click();
    await page.getByRole("img", { name: `identity can be ${agent}` }).waitFor();
    await page.getByRole("link", { name: "How policy would decide a request of it" }).click();
    await page.getByLabel("Account", { exact: true }).fill("111122223333");
    await page.getByLabel("Actions", { exact: true }).fill("s3:GetObject");
    await page.getByLabel("Resources", { exact: true }).fill("arn:aws:s3:::acme-data/reports/*");
    await page.getByRole("button", { name: "Ask" }).click();
    await page.getByText("proven: it allows nothing that the policies do not permit").waitFor();
    await page.getByRole("link", { name: "demo-reads-reports" }).click();
    await page.getByText('"demo-reads-reports"').waitFor();
    await page.getByRole("navigation").getByRole("link", { name: "Audit" }).click();
    await page.getByLabel("Agent").fill(agent);
    await page.keyboard.press("Enter");
    await page.getByText("approval asked").or(page.getByText("task pending")).first().waitFor();
    await page.getByText("not anchored: an administrator of this account could fork it").waitFor();
  });
});

describe("a denial", () => {
  it("reaches the agent with its reason, which is marked as text that a person wrote", async () => {
    const waiting = await local.ask();
    const page = await people.openAs("Bob", people.decisionOf(waiting));
    await deny(page, "Not during the freeze <b>at all</b>.");
    await page.getByText("The agent reads your reason").waitFor();
    expect(await people.polled(waiting)).toMatchObject({
      status: 403,
      code: "approval_denied",
      reason: "Not during the freeze <b>at all</b>.",
    });
    await page.getByText("Not during the freeze <b>at all</b>.").first().waitFor();
  });

  it("is reserved to the group: the agent's owner sees why they cannot decide", async () => {
    const page = await people.openAs("Alice", people.decisionOf(await local.ask()));
    await page.getByText("You cannot decide about this request").waitFor();
    expect(await page.getByRole("button", { name: /approve|deny/i }).count()).toBe(0);
  });

  it("is not offered to people whom policy does not let approve", async () => {
    const page = await people.openAs("Dave", people.decisionOf(await local.ask()));
    await page.getByText("No request to show").waitFor();
    expect(await page.getByText("publish").count()).toBe(0);
    people.mayBeRefused(page);
  });
});

describe("two decisions at once", () => {
  it("by one person in two tabs: each tab signs in for itself, both show that the vote is recorded, and one key comes", async () => {
    const waiting = await local.ask();
    const page = await people.openAs("Bob", people.decisionOf(waiting));
    await approve(page).waitFor();
    const other = await page.context().newPage();
    await other.goto(people.decisionOf(waiting));
    await approve(other).waitFor();
    for (const each of [page, other]) await approve(each).click();
    for (const each of [page, other]) {
      await signInAs(each, "Bob");
      await each.getByText("Your approval is recorded").waitFor();
    }
    expect(await people.keyOf(waiting)).toBe("200");
    for (const each of [page, other]) {
      await each.bringToFront();
      await each.getByText("The agent has its key").waitFor();
      expect(await each.getByRole("button", { name: /approve|deny|withdraw/i }).count()).toBe(0);
    }
  });

  it("by one person in two browsers at the same moment make one vote, and one key comes", async () => {
    const waiting = await local.ask();
    const both = [
      await people.openAs("Bob", people.decisionOf(waiting)),
      await people.openAs("Bob", people.decisionOf(waiting)),
    ];
    for (const each of both) await approve(each).click();
    await Promise.all(both.map((each) => signInAs(each, "Bob")));
    await Promise.all(both.map((each) => each.getByText("Your approval is recorded").waitFor()));
    expect(await people.keyOf(waiting)).toBe("200");
  });

  it("by one who approves and one who denies: the denial is final, and no key comes", async () => {
    const waiting = await local.ask();
    const [bob, carol] = [
      await people.openAs("Bob", people.decisionOf(waiting)),
      await people.openAs("Carol", people.decisionOf(waiting)),
    ];
    await approve(bob).click();
    await bob.getByLabel("Bob").waitFor();
    await Promise.all([signInAs(bob, "Bob"), deny(carol, "Not today.")]);
    await carol.getByText("The agent reads your reason").waitFor();
    await bob.getByText("A person denied it").waitFor();
    expect(await people.polled(waiting)).toMatchObject({ status: 403, code: "approval_denied", reason: "Not today." });
    people.mayBeRefused(bob);
  });

  it("by one who approves after the key was used: the page shows that, and how to end the task", async () => {
    const waiting = await local.ask();
    const [bob, carol] = [
      await people.openAs("Bob", people.decisionOf(waiting)),
      await people.openAs("Carol", people.decisionOf(waiting)),
    ];
    await approve(bob).click();
    await signInAs(bob, "Bob");
    await approve(carol).waitFor();
    await carol.getByRole("button", { name: "Deny…" }).click();
    await bob.getByText("Your approval is recorded").waitFor();
    expect(await people.keyOf(waiting)).toBe("200");
    await carol.getByText("The agent has its key. To revoke it, end the task.").waitFor();
    expect(await carol.getByRole("button", { name: "Deny", exact: true }).count()).toBe(0);
  });
});

describe("a sign-in that expires during a decision", () => {
  it("is reported, decides nothing, and the next sign-in continues", async () => {
    const waiting = await local.ask();
    const page = await people.openAs("Bob", people.decisionOf(waiting));
    await approve(page).waitFor();
    // The real function gets a token that has expired, as it would after five minutes.
    const iat = Math.floor(Date.now() / 1_000) - 3_600;
    const expired = await local.cloud.people.mint({ sub: "person:bob", groups: ["sre"], iat, exp: iat + 300 });
    await page
      .context()
      .route(`${local.api}/**`, (route) =>
        route.request().method() === "OPTIONS"
          ? route.continue()
          : route.continue({ headers: { ...route.request().headers(), authorization: `Bearer ${expired}` } }),
      );
    await page.getByText("Your sign-in has ended").waitFor();
    expect(await approve(page).count()).toBe(0);
    await page.context().unrouteAll();
    await page.getByRole("button", { name: "Sign in again" }).click();
    await approve(page).waitFor();
    people.mayBeRefused(page);
    expect(await people.polled(waiting)).toMatchObject({ status: 400, error: "authorization_pending" });
  });
});

describe("a live task", () => {
  it("is ended on its page by an operator, who watches until AWS denies its key", async () => {
    const agent = await local.newAgent();
    const intent = [
      {
        type: "aws",
        account: local.cloud.targetAccount,
        actions: ["s3:GetObject"],
        resources: ["arn:aws:s3:::acme-data/reports/*"],
      },
    ];
    const token = await local.cloud.agents.mint({ sub: `agent:${agent}` });
    const { task, credentials } = await exchange(local.api, token, intent);
    const page = await people.openAs("Alice", local.origin);
    await page.getByRole("link", { name: `${agent} ${task.id}` }).click();
    await page.getByText("The agent’s token was exchanged").waitFor();
    await page.getByRole("button", { name: "Show the policy" }).click();
    await page.getByText("from demo-reads-reports").waitFor();
    await page.getByRole("button", { name: `End the task ${task.id}` }).click();
    const endedAtMs = Date.now();
    await page.keyboard.press("Enter");
    await page.getByText(/^Denied/).waitFor();
    expect(await untilRefused(s3With(credentials[0], local.cloud), endedAtMs)).toBe(true);
    await page.getByText("IAM had the policy that denies aws-0").waitFor();
  });
});

/** Presses Tab until the focus is on or in the element whose text begins so. */
async function tabTo(page: Page, text: string): Promise<void> {
  for (let press = 0; press < 40; press += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(
      "(document.activeElement.textContent.trim() || document.activeElement.closest('label')?.textContent.trim()) ?? ''",
    );
    if (String(at).startsWith(text)) return;
  }
  throw new Error(`Tab does not reach ${text}`);
}

/** Signs in by keyboard at the local issuer: the first person of the group has the focus, arrows choose. */
async function signInByKeys(page: Page, steps: number): Promise<void> {
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await tabTo(page, "Alice");
  for (let step = 0; step < steps; step += 1) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
}
