import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { faultsOfLooks } from "./faults-of-looks.ts";
import { ID, StagedPage } from "./staged-page.ts";

const on = new StagedPage();

describe("a complete approval", () => {
  it("works by keyboard alone: sign in, read, approve, sign in again, recorded", async () => {
    const shown = await on.ask({ needed: [{ group: "sre", count: 1 }] });
    await on.page.goto(`${on.stage.origin}/approvals`);
    await on.page.getByLabel("Name").waitFor();
    await on.page.keyboard.press("Enter");
    await on.page.getByRole("heading", { name: "Waiting for a decision" }).waitFor();
    await on.tabTo("site deployer");
    await on.page.keyboard.press("Enter");
    await on.page.getByRole("heading", { name: /asks for a key for 15 minutes/ }).waitFor();
    await on.tabTo("Approve");
    await on.page.keyboard.press("Enter");
    await on.page.getByLabel("Name").waitFor();
    await on.page.keyboard.press("Enter");
    await on.page.getByText("Your approval is recorded").waitFor();
    await expect
      .poll(() => on.page.evaluate("document.activeElement.textContent"))
      .toContain("Your approval is recorded");
    expect(await on.approve().count()).toBe(0);
    const vote = on.stage.issuer.requests.find((asked) => asked.get("client_id") === "valetkey-approvals");
    expect(Object.fromEntries(vote ?? [])).toMatchObject({
      ...{ nonce: shown.hash, prompt: "login", max_age: "0", acr_values: "phr", scope: "openid" },
    });
    expect(on.stage.hub.decided).toEqual([{ decision: "approve", vote: expect.stringMatching(/^ey/) }]);
    expect(on.heard.heard).toEqual([]);
  });

  it("leaves no code and no token in the address, the history, a cookie or a store", async () => {
    await on.ask();
    const addresses: string[] = [];
    on.page.on("framenavigated", (frame) => addresses.push(frame.url()));
    await on.open();
    await on.approve().waitFor();
    const between = await on.everythingStored();
    await on.approve().click();
    await on.page.getByRole("button", { name: "Sign in" }).click();
    await on.page.getByText("Your approval is recorded").waitFor();
    const [tokens, after] = [/eyJ[\w-]+\.[\w-]+/, await on.everythingStored()];
    for (const stored of [between, after]) expect(stored).not.toMatch(tokens);
    expect(after).toBe(JSON.stringify([[], [], "", `${on.stage.origin}/approvals/${ID}`, null]));
    expect(addresses.join("\n")).not.toMatch(tokens);
    expect(on.stage.hub.requests.join("\n")).not.toMatch(/code=|token|state=/);
    await on.page.goBack();
    expect(on.page.url()).not.toMatch(/code=|state=/);
  });

  it("is followed by Back to a page that calls nothing a fault", async () => {
    await on.ask();
    await on.open();
    await on.approve().click();
    await on.page.getByRole("button", { name: "Sign in" }).click();
    await on.page.getByText("Your approval is recorded").waitFor();
    await on.page.goBack();
    await on.page.getByText("This tab has begun no sign-in, or has finished it").waitFor();
    expect(await on.page.locator(".notice.bad").count()).toBe(0);
    await on.page.getByRole("button", { name: "Sign in with staff" }).waitFor();
  });

  it("needs a sign-in again after a reload", async () => {
    await on.ask();
    await on.open();
    await on.approve().waitFor();
    const before = on.stage.issuer.requests.length;
    await on.page.reload();
    await on.approve().waitFor();
    expect(on.stage.issuer.requests.length).toBe(before + 1);
  });
});

