import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { poll, put, type WaitingAnswer } from "../../local/approval-tour.ts";
import type { TokenAnswer } from "../../local/tour.ts";
import { hubRedeems, type LocalCloud, startLocalCloud } from "../harness/local-cloud.ts";
import { faultsOfLooks } from "./faults-of-looks.ts";
import { type HeardPage, heardPage, openBrowser } from "./open-browser.ts";

/** Policy whose requests wait as short as can be configured. */
const SOON_OVER = `@id("soon-over") @approval("hasty")
permit (principal in Team::"demo", action == Action::"s3:PutObject", resource is AWS::Resource)
when { resource.arn like "arn:aws:s3:::acme-data/hasty/*" };`;

let browser: Awaited<ReturnType<typeof openBrowser>>;
let stage: LocalCloud;
/** Request that nobody decides, and the page that shows it: open from the beginning of this file on, for the shortest time that can be configured. */
let [hasty, hastyPage]: [WaitingAnswer | undefined, Page | undefined] = [undefined, undefined];
const opened: HeardPage[] = [];

beforeAll(async () => {
  browser = await openBrowser();
  stage = await startLocalCloud({
    policy: SOON_OVER,
    change: ({ approvers, ...config }) => ({
      ...config,
      approvers: { ...approvers, hasty: { issuer: "staff", claim: "groups", value: "sre", timeoutSeconds: 60 } },
    }),
  });
  hasty = await stage.ask({ object: "hasty/weekly.csv" });
  hastyPage = (await heardPage(browser)).page;
  await hastyPage.goto(decisionOf(hasty));
  await signInAs(hastyPage, "Bob");
  await approve(hastyPage).waitFor();
});
afterEach(async () => {
  for (const { context, heard } of opened.splice(0)) {
    await context.close();
    expect(heard).toEqual([]);
  }
});
afterAll(async () => {
  await browser?.close();
  await stage?.close();
});

/** Opens a page of a browser that nobody has signed in with. Its policy violations and errors are looked at after each test. */
async function newPage(options: Parameters<typeof heardPage>[1] = {}): Promise<Page> {
  const one = await heardPage(browser, options);
  opened.push(one);
  return one.page;
}

const decisionOf = ({ task }: WaitingAnswer): string => `${stage.origin}/approvals/${task.approval.id}`;
const signInAs = async (page: Page, name: string): Promise<void> => {
  await page.getByLabel(name).check();
  await page.getByRole("button", { name: "Sign in" }).click();
};
const openAs = async (name: string, address: string): Promise<Page> => {
  const page = await newPage();
  await page.goto(address);
  await signInAs(page, name);
  return page;
};
const approve = (page: Page) => page.getByRole("button", { name: "Approve", exact: true });
const deny = async (page: Page, reason: string): Promise<void> => {
  await page.getByRole("button", { name: "Deny…" }).click();
  await page.getByRole("textbox", { name: "Reason" }).fill(reason);
  await page.getByRole("button", { name: "Deny", exact: true }).click();
};
const polled = async ({ access_token: token }: WaitingAnswer) => {
  const answer = await poll(stage.api, token);
  const body = (await answer.json()) as Partial<TokenAnswer> & Readonly<Record<string, unknown>>;
  return { status: answer.status, ...body };
};
const keyOf = async (waiting: WaitingAnswer): Promise<string> => {
  const [key] = (await polled(waiting)).credentials ?? [];
  return key ? put(stage.cloud, key) : "no key";
};

/** Presses Tab until the focus is on what begins so, or in it. */
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
/** Signs in by keyboard at the local issuer: the first person has the focus of the group, arrows choose. */
async function signInByKeys(page: Page, steps: number): Promise<void> {
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await tabTo(page, "Alice");
  for (let step = 0; step < steps; step += 1) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
}

describe("an approval from the address of `npm start` to the working key", () => {
  it("by keyboard alone, with no token in an address, a store, a cookie or the history", async () => {
    const agent = await stage.newAgent();
    const waiting = await stage.ask({ agent, purpose: "publish the weekly report" });
    expect(await polled(waiting)).toMatchObject({ status: 400, error: "authorization_pending" });
    const page = await newPage();
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
    await page.goto(stage.origin);
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
    expect(await page.evaluate("document.activeElement.textContent")).toContain("Your approval is recorded");
    expect(await keyOf(waiting)).toBe("200");
    await page.getByText("The agent has its key").waitFor();
    const token = /eyJ[\w-]+\.[\w-]+/;
    expect(addresses.filter((each) => token.test(each) || /access_token|id_token/.test(each))).toEqual([]);
    expect(addresses.filter((each) => each.startsWith(stage.api)).join("\n")).not.toMatch(/code=|state=/);
    expect(stored.join("\n")).not.toMatch(token);
    expect(stored.at(-1)).toBe('[[],[],"",null]');
    await page.goBack();
    expect(page.url()).not.toMatch(/code=|state=/);
  });
});

