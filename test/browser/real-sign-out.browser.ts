import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type LocalCloud, startLocalCloud } from "../harness/local-cloud.ts";
import { openBrowser } from "./open-browser.ts";
import { approve, signInAs, Visitors } from "./visitors.ts";

let browser: Browser;
let local: LocalCloud;
let people: Visitors;

beforeAll(async () => {
  browser = await openBrowser();
  local = await startLocalCloud({ hasRules: false });
  people = new Visitors(browser, local);
});
afterEach(() => people.leave());
afterAll(async () => {
  await browser?.close();
  await local?.close();
});

it("one browser changes from Alice to Bob, who votes: a sign-out ends the issuer's session, too", async () => {
  const waiting = await local.ask();
  const page = await people.openAs("Alice", people.decisionOf(waiting));
  await page.getByText("You cannot decide about this request").waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign out" }).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByText("your session at the issuer has ended").waitFor();
  expect(page.url()).toBe(`${local.origin}/`);
  await page.goto(people.decisionOf(waiting));
  await signInAs(page, "Bob");
  await approve(page).click();
  await signInAs(page, "Bob");
  await page.getByText("Your approval is recorded").waitFor();
  expect(await people.keyOf(waiting)).toBe("200");
});

it("another person than the one who reads can vote: the issuer changes its session at the vote's sign-in", async () => {
  const waiting = await local.ask();
  const page = await people.openAs("Carol", people.decisionOf(waiting));
  await approve(page).click();
  await signInAs(page, "Bob");
  await page.getByText("Your approval is recorded").waitFor();
  await page.getByText("person:bob").first().waitFor();
  expect(await page.getByText("person:carol").count()).toBe(0);
  expect(await people.keyOf(waiting)).toBe("200");
});

it("a person who did not end the session at the issuer is asked who signs in next", async () => {
  const page = await people.openAs("Alice", `${local.origin}/approvals`);
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  // The issuer cannot be reached for the sign-out, so that its session stays.
  await page.route("**/.well-known/openid-configuration", (route) => route.abort());
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByText("the next sign-in here asks who you are").waitFor();
  await page.unrouteAll();
  await page.getByRole("button", { name: "Sign in with staff" }).click();
  await signInAs(page, "Bob");
  await page.getByRole("banner").getByText("person:bob").waitFor();
  people.mayBeCut(page);
});
