import { describe, expect, it } from "vitest";
import { faultsOfLooks } from "./faults-of-looks.ts";
import { StagedPage } from "./staged-page.ts";

const on = new StagedPage();

const open = (path = "/sign-in/staff?nonce=theirs#nonce=theirs") => on.page.goto(`${on.stage.origin}${path}`);
const signIn = () => on.page.getByRole("button", { name: "Sign in" }).click();
const result = async () => {
  await on.page.getByText("Give this to the command").waitFor();
  return JSON.parse(((await on.page.locator(".command code").textContent()) ?? "").replaceAll("\n", ""));
};

describe("the button Sign out", () => {
  it("forgets the person, and begins no sign-in by itself", async () => {
    await on.ask();
    await on.open();
    await on.page.getByRole("button", { name: "Sign out" }).click();
    await on.page.getByText("You have signed out").waitFor();
    const before = on.stage.issuer.requests.length;
    await on.page.goto(`${on.stage.origin}/#`);
    expect(on.stage.issuer.requests.length).toBe(before);
    expect(await on.page.getByText("alice").count()).toBe(0);
    await on.page.getByRole("button", { name: "Sign in with staff" }).click();
    await on.page.getByRole("button", { name: "Sign in" }).click();
    expect(on.stage.issuer.requests.at(-1)?.get("prompt")).toBe("login");
    await on.page.getByRole("button", { name: "Sign out" }).waitFor();
  });
});

describe("the page that tries a sign-in", () => {
  it("signs in as for a vote, under a nonce of its own, and sends nothing to valetkey", async () => {
    await open();
    await on.page.getByRole("heading", { name: "Try the sign-in at staff" }).waitFor();
    expect(on.stage.issuer.requests).toEqual([]);
    await signIn();
    await signIn();
    const tried = await result();
    const query = Object.fromEntries(on.stage.issuer.requests[0] ?? []);
    expect(query).toMatchObject({ client_id: "valetkey-approvals", prompt: "login", max_age: "0", scope: "openid" });
    expect(query).toMatchObject({
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      redirect_uri: `${on.stage.origin}/callback`,
    });
    expect(tried).toEqual({
      issuer: "staff",
      nonce: query.nonce,
      begun_at: expect.any(Number),
      id_token: expect.stringMatching(/^ey/),
    });
    expect(on.page.url()).toBe(`${on.stage.origin}/sign-in/staff`);
    expect([on.stage.hub.requests, on.heard.heard]).toEqual([[], []]);
  });

  it("keeps its result in memory alone: a reload loses it", async () => {
    await open();
    await signIn();
    await signIn();
    await result();
    expect(
      await on.page.evaluate("JSON.stringify([sessionStorage.length, localStorage.length, document.cookie])"),
    ).toBe('[0,0,""]');
    await on.page.reload();
    await on.page.getByRole("button", { name: "Sign in" }).waitFor();
    expect(await on.page.locator(".command").count()).toBe(0);
  });

  it("rejects an answer with another state, and reports it", async () => {
    await open();
    await signIn();
    on.stage.issuer.answer = { state: "theirs" };
    await signIn();
    await on.page.getByText("The answer belongs to another sign-in").waitFor();
    expect(await on.page.locator(".command").count()).toBe(0);
  });

  it.each([320, 1_200])("shows its result without a finding of axe, and fits %d px", async (width) => {
    await on.page.setViewportSize({ width, height: 800 });
    await open();
    await signIn();
    on.stage.issuer.claims = { groups: Array.from({ length: 40 }, (_, index) => `group-${index}`) };
    await signIn();
    await result();
    expect(await faultsOfLooks(on.page)).toEqual([]);
    expect(await on.page.locator("button.primary").count()).toBe(0);
  });

  it("exists only for issuers that approve", async () => {
    await open("/sign-in/strangers");
    await on.page.getByRole("heading", { name: "Nobody approves by this issuer" }).waitFor();
    expect(await on.page.getByRole("button").count()).toBe(0);
  });
});