describe("an approval for several keys", () => {
  const standing = { uses: 30, window: 30 * 86_400, shape: "9f2c" };

  it("shows their number in the heading, in a box at the top, among the facts, and on the button", async () => {
    const { record } = await on.ask({ standing });
    await on.open();
    await on.page.getByRole("heading", { name: "asks for 30 keys for 15 minutes" }).waitFor();
    const until = new Date((record.created_at + standing.window) * 1_000).toISOString().slice(0, 10);
    const sentence = new RegExp(
      `30 keys, each for 15 minutes, within 30 days \\(until ${until}T.*Nobody is asked again`,
    );
    expect(await on.page.getByText(sentence).count()).toBe(2);
    expect(await on.page.getByRole("button", { name: "Approve 30 keys", exact: true }).count()).toBe(1);
    expect(on.heard.heard).toEqual([]);
  });

  it("shows their number on the button of several requests, too", async () => {
    await on.ask({ standing });
    await on.ask({ id: "ap0000000second0" });
    await on.open("/approvals");
    await on.page.getByText(", for 30 keys").waitFor();
    await on.pickBoth();
    await on.page.getByRole("button", { name: "Approve all 2: 31 keys" }).waitFor();
  });

  it.each([
    [true, "Withdraw my approval", {}],
    [false, "End this approval…", { decision: "deny", reason: "enough" }],
  ])(
    "with uses left is ended by the person who gave it (%s), or denied by another of the group",
    async (has_voted, act, sent) => {
      const shown = await on.ask({ standing });
      const used = { used: 2, uses: 30, until: new Date(Date.now() + 86_400_000).toISOString() };
      const you = { groups: ["sre"], may_vote: false, has_voted };
      on.stage.hub.approvals.set(ID, { ...shown, status: "standing", standing: used, you });
      await on.open();
      await on.page.getByText("Used 2 times so far").waitFor();
      expect(await on.approve().count()).toBe(0);
      await on.page.getByRole("button", { name: act }).click();
      if (has_voted) {
        expect(on.stage.hub.decided).toEqual([]);
        await on.page.getByRole("button", { name: "Keep" }).waitFor();
        await on.page.getByRole("button", { name: "Withdraw it now" }).click();
      } else {
        await on.page.getByRole("textbox").fill("enough");
        await on.page.getByRole("button", { name: "Deny" }).click();
      }
      await on.page.getByText(has_voted ? "Your approval is withdrawn" : "The agent reads your reason").waitFor();
      expect(on.stage.hub.decided).toEqual([sent]);
    },
  );
});

describe("denying", () => {
  it("stays open to a member of a group that has given its votes, who is not asked to approve", async () => {
    const shown = await on.ask({ break_glass: true });
    const you = { groups: ["sre"], may_vote: false, has_voted: false, why: "group_full" };
    on.stage.hub.approvals.set(ID, { ...shown, you });
    await on.open();
    await on.page.getByText("Your groups have given their votes").waitFor();
    expect(await on.approve().count()).toBe(0);
    await on.page.getByText("In an emergency").waitFor();
    await on.page.getByRole("button", { name: "Deny…" }).click();
    await on.page.getByRole("textbox", { name: "Reason" }).fill("Not during the freeze.");
    await on.page.getByRole("button", { name: "Deny", exact: true }).click();
    await on.page.getByText("The agent reads your reason").waitFor();
    expect(on.stage.hub.decided).toEqual([{ decision: "deny", reason: "Not during the freeze." }]);
  });

  it.each(["Back", "Escape"])("gives the focus back to the button of a denial that is not made, by %s", async (by) => {
    await on.ask();
    await on.open();
    await on.page.getByRole("button", { name: "Deny…" }).click();
    await on.page.getByRole("textbox", { name: "Reason" }).fill("not yet");
    if (by === "Back") await on.page.getByRole("button", { name: "Back" }).click();
    else await on.page.keyboard.press("Escape");
    expect(await on.page.evaluate("document.activeElement.textContent")).toBe("Deny…");
    expect(on.stage.hub.decided).toEqual([]);
  });

  it("requires a reason, and reports a missing one", async () => {
    await on.ask();
    await on.open();
    await on.page.getByRole("button", { name: "Deny…" }).click();
    await on.page.getByRole("button", { name: "Deny", exact: true }).click();
    await on.page.getByText("Write the reason, in a few words.").waitFor();
    await on.page.getByRole("textbox", { name: "Reason" }).fill("Not during the freeze.");
    await on.page.getByRole("button", { name: "Deny", exact: true }).click();
    await on.page.getByText("The agent reads your reason").waitFor();
    expect(on.stage.hub.decided).toEqual([{ decision: "deny", reason: "Not during the freeze." }]);
  });

  it("in one tab removes the buttons in the other, which shows what happened", async () => {
    await on.ask();
    await on.open();
    await on.approve().waitFor();
    const other = await on.heard.context.newPage();
    await other.goto(`${on.stage.origin}/approvals/${ID}`);
    await other.getByRole("button", { name: "Deny…" }).click();
    await other.getByRole("textbox", { name: "Reason" }).fill("No.");
    await other.getByRole("button", { name: "Deny", exact: true }).click();
    await other.getByText("The agent reads your reason").waitFor();
    await on.page.bringToFront();
    await on.page.getByText("A person denied it").waitFor();
    expect(await on.approve().count()).toBe(0);
  });

  it("too late shows the earlier decision", async () => {
    const shown = await on.ask();
    await on.open();
    await on.approve().click();
    await on.page.getByLabel("Name").waitFor();
    on.stage.hub.approvals.set(ID, { ...shown, status: "denied" });
    await on.page.getByRole("button", { name: "Sign in" }).click();
    await on.page.getByText("Somebody had decided against the request before").waitFor();
  });
});

