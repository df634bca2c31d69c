import { describe, expect, it } from "vitest";
import { recordHash, voteNonce } from "../../contract/decision/record-hash.ts";
import { ID, StagedPage } from "./staged-page.ts";

const on = new StagedPage();

describe("several requests by one sign-in", () => {
  it("show each request in full, and send each decision with all hashes", async () => {
    const [one, two] = [await on.ask(), await on.ask({ id: "ap0000000second0", purpose: "Purge the cache", ttl: 300 })];
    await on.open("/approvals");
    await on.pickBoth();
    await on.page
      .getByRole("region", { name: /own words/ })
      .getByText("Purge the cache")
      .waitFor();
    expect(await on.page.getByText("What you sign").count()).toBe(2);
    await on.page.getByRole("button", { name: "Approve all 2" }).click();
    await on.page.getByRole("button", { name: "Sign in" }).click();
    await on.page.getByText("2 of 2 approvals are recorded.").waitFor();
    const vote = on.stage.issuer.requests.find((asked) => asked.get("client_id") === "valetkey-approvals");
    expect(vote?.get("nonce")).toBe(await voteNonce([one.hash, two.hash]));
    const sent = {
      decision: "approve",
      vote: expect.any(String),
      hashes: expect.arrayContaining([one.hash, two.hash]),
    };
    expect(on.stage.hub.decided).toEqual([sent, sent]);
    expect(on.heard.heard).toEqual([]);
  });

  it("are not sent at all where one of them has changed meanwhile", async () => {
    const [one] = [await on.ask(), await on.ask({ id: "ap0000000second0" })];
    await on.open("/approvals");
    await on.pickBoth();
    await on.page.getByRole("button", { name: "Approve all 2" }).click();
    await on.page.getByLabel("Name").waitFor();
    const record = { ...one.record, ttl: 43_200 };
    on.stage.hub.approvals.set(ID, { ...one, record, hash: await recordHash(record) });
    await on.page.getByRole("button", { name: "Sign in" }).click();
    await on.page.getByText("Do not approve these").waitFor();
    expect(on.stage.hub.decided).toEqual([]);
  });
});