describe("a denial", () => {
  it("reaches the agent with its reason, which is shown as what a person wrote", async () => {
    const waiting = await stage.ask();
    const page = await openAs("Bob", decisionOf(waiting));
    await deny(page, "Not during the freeze <b>at all</b>.");
    await page.getByText("The agent reads your reason").waitFor();
    expect(await polled(waiting)).toMatchObject({
      ...{ status: 403, code: "approval_denied", reason: "Not during the freeze <b>at all</b>." },
    });
    expect(await page.getByText("Not during the freeze <b>at all</b>.").count()).toBeGreaterThan(0);
  });

  it("is for those of the group: whoever owns the agent reads why they cannot decide", async () => {
    const page = await openAs("Alice", decisionOf(await stage.ask()));
    await page.getByText("You cannot decide about this request").waitFor();
    expect(await page.getByRole("button", { name: /approve|deny/i }).count()).toBe(0);
  });

  it("is not shown to those whom policy does not let approve", async () => {
    const page = await openAs("Dave", decisionOf(await stage.ask()));
    await page.getByText("No request to show").waitFor();
    expect(await page.getByText("publish").count()).toBe(0);
    opened.at(-1)?.heard.splice(0); // Chromium's own line about the 403
  });
});

describe("two at once", () => {
  it("of one person, in two tabs: each signs in for itself, both say that it is recorded, and one key comes", async () => {
    const waiting = await stage.ask();
    const page = await openAs("Bob", decisionOf(waiting));
    await approve(page).waitFor();
    const other = await page.context().newPage();
    await other.goto(decisionOf(waiting));
    await approve(other).waitFor();
    for (const each of [page, other]) await approve(each).click();
    for (const each of [page, other]) {
      await signInAs(each, "Bob");
      await each.getByText("Your approval is recorded").waitFor();
    }
    expect(await keyOf(waiting)).toBe("200");
    for (const each of [page, other]) {
      await each.bringToFront();
      await each.getByText("The agent has its key").waitFor();
      expect(await each.getByRole("button", { name: /approve|deny|withdraw/i }).count()).toBe(0);
    }
  });

  it("of one person, in two browsers at the same moment: there is one vote, and one key comes", async () => {
    const waiting = await stage.ask();
    const both = [await openAs("Bob", decisionOf(waiting)), await openAs("Bob", decisionOf(waiting))];
    for (const each of both) await approve(each).click();
    await Promise.all(both.map((each) => signInAs(each, "Bob")));
    await Promise.all(both.map((each) => each.getByText("Your approval is recorded").waitFor()));
    expect(await keyOf(waiting)).toBe("200");
  });

  it("one who approves and one who denies: the denial stands, and no key comes", async () => {
    const waiting = await stage.ask();
    const [bob, carol] = [await openAs("Bob", decisionOf(waiting)), await openAs("Carol", decisionOf(waiting))];
    await approve(bob).click();
    await bob.getByLabel("Bob").waitFor();
    await Promise.all([signInAs(bob, "Bob"), deny(carol, "Not today.")]);
    await carol.getByText("The agent reads your reason").waitFor();
    await bob.getByText("A person said no").waitFor();
    expect(await polled(waiting)).toMatchObject({ status: 403, code: "approval_denied", reason: "Not today." });
    opened.at(-2)?.heard.splice(0); // Chromium's own line, where the vote came second
  });

  it("one who approves after the key was used: the page says so, and how to take it back", async () => {
    const waiting = await stage.ask();
    const [bob, carol] = [await openAs("Bob", decisionOf(waiting)), await openAs("Carol", decisionOf(waiting))];
    await approve(bob).click();
    await signInAs(bob, "Bob");
    await approve(carol).waitFor();
    await carol.getByRole("button", { name: "Deny…" }).click();
    await bob.getByText("Your approval is recorded").waitFor();
    expect(await keyOf(waiting)).toBe("200");
    await carol.getByText("The agent has its key. To take it back, end the task.").waitFor();
    expect(await carol.getByRole("button", { name: "Deny", exact: true }).count()).toBe(0);
  });
});

