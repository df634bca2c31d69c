import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetScopedCredentialsCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { IamRevocations } from "../../functions/adapters/iam/iam-revocations.ts";
import { httpAssumeRole } from "../../functions/adapters/sts/http-assume-role.ts";
import { StsSessions } from "../../functions/adapters/sts/sts-sessions.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { renderRevocations } from "../../functions/core/revocation/render.ts";
import type { Halted, roleStateAt } from "../../functions/core/revocation/role-state.ts";
import { rootPath } from "../../functions/core/task-path.ts";
import { type LocalAccounts, startAccounts } from "../../local/cloud/local-accounts.ts";

const ACCOUNT = accountId("111122223333");
const ROLE = { account: ACCOUNT, role: "valetkey-task-0" };
const BUCKET = "acme-data";
const POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: `arn:aws:s3:::${BUCKET}/*` }],
});

let accounts: LocalAccounts;
/** Milliseconds by which the embedded AWS and all functions are ahead of this machine. */
let aheadMs = 0;
const nowMs = () => Date.now() + aheadMs;
const nowSeconds = () => Math.floor(nowMs() / 1_000);
beforeAll(async () => {
  accounts = await startAccounts(nowMs);
  const account = accounts.aws.admin(ACCOUNT);
  account.putBucket(BUCKET);
  account.putObject(BUCKET, "reports/a", "a report");
});
afterAll(() => accounts.close());

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}
const config = (credentials: Keys) => ({
  endpoint: accounts.aws.endpoint,
  region: "us-east-1",
  credentials,
  systemClockOffset: aheadMs,
});

/** A task's session, as the exchange opens it, and its record. */
async function open() {
  accounts.become("exchange");
  const path = rootPath(crypto.getRandomValues(new Uint8Array(32)));
  const startedAt = nowSeconds();
  const request = { ...ROLE, path, agent: agentId("demo"), policy: POLICY, durationSeconds: 900, startedAt };
  const keys: Keys = await new StsSessions("aws", httpAssumeRole()).assume(request);
  return { keys, entry: { path, agent: agentId("demo"), openedAt: startedAt, startedAt, fenceAt: startedAt + 900 } };
}

/**
 * Copies the session, under a key and an issue time of its own. Only shortens the time, so that the copy uses up no
 * layer.
 */
async function copyOf(keys: Keys, seconds = 600): Promise<Keys> {
  const answer = await new STSClient(config(keys)).send(new GetScopedCredentialsCommand({ DurationSeconds: seconds }));
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = answer.Credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

const canRead = (keys: Keys): Promise<boolean> =>
  new S3Client({ ...config(keys), forcePathStyle: true })
    .send(new GetObjectCommand({ Bucket: BUCKET, Key: "reports/a" }))
    .then(
      () => true,
      () => false,
    );

/** Writes the role's revocation policy as it is rendered now. Returns its form. */
async function write(entries: Parameters<typeof roleStateAt>[0], halted?: Halted): Promise<string> {
  accounts.become("reconcile");
  const { text, form } = renderRevocations({ entries, isWhole: halted !== undefined }, nowSeconds(), halted);
  await new IamRevocations({ partition: "aws" }, { nowMs }).write(ROLE, text, nowMs() + 5_000);
  return form;
}

describe("I5: a session that copies itself under a fresh issue time", () => {
  it("is denied by a cut once its task has ended, and so is a copy of its copy; copies of a live task are not", async () => {
    const [ended, live] = [await open(), await open()];
    const [early, liveCopy] = [await copyOf(ended.keys), await copyOf(live.keys)];
    aheadMs += 40_000;
    const form = await write([{ ...ended.entry, endedAt: nowSeconds() }, live.entry]);
    expect(form).toBe("cut");
    const late = await copyOf(early, 300);
    aheadMs += 1_000;
    const latest = await copyOf(late, 200);
    for (const keys of [ended.keys, early, late, latest]) expect(await canRead(keys)).toBe(false);
    for (const keys of [live.keys, liveCopy, await copyOf(liveCopy, 300)]) expect(await canRead(keys)).toBe(true);
  });

  it("is denied after a panic was lifted, even a copy made after the lift; tasks begun after it are not", async () => {
    const before = await open();
    aheadMs += 30_000;
    const liftedAt = nowSeconds();
    aheadMs += 61_000;
    const after = await open();
    const panic = {
      declaredAt: liftedAt - 10,
      declaredBy: "a",
      reason: "b",
      liftedAt,
      liftedBy: "a",
      chain: { n: 1, hash: "" },
    };
    expect(await write([before.entry, after.entry], { agents: [], panic })).toBe("list");
    for (const keys of [before.keys, await copyOf(before.keys)]) expect(await canRead(keys)).toBe(false);
    for (const keys of [after.keys, await copyOf(after.keys)]) expect(await canRead(keys)).toBe(true);
  });
});