describe("a channel that could not be notified", () => {
  it("is named on the page, beside the request that people may not know of", async () => {
    const shown = await on.ask();
    const notices = [
      { channel: "ops", told: true },
      { channel: "sec-chat", told: false, failed_at: "2026-11-18T10:00:00Z" },
    ];
    on.stage.hub.approvals.set(ID, { ...shown, notices });
    await on.open();
    await on.page.getByText("Not every channel could be notified").waitFor();
    await on.page.getByText("No message reached sec-chat.").waitFor();
    expect(await on.page.getByText(/reached .*ops/).count()).toBe(0);
  });
});

describe("an agent whose name, id and team are one word", () => {
  it("is named once by a decision, and in the inbox beside its team", async () => {
    const agent = { id: agentId("demo"), name: "demo", owner: "staff|person:carol", team: "demo" };
    await on.ask({ agent });
    await on.open("/approvals");
    await expect.poll(() => on.page.locator(".inbox-agent").allTextContents()).toEqual(["demo team demo"]);
    await on.page.getByRole("link", { name: /^demo/ }).click();
    const named = () => on.page.locator(".facts > div", { hasText: /^Agent/ }).textContent();
    await expect.poll(named).toMatch(/^Agentdemo\s*$/);
    await on.page.getByRole("link", { name: "All requests" }).click();
    await on.ask({ agent: { ...agent, name: "demo\u200b" } });
    await on.page.getByRole("link", { name: /^demo/ }).click();
    await expect.poll(named).toBe("Agentdemo\\u{200B} demo");
  });
});

describe("the bar of a decision", () => {
  const standing = { uses: 30, window: 30 * 86_400, shape: "9f2c" };
  it.each([
    [320, {}],
    [390, {}],
    [320, { break_glass: true }],
    [320, { standing }],
  ] as const)(
    "takes 90 px of the height at %d px, and is in view from the first line on: %o",
    async (width, record) => {
      await on.page.setViewportSize({ width, height: 800 });
      await on.ask(record);
      await on.open();
      await on.approve().waitFor();
      const bar = on.page.locator(".actions", { has: on.approve() });
      expect(await on.page.evaluate("scrollY")).toBe(0);
      const { y = 0, height = 800 } = (await bar.boundingBox()) ?? {};
      expect(height).toBeLessThanOrEqual(90);
      expect(y + height).toBe(800);
      const buttons = await bar.getByRole("button").all();
      expect(buttons).toHaveLength(3);
      for (const button of buttons) expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44);
      // What explains the buttons is below them, and nothing of it is covered.
      await on.page.getByText("To approve, sign in again").scrollIntoViewIfNeeded();
      await on.page.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
      const below = await on.page.getByText("To approve, sign in again").boundingBox();
      const ended = await bar.boundingBox();
      expect(below?.y).toBeGreaterThanOrEqual((ended?.y ?? 800) + (ended?.height ?? 0));
      expect(await faultsOfLooks(on.page)).toEqual([]);
    },
  );
});

describe("a hostile text", () => {
  const PURPOSE = `<img src=x onerror="document.title='owned'"> \u202egpj.exe \u001b[31m javascript:alert(1) https://evil.example.com ${"A".repeat(10_000)}`;

  it("changes nothing outside its box", async () => {
    await on.ask({ purpose: PURPOSE });
    await on.open();
    await on.approve().waitFor();
    expect(await on.page.title()).not.toBe("owned");
    expect(await on.page.locator("main img, main a[href*='evil']").count()).toBe(0);
    const box = on.page.getByRole("region", { name: /own words/ });
    expect(await box.textContent()).toContain("\\u{202E}gpj.exe \\u{1B}[31m javascript:alert(1)");
    const [outer, inner] = [await box.boundingBox(), await on.page.locator("main").boundingBox()];
    expect(outer?.height).toBeLessThan(320);
    expect((outer?.x ?? 0) + (outer?.width ?? 0)).toBeLessThanOrEqual((inner?.x ?? 0) + (inner?.width ?? 0));
    expect(on.heard.heard).toEqual([]);
  });
});
