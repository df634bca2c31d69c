import { describe, expect, it } from "vitest";
import { approverToken, askForApproval, voteToken } from "../fakes/samples/asked-approval.ts";
import { FakeService } from "../fakes/world/service.ts";
import { fakeWorld, httpEvent, READ_REPORTS } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const encoded = (text: string): string => Buffer.from(text).toString("base64url");

/** Names a member of a token's header or claims twice, with another value first. */
function repeated(token: string, part: 0 | 1, member: string, value: string): string {
  const parts = token.split(".");
  const text = Buffer.from(parts[part] ?? "", "base64url").toString("utf8");
  parts[part] = encoded(text.replace("{", `{${JSON.stringify(member)}:${JSON.stringify(value)},`));
  return parts.join(".");
}

describe("a member that is named twice is refused wherever a person or policy decides on it", () => {
  it("authorization_details: an approver could read one resource, and the agent get another", async () => {
    const service = new FakeService(fakeWorld());
    const details = JSON.stringify(READ_REPORTS).replace('"resources"', '"resources":["arn:aws:s3:::x/*"],"resources"');
    const { status, body } = await service.exchange({ authorization_details: details });
    expect([status, body.code, body.error_description]).toEqual([
      400,
      "intent_invalid",
      expect.stringContaining("authorization_details: it names a member twice."),
    ]);
  });

  it.each([
    ["claims", 1, "sub", "agent:other"],
    ["claims", 1, "aud", "https://else.test"],
    ["header", 0, "kid", "key-2"],
  ] as const)("the %s of an agent's token: part %i, %s", async (_what, part, member, value) => {
    const service = new FakeService(fakeWorld());
    const token = repeated(service.world.agentToken(), part, member, value);
    expect((await service.exchange({ subject_token: token })).body.code).toBe("token_malformed");
  });

  it("the claims of an operator's token", async () => {
    const service = new FakeService(fakeWorld());
    const token = repeated(service.world.operatorToken(), 1, "sub", "eve");
    const { status, body } = await service.operate("GET /v1/agents", { token });
    expect([status, body.code]).toEqual([401, "operator_token_invalid"]);
  });

  it("the claims of a vote, and the body that brings a vote", async () => {
    const service = new FakeService(fakeWorld());
    const asked = await askForApproval(service.world);
    const vote = voteToken(service.world, [asked.hash]);
    const send = (body: string) =>
      service.send(
        httpEvent("POST /v1/approvals/{approval}/decide", {
          headers: { "content-type": "application/json", authorization: `Bearer ${approverToken(service.world)}` },
          pathParameters: { approval: asked.id },
          body,
        }),
      );
    const whole = JSON.stringify({ decision: "approve", vote });
    const odd = JSON.stringify({ decision: "approve", vote: repeated(vote, 1, "nonce", "A".repeat(43)) });
    expect((await send(odd)).body.code).toBe("vote_invalid");
    expect((await send(whole.replace("{", '{"decision":"deny",'))).body).toMatchObject({
      code: "malformed_request",
      error_description: expect.stringContaining("The body names a member twice."),
    });
    expect((await send(whole)).status).toBe(200);
  });
});