describe("a sign-in that ends in the middle", () => {
  it("is said, decides nothing, and goes on after the next sign-in", async () => {
    const waiting = await stage.ask();
    const page = await openAs("Bob", decisionOf(waiting));
    await approve(page).waitFor();
    // The real function is given a token that has expired, as it would be after five minutes.
    const iat = Math.floor(Date.now() / 1_000) - 3_600;
    const expired = await stage.cloud.people.mint({ sub: "person:bob", groups: ["sre"], iat, exp: iat + 300 });
    await page
      .context()
      .route(`${stage.api}/**`, (route) =>
        route.request().method() === "OPTIONS"
          ? route.continue()
          : route.continue({ headers: { ...route.request().headers(), authorization: `Bearer ${expired}` } }),
      );
    await page.getByText("Your sign-in has ended").waitFor();
    expect(await approve(page).count()).toBe(0);
    await page.context().unrouteAll();
    await page.getByRole("button", { name: "Sign in again" }).click();
    await approve(page).waitFor();
    opened.at(-1)?.heard.splice(0); // Chromium's own line about the 401
    expect(await polled(waiting)).toMatchObject({ status: 400, error: "authorization_pending" });
  });
});

describe("a hostile purpose (I9f)", () => {
  const TAGS = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script> https://evil.example.com javascript:alert(1) `;

  it.each([
    ["turns text around", "\u202egpj.exe"],
    ["controls a terminal", "\u001b[31mred"],
    ["has 10,000 characters", "A".repeat(10_000)],
  ])("is refused by the exchange where it %s", async (_, purpose) => {
    await expect(stage.ask({ purpose })).rejects.toThrow("400");
  });

  it("changes nothing outside its box, as long and as wide as the exchange takes it", async () => {
    const purpose = `${TAGS}\u200b${"W".repeat(256)}`.slice(0, 256);
    const waiting = await stage.ask({ purpose });
    for (const width of [320, 1_200]) {
      const page = await newPage({ viewport: { width, height: 800 } });
      await page.goto(decisionOf(waiting));
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
      await stage.ask({ purpose: "publish the weekly report" }),
      await stage.ask({ object: "published/yearly.csv", purpose: "publish the yearly report" }),
      await stage.ask({ object: "published/daily.csv", purpose: `${"publish it ".repeat(20)}` }),
    ];
    const page = await openAs("Bob", `${stage.origin}/approvals`);
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
    for (const each of all) expect((await polled(each)).credentials).toHaveLength(1);
  });
});

describe("an issuer whose codes the hub redeems", () => {
  it("never shows the page a vote: it sends the code and the verifier, and the key comes", async () => {
    const local = await startLocalCloud({ change: hubRedeems, hasRules: false });
    try {
      const waiting = await local.ask();
      const page = await openAs("Bob", `${local.origin}/approvals/${waiting.task.approval.id}`);
      const sent: string[] = [];
      page.on("request", (request) => sent.push(`${request.url()} ${request.postData() ?? ""}`));
      await approve(page).click();
      await signInAs(page, "Bob");
      await page.getByText("Your approval is recorded").waitFor();
      const decisions = sent.filter((each) => each.includes("/decide "));
      expect(decisions).toHaveLength(1);
      expect(decisions[0]).toMatch(/"code":.*"code_verifier":.*"redirect_uri":/);
      expect(decisions[0]).not.toMatch(/"vote"|eyJ/);
      const answer = (await (await poll(local.api, waiting.access_token)).json()) as TokenAnswer;
      expect(answer.credentials[0] && (await put(local.cloud, answer.credentials[0]))).toBe("200");
    } finally {
      await local.close();
    }
  });
});

describe("a request that nobody decides", () => {
  it("expires while it is open: the buttons go, and nobody calls it a denial", async () => {
    if (!hasty || !hastyPage) throw new Error("it was not opened");
    await hastyPage.getByText("That is no denial").waitFor({ timeout: 70_000 });
    expect(await approve(hastyPage).count()).toBe(0);
    expect(await polled(hasty)).toMatchObject({ status: 403, code: "approval_expired" });
  });
});
