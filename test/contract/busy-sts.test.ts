import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { StsSessions } from "../../functions/adapters/sts/sts-sessions.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { rootPath } from "../../functions/core/task-path.ts";
import { type FaultProxy, startFaultProxy } from "../faults/fault-proxy.ts";
import { AWS_CLIENTS } from "./aws-clients.ts";
import { refused } from "./store/tested-store.ts";

let proxy: FaultProxy;
beforeAll(async () => {
  // No server is behind the proxy: it answers every call itself.
  proxy = await startFaultProxy("http://127.0.0.1:9");
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_STS: proxy.endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
});
afterAll(() => proxy.close());

const request = () => ({
  account: accountId("111122223333"),
  role: "valetkey-task-0",
  path: rootPath(randomBytes(32)),
  agent: agentId("demo"),
  policy: "{}",
  durationSeconds: 900,
  startedAt: 0,
});
/** STS's error in the shape of the AWS query protocol. */
const error = (code: string) => ({
  is: "answered" as const,
  status: 400,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>m</Message></Error></ErrorResponse>`,
});

describe.each(AWS_CLIENTS)("StsSessions over %s", (_, { assumeRole }) => {
  it.each([
    ["Throttling", "sts_unavailable", true],
    ["ThrottlingException", "sts_unavailable", true],
    ["RequestLimitExceeded", "sts_unavailable", true],
    ["InternalFailure", "sts_unavailable", false],
    ["AccessDenied", "sts_refused", false],
  ] as const)("an STS that answers %s is %s, and busy for a moment: %s", async (code, refusal, isBusy) => {
    let nowMs = 1_000_000;
    const sessions = new StsSessions("aws", assumeRole(), () => nowMs);
    proxy.mend();
    proxy.order({ operation: "AssumeRole" }, error(code));
    expect(sessions.isBusy()).toBe(false);
    await expect(sessions.assume(request())).rejects.toEqual(refused(refusal));
    expect(sessions.isBusy()).toBe(isBusy);
    nowMs += 499;
    expect(sessions.isBusy()).toBe(isBusy);
    nowMs += 1_001;
    expect(sessions.isBusy()).toBe(false);
  });
});
