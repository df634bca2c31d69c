import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { IamRevocations } from "../../functions/adapters/iam-revocations.ts";
import { writeUntilKnown } from "../../functions/adapters/write-until-known.ts";
import { UnknownOutcome } from "../../functions/core/revocation/unknown-outcome.ts";

const answered = (httpStatusCode: number, name: string): Error =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
const noAnswer = Object.assign(new Error("socket hang up"), { name: "TimeoutError", $metadata: {} });

/** What each attempt comes to, and each look; what is not listed is done, or is not there. */
async function write(attempts: readonly (Error | undefined)[], looks: readonly boolean[] = []) {
  const [left, seen, pauses] = [[...attempts], [...looks], [] as number[]];
  let count = 0;
  const outcome = await writeUntilKnown(
    async () => {
      count += 1;
      const error = left.shift();
      if (error) throw error;
    },
    async () => seen.shift() ?? false,
    async (ms) => void pauses.push(ms),
  ).then(
    () => "done",
    (error: unknown) => error,
  );
  return { outcome, count, pauses };
}

describe("a write whose outcome has to be known", () => {
  it.each([
    ["ThrottlingException", 400],
    ["Throttling", 400],
    ["TooManyRequestsException", 429],
    ["ConcurrentModificationException", 409],
  ])("is sent again where AWS says %s, and each time waits longer", async (name, status) => {
    const busy = answered(status, name);
    expect(await write([busy, busy])).toEqual({ outcome: "done", count: 3, pauses: [200, 400] });
    expect(await write(Array(9).fill(busy))).toMatchObject({ outcome: busy, count: 5 });
  });

  it("is not sent again where AWS refuses it", async () => {
    const refused = answered(403, "AccessDenied");
    expect(await write([refused])).toEqual({ outcome: refused, count: 1, pauses: [] });
  });

  it.each([
    ["no answer came", noAnswer],
    ["AWS failed", answered(500, "ServiceFailure")],
    ["something said it was busy, but not AWS", Object.assign(new Error(), { name: "Throttling" })],
  ])("is never sent a second time where %s: it is looked for until it is there", async (_, error) => {
    const { outcome, count, pauses } = await write([error], [false, false, true]);
    expect({ outcome, count, pauses }).toEqual({ outcome: "done", count: 1, pauses: [250, 500, 1_000] });
  });

  it("is given up as unknown where it is not to be seen", async () => {
    const { outcome, count, pauses } = await write([noAnswer]);
    expect(outcome).toBeInstanceOf(UnknownOutcome);
    expect([count, pauses.length]).toEqual([1, 5]);
  });
});

describe("IamRevocations, with an IAM that fails", () => {
  const role = { account: "111122223333", role: "valetkey-task-0" };
  let standing: string | undefined;
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
    const names = standing === undefined ? "" : "<member>valetkey-revocations</member>";
    const bodies: Record<string, string> = {
      AssumeRole: `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>none</SecretAccessKey><SessionToken>none</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
      ListRolePolicies: `<ListRolePoliciesResponse><ListRolePoliciesResult><PolicyNames>${names}</PolicyNames></ListRolePoliciesResult></ListRolePoliciesResponse>`,
      GetRolePolicy: `<GetRolePolicyResponse><GetRolePolicyResult><PolicyDocument>${encodeURIComponent(standing ?? "")}</PolicyDocument></GetRolePolicyResult></GetRolePolicyResponse>`,
    };
    response.writeHead(200, { "content-type": "text/xml" }).end(bodies[action]);
  };
  const refuse = (response: ServerResponse, status: number, code: string) =>
    response
      .writeHead(status, { "content-type": "text/xml" })
      .end(`<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code></Error></ErrorResponse>`);

  beforeEach(async () => {
    [standing, puts] = [undefined, 0];
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
  const adapter = () => new IamRevocations("aws", async () => undefined);

  it("a write whose answer is lost is read back and not sent again", async () => {
    onPut = (given, response) => {
      standing = given;
      response.destroy();
    };
    await adapter().write(role, "{}");
    expect(puts).toBe(1);
  });

  it("a write that is lost altogether is unknown, and not sent again", async () => {
    onPut = (_, response) => response.destroy();
    await expect(adapter().write(role, "{}")).rejects.toBeInstanceOf(UnknownOutcome);
    expect(puts).toBe(1);
  });

  it("a write for which IAM has no time is sent again", async () => {
    onPut = (given, response) => {
      if (puts < 3) return refuse(response, 400, "Throttling");
      standing = given;
      return response.writeHead(200, { "content-type": "text/xml" }).end("<PutRolePolicyResponse/>");
    };
    await adapter().write(role, "{}");
    expect([puts, standing]).toEqual([3, "{}"]);
  });

  it("a write that IAM refuses is not", async () => {
    onPut = (_, response) => refuse(response, 403, "AccessDenied");
    await expect(adapter().write(role, "{}")).rejects.toMatchObject({ name: "AccessDenied" });
    expect(puts).toBe(1);
  });
});
