import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { IamRevocations } from "../../../../functions/adapters/iam/iam-revocations.ts";
import { writeUntilKnown } from "../../../../functions/adapters/iam/write-until-known.ts";
import { accountId } from "../../../../functions/core/deployment/account-id.ts";
import { UnknownOutcome } from "../../../../functions/core/revocation/policy-writes.ts";

const answered = (httpStatusCode: number, name: string): Error =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
const noAnswer = Object.assign(new Error("socket hang up"), { name: "TimeoutError", $metadata: {} });

/** Outcome of each attempt. An attempt without an outcome succeeds. */
async function write(attempts: readonly (Error | undefined)[]) {
  const [left, pauses] = [[...attempts], [] as number[]];
  let count = 0;
  const outcome = await writeUntilKnown(
    async () => {
      count += 1;
      const error = left.shift();
      if (error) throw error;
    },
    async (ms) => void pauses.push(ms),
  ).catch((error: unknown) => error);
  return { outcome, count, pauses };
}

describe("a write whose outcome has to be known", () => {
  it.each([
    ["ThrottlingException", 400],
    ["Throttling", 400],
    ["TooManyRequestsException", 429],
    ["ConcurrentModificationException", 409],
  ])("is sent again where AWS answers %s, and each time waits longer", async (name, status) => {
    const busy = answered(status, name);
    expect(await write([busy, busy])).toEqual({ outcome: "done", count: 3, pauses: [100, 200] });
    expect(await write(Array(9).fill(busy))).toMatchObject({ outcome: busy, count: 6 });
  });

  it("is not sent again where AWS refuses it", async () => {
    const refused = answered(403, "AccessDenied");
    expect(await write([refused])).toEqual({ outcome: refused, count: 1, pauses: [] });
  });

  it.each([
    ["no answer came", noAnswer],
    ["AWS failed", answered(500, "ServiceFailure")],
    ["something else than AWS reported that it was busy", Object.assign(new Error(), { name: "Throttling" })],
  ])("is sent again at once where %s, and may then land again", async (_, error) => {
    const { outcome, count, pauses } = await write([error]);
    expect({ outcome, count, pauses }).toEqual({ outcome: "may land again", count: 2, pauses: [100] });
  });

  it("is given up as unknown where no attempt is confirmed, and where AWS refuses all but the one that nobody knows of", async () => {
    expect((await write(Array(9).fill(noAnswer))).outcome).toBeInstanceOf(UnknownOutcome);
    const refused = answered(403, "AccessDenied");
    const { outcome, count } = await write([noAnswer, refused]);
    expect([outcome, count]).toEqual([new UnknownOutcome(noAnswer), 2]);
  });
});

describe("IamRevocations, with an IAM that fails", () => {
  const role = { account: accountId("111122223333"), role: "valetkey-task-0" };
  let inForce: string | undefined;
  let puts = 0;
  let onPut: (text: string, response: ServerResponse) => void;
  const server = createServer(async (request, response) => {
    const form = new URLSearchParams(await text(request));
    if (form.get("Action") === "PutRolePolicy") {
      puts += 1;
      return onPut(form.get("PolicyDocument") ?? "", response);
    }
    answerRead(form.get("Action") ?? "", response);
  });
  const answerRead = (action: string, response: ServerResponse): void => {
    const names = inForce === undefined ? "" : "<member>valetkey-revocations</member>";
    const bodies: Record<string, string> = {
      AssumeRole: `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>none</SecretAccessKey><SessionToken>none</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
      ListRolePolicies: `<ListRolePoliciesResponse><ListRolePoliciesResult><PolicyNames>${names}</PolicyNames></ListRolePoliciesResult></ListRolePoliciesResponse>`,
      GetRolePolicy: `<GetRolePolicyResponse><GetRolePolicyResult><PolicyDocument>${encodeURIComponent(inForce ?? "")}</PolicyDocument></GetRolePolicyResult></GetRolePolicyResponse>`,
    };
    response.writeHead(200, { "content-type": "text/xml" }).end(bodies[action]);
  };
  const refuse = (response: ServerResponse, status: number, code: string) =>
    response
      .writeHead(status, { "content-type": "text/xml" })
      .end(`<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code></Error></ErrorResponse>`);

  beforeEach(async () => {
    [inForce, puts] = [undefined, 0];
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    vi.stubEnv("AWS_REGION", "us-east-1");
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIA");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "none");
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const adapter = () => new IamRevocations({ partition: "aws" }, { nowMs: Date.now }, async () => undefined);
  const soon = () => Date.now() + 5_000;

  it("a write whose answer is lost is sent again, by this adapter and not behind its back", async () => {
    onPut = (given, response) => {
      if (puts === 1) return response.destroy();
      inForce = given;
      return response.writeHead(200, { "content-type": "text/xml" }).end("<PutRolePolicyResponse/>");
    };
    expect(await adapter().write(role, "{}", soon())).toBe("may land again");
    expect([puts, inForce]).toEqual([2, "{}"]);
  });

  it("a write that is lost each time is unknown", async () => {
    onPut = (_, response) => response.destroy();
    await expect(adapter().write(role, "{}", soon())).rejects.toBeInstanceOf(UnknownOutcome);
    expect(puts).toBe(6);
  });

  it("a write for which IAM has no time is sent again", async () => {
    onPut = (given, response) => {
      if (puts < 3) return refuse(response, 400, "Throttling");
      inForce = given;
      return response.writeHead(200, { "content-type": "text/xml" }).end("<PutRolePolicyResponse/>");
    };
    expect(await adapter().write(role, "{}", soon())).toBe("done");
    expect([puts, inForce]).toEqual([3, "{}"]);
  });

  it("a write that IAM refuses is not", async () => {
    onPut = (_, response) => refuse(response, 403, "AccessDenied");
    await expect(adapter().write(role, "{}", soon())).rejects.toMatchObject({ name: "AccessDenied" });
    expect(puts).toBe(1);
  });
});
