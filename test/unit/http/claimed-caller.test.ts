import { describe, expect, it } from "vitest";
import { claimedCaller } from "../../../functions/http/claimed-caller.ts";
import { formEvent, httpEvent } from "../../fakes/world/world.ts";

const tokenOf = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`;

describe("the caller that a request claims", () => {
  it.each([
    [
      "the agent's token",
      { subject_token: tokenOf({ iss: "https://a.test", sub: "one" }) },
      '["https://a.test","one"]',
    ],
    [
      "the actor, where a person's token is beside it",
      { subject_token: tokenOf({ sub: "pat" }), actor_token: tokenOf({ iss: "https://a.test", sub: "one" }) },
      '["https://a.test","one"]',
    ],
    ["a task token's root", { subject_token: "vk_k7f3m2q9x4ab._abc" }, "k7f3m2q9x4ab"],
    ["no token", {}, "[null,null]"],
    ["a token of no known form", { subject_token: "..%" }, "[null,null]"],
    ["a body that is too long", { subject_token: "a".repeat(70_000) }, ""],
  ])("is of %s", (_, form, caller) => {
    expect(claimedCaller(formEvent(form))).toBe(caller);
  });

  it("is the root of the path", () => {
    const event = httpEvent("GET /v1/tasks/{task}/credentials/{lease}", { pathParameters: { task: "k7f3m2q9x4ab." } });
    expect(claimedCaller(event)).toBe("k7f3m2q9x4ab");
  });
});
