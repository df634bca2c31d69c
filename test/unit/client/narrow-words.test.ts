import { describe, expect, it } from "vitest";
import { plainDenial } from "../../../client/mcp/answers.ts";
import { hintOn } from "../../../client/task/narrow-words.ts";

const OF_A_PERSON =
  "Ask on behalf of a person: their token as subject_token, the agent's as actor_token (`valetkey exec --on-behalf-of`).";

describe("a hint", () => {
  it.each([
    ["exec", "ask for that, or with mode=narrow for all.", "ask for that, or with --accept-less for all."],
    ["mcp", "ask for that, or with mode=narrow for all.", "ask for that, or with accept_less for all."],
    ["program", "ask for that, or with mode=narrow for all.", 'ask for that, or with mode: "narrow" for all.'],
    ["exec", "request that, or use mode=narrow.", "request that, or use --accept-less."],
    ["exec", "Policy covers arn:aws:s3:::b/mode=narrow.", "Policy covers arn:aws:s3:::b/mode=narrow."],
    ["exec", OF_A_PERSON, "Ask on behalf of a person: give --on-behalf-of."],
    ["mcp", OF_A_PERSON, "Ask on behalf of a person: this server cannot, so tell your user."],
    [
      "program",
      OF_A_PERSON,
      "Ask on behalf of a person: run `valetkey exec --on-behalf-of`, since withTask takes no person's token.",
    ],
  ] as const)("names the parameter of %s: %s", (surface, hint, shown) => {
    expect(hintOn(surface, hint)).toBe(shown);
  });

  it("has the argument of the tool in an answer for a model", () => {
    const denial = { action: "s3:GetObject", target: "*", reason: "No.", hint: "Ask for less, or use mode=narrow." };
    expect(plainDenial(denial).hint).toBe("Ask for less, or use accept_less.");
  });
});
