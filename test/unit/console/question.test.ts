import { describe, expect, it } from "vitest";
import { commandOf, NO_QUESTION, questionOf } from "../../../console/policies/question.ts";

const AGENT = { id: "report-agent", team: "data", owner: "staff|ann", labels: ["nightly"] };
const CALL = {
  ...NO_QUESTION,
  agent: " report-agent ",
  account: "111122223333",
  actions: "s3:GetObject, s3:ListBucket",
  resources: "arn:aws:s3:::a/*",
};

describe("the question of a form", () => {
  it("is about a call, as an agent would send it", () => {
    expect(questionOf(CALL)).toEqual({
      body: {
        agent: "report-agent",
        authorization_details: [
          {
            type: "aws",
            account: "111122223333",
            actions: ["s3:GetObject", "s3:ListBucket"],
            resources: ["arn:aws:s3:::a/*"],
          },
        ],
      },
    });
  });

  it("takes the context and a person with groups", () => {
    const more = { purpose: "look", sourceIp: "203.0.113.7", at: "2026-11-24T12:00:00Z", claims: '{"ref":"main"}' };
    expect(questionOf({ ...CALL, ...more, person: "staff|u-1 support, sales" })).toMatchObject({
      body: {
        purpose: "look",
        source_ip: "203.0.113.7",
        at: "2026-11-24T12:00:00Z",
        claims: { ref: "main" },
        on_behalf_of: { issuer: "staff", person: "u-1", groups: ["support", "sales"] },
      },
    });
  });

  it("takes details as JSON in place of the call", () => {
    expect(questionOf({ ...NO_QUESTION, agent: "a1", details: '[{"type":"tool"}]' })).toEqual({
      body: { agent: "a1", authorization_details: [{ type: "tool" }] },
    });
  });

  it.each([
    ["no agent", { ...CALL, agent: " " }, "Name the agent."],
    ["an account of 11 digits", { ...CALL, account: "11112222333" }, "Write the account"],
    ["no action", { ...CALL, actions: ", " }, "Write an action"],
    ["no resource", { ...CALL, resources: "" }, "Write a resource"],
    ["details that are no list", { ...CALL, details: "{}" }, "The details must be"],
    ["claims that are a list", { ...CALL, claims: "[]" }, "The claims must be"],
    ["a person without an issuer", { ...CALL, person: "u-1" }, "Write the person"],
  ])("names what is missing: %s", (_, fields, sentence) => {
    const question = questionOf(fields);
    expect("says" in question && question.says).toContain(sentence);
  });

  it("is a command that a shell reads unchanged, whatever the person typed", () => {
    const question = questionOf({ ...CALL, purpose: "it's; $(rm) `x`" });
    expect("body" in question && commandOf(question.body, AGENT)).toContain(`--purpose 'it'\\''s; $(rm) \`x\`'`);
  });

  it("is a command that has the agent's registration, its token's claims and its person", () => {
    const question = questionOf({ ...CALL, claims: '{"ref":"main"}', person: "staff|u-1 support" });
    const command = "body" in question ? commandOf(question.body, AGENT) : "";
    expect(command).toContain(`--agent '${JSON.stringify({ ...AGENT, claims: { ref: "main" } })}'`);
    expect(command).toContain(`--on-behalf-of '{"issuer":"staff","person":"u-1","groups":["support"]}'`);
  });
});
