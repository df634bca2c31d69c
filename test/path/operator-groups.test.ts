import { describe, expect, it } from "vitest";
import { FakeService } from "../fakes/world/service.ts";
import { DEPLOYMENT, type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

watchWorlds();

const [, , STAFF] = DEPLOYMENT.issuers;
if (!STAFF) throw new Error("no people's issuer");
const TWO_ISSUERS = {
  ...DEPLOYMENT,
  issuers: [...DEPLOYMENT.issuers, { ...STAFF, name: "partners", url: "https://partners.test" }],
};
const NO_CONTRACTORS = cedarOf([
  "permit (principal is User, action, resource);",
  '@id("no-contractors") forbid (principal is User in Group::"staff|contractors", action, resource);',
]);

const list = async (world: FakeWorld, claims: Readonly<Record<string, unknown>>) => {
  const { status, body } = await new FakeService(world).operate("GET /v1/agents", {
    token: world.operatorToken({ sub: "olivia", ...claims }),
  });
  return { status, ...body };
};

describe("I1: an operator", () => {
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ["is the last of 200", { groups: [...Array(199).keys()].map(String).concat("contractors") }],
    ["comes after 200 others", { groups: [...Array(200).keys()].map(String).concat("contractors") }],
    ["comes after a group that is no text", { groups: [7, "contractors"] }],
    ["is the one group, as a text", { groups: "contractors" }],
    ["is listed elsewhere, since there are too many", { groups: undefined, _claim_names: { groups: "src1" } }],
    ["is left out, since there are too many", { groups: undefined, hasgroups: true }],
    ["is left out", { groups: undefined }],
  ])("is refused where a forbidden group %s", async (_, claims) => {
    const { status, code } = await list(fakeWorld({ policies: NO_CONTRACTORS }), claims);
    expect([401, 403]).toContain(status);
    expect(["operator_token_invalid", "operator_denied"]).toContain(code);
  });

  it("learns what is wrong with the groups of the token, and who is in few is let in", async () => {
    const world = fakeWorld({ policies: NO_CONTRACTORS });
    expect(await list(world, { groups: undefined, hasgroups: true })).toMatchObject({
      status: 401,
      error_description: expect.stringContaining("You are in more groups than your issuer lists in a token"),
    });
    expect(await list(world, { groups: ["sre"] })).toMatchObject({ status: 200 });
  });

  it("is the person that the issuer's person claim names, since a pairwise sub differs for each client", async () => {
    const issuers = DEPLOYMENT.issuers.map((each) => (each.kind === "people" ? { ...each, person: "oid" } : each));
    const deployment = { ...DEPLOYMENT, issuers, operators: [{ issuer: "staff", subject: "o-7" }] };
    const world = () => fakeWorld({ deployment });
    expect(await list(world(), { sub: "pairwise-1", oid: "o-7", groups: [] })).toMatchObject({ status: 200 });
    expect(await list(world(), { sub: "o-7", oid: "o-8", groups: [] })).toMatchObject({ status: 403 });
    expect(await list(world(), { sub: "o-7", groups: [] })).toMatchObject({ status: 401 });
  });

  it("is of a group by the word of that group's own issuer alone", async () => {
    const groups = ["valetkey-operators", "staff|valetkey-operators"];
    const partner = await list(fakeWorld({ deployment: TWO_ISSUERS }), { iss: "https://partners.test", groups });
    expect(partner).toMatchObject({ status: 403, code: "operator_denied" });
    expect(await list(fakeWorld({ deployment: TWO_ISSUERS }), { groups })).toMatchObject({ status: 200 });
  });
});
