import { describe, expect, it } from "vitest";
import { recordHash } from "../../contract/decision/record-hash.ts";
import { ID, StagedPage } from "./staged-page.ts";

const on = new StagedPage();

describe("a vote signs exactly what was on the screen", () => {
  it("a record whose hash is not its own is not shown, and cannot be approved", async () => {
    const shown = await on.ask();
    on.stage.hub.approvals.set(ID, { ...shown, record: { ...shown.record, purpose: "harmless" } });
    await on.open();
    await on.page.getByRole("heading", { name: "Do not approve this" }).waitFor();
    expect(await on.page.getByRole("button", { name: /approve|deny/i }).count()).toBe(0);
    expect(await on.page.getByText("harmless").count()).toBe(0);
  });

  it("a record that changes while it is on the screen loses its buttons", async () => {
    const shown = await on.ask();
    await on.open();
    await on.approve().waitFor();
    const record = { ...shown.record, ttl: 43_200 };
    on.stage.hub.approvals.set(ID, { ...shown, record, hash: await recordHash(record) });
    await on.page.getByText("not the one that you saw before").waitFor();
    expect(await on.approve().count()).toBe(0);
  });

  it("a record that changes during the sign-in gets no vote", async () => {
    const shown = await on.ask();
    await on.open();
    await on.approve().click();
    await on.page.getByLabel("Name").waitFor();
    const record = { ...shown.record, ttl: 43_200 };
    on.stage.hub.approvals.set(ID, { ...shown, record, hash: await recordHash(record) });
    await on.page.getByRole("button", { name: "Sign in" }).click();
    await on.page.getByText("not the one that you saw before").waitFor();
    expect(on.stage.hub.decided).toEqual([]);
  });

  it("an ID token for another hash is not sent", async () => {
    await on.ask();
    await on.open();
    await on.approve().click();
    await on.page.getByLabel("Name").waitFor();
    on.stage.issuer.claims = { nonce: "A".repeat(43) };
    await on.page.getByRole("button", { name: "Sign in" }).click();
    await on.page.getByText(/answered another sign-in|for another request/).waitFor();
    expect(on.stage.hub.decided).toEqual([]);
  });
});

describe("an answer to a request that the page did not make", () => {
  it.each([
    ["a code that somebody sends in a link", "?code=stolen&state=made-up"],
    ["a code without a state", "?code=stolen"],
    ["a token in the fragment", "#access_token=stolen&state=made-up"],
  ])("%s is not redeemed, and is removed from the URL", async (_, query) => {
    await on.page.goto(`${on.stage.origin}/callback${query}`);
    await on.page.getByText("This tab has begun no sign-in").waitFor();
    expect(on.page.url()).not.toContain("stolen");
    expect(on.heard.heard).toEqual([]);
  });

  it("is refused from another issuer than the one of the sign-in", async () => {
    await on.ask();
    on.stage.issuer.answer = { iss: "https://evil.example.com" };
    await on.open();
    await on.page.getByText("another issuer than the one you were sent to").waitFor();
  });

  it("is refused with another state", async () => {
    await on.ask();
    on.stage.issuer.answer = { state: "of another tab" };
    await on.open();
    await on.page.getByText("another sign-in than this tab").waitFor();
  });
});

describe("a decision that something interrupts", () => {
  it("loses its buttons when the request expires, and the page does not mention a denial", async () => {
    await on.ask({ expires_at: Math.floor(Date.now() / 1_000) + 6 });
    await on.open();
    await on.approve().waitFor();
    await on.page.getByText("That is no denial").waitFor();
    expect(await on.approve().count()).toBe(0);
  });

  it("shows a lost network, and recovers", async () => {
    await on.ask();
    await on.open();
    await on.approve().waitFor();
    await on.heard.context.setOffline(true);
    await on.page.getByText("valetkey does not answer").waitFor();
    expect(await on.page.getByText("What you sign").count()).toBe(1);
    await on.heard.context.setOffline(false);
    await on.page.getByText("valetkey does not answer").waitFor({ state: "detached" });
  });

  it("is reported as unknown where no answer came, and is sent again", async () => {
    await on.ask();
    await on.open();
    await on.page.getByRole("button", { name: "Deny…" }).click();
    await on.page.getByRole("textbox", { name: "Reason" }).fill("No.");
    on.stage.hub.answer = (request, response) => request.method === "POST" && !!response.destroy();
    await on.page.getByRole("button", { name: "Deny", exact: true }).click();
    await on.page.getByText("It is unknown whether your decision was recorded").waitFor();
    on.stage.hub.answer = undefined;
    await on.page.getByRole("button", { name: "Send it again" }).click();
    await on.page.getByText("The agent reads your reason").waitFor();
  });

  it("is not made by an expired sign-in, which the page reports", async () => {
    await on.ask();
    await on.open();
    await on.approve().waitFor();
    on.stage.hub.answer = (_, response) => !!response.writeHead(401, { "content-type": "application/json" }).end("{}");
    await on.page.getByText("Your sign-in has ended").waitFor();
    expect(await on.approve().count()).toBe(0);
    on.stage.hub.answer = undefined;
    await on.page.getByRole("button", { name: "Sign in again" }).click();
    await on.approve().waitFor();
  });

  it("gets an answer of HTML with a script and odd headers, and runs nothing", async () => {
    await on.ask();
    on.stage.hub.answer = (_, response) =>
      !!response
        .writeHead(200, { "content-type": "text/html", "set-cookie": "a=b", "content-security-policy": "script-src *" })
        .end("<script>document.title='owned'</script>");
    await on.open();
    await on.page.getByText("Reading the request…").waitFor();
    await expect.poll(() => on.stage.hub.requests.length).toBeGreaterThan(0);
    expect(await on.page.title()).not.toBe("owned");
    expect(await on.page.evaluate("document.cookie")).toBe("");
  });
});
