import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PolicyDocument } from "../../local/emulator/policy-document.ts";
import { callClient } from "../unit/client/call-client.ts";
import { PUBLISHER, type RunningCloud, runCloud } from "./running-cloud.ts";

const HUB = "999900001111";
const ANCHOR = "acme-anchor";
const policy = (statement: object) => ({ Version: "2012-10-17", Statement: [statement] }) as unknown as PolicyDocument;

let running: RunningCloud;
let bucket: string;
let task: string;
beforeAll(async () => {
  running = await runCloud({}, { archive: { anchor: { bucket: ANCHOR, account: PUBLISHER } } });
  bucket = running.cloud.scope.archiveBucket;
  const hub = running.cloud.aws.admin(HUB);
  const trust = policy({ Effect: "Deny", Principal: { AWS: "*" }, Action: "sts:AssumeRole" });
  const reads = { Effect: "Allow", Action: ["s3:GetObject", "s3:ListBucket"], Resource: "*" };
  await hub.createRole({ name: "auditor", trust, permissions: { reads: policy(reads) } });
  await hub.createRole({
    name: "visitor",
    trust,
    permissions: { lists: policy({ ...reads, Action: "s3:ListBucket" }) },
  });
  const held = await running.start();
  task = held.id;
  await running.complete(held);
  await running.cloud.settled();
  await running.cloud.hosts.archive.invoke({});
});
afterAll(() => running.close());

/** Runs `valetkey audit` with the keys of a role of the hub's account. */
function audit(role: string, ...argv: readonly string[]) {
  const { endpoint } = running.cloud.aws;
  const keys = running.cloud.aws.keysFor(`arn:aws:iam::${HUB}:role/${role}`, "ann");
  const env = {
    ...{ AWS_ENDPOINT_URL: endpoint, AWS_REGION: running.cloud.aws.region },
    ...{ AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey },
    AWS_SESSION_TOKEN: keys.sessionToken ?? "",
  };
  return callClient(["audit", ...argv], env);
}

describe("valetkey audit, of an archive in its bucket", { timeout: 120_000 }, () => {
  it("verifies it with the AWS credentials of the caller, without a copy", async () => {
    const { code, stdout } = await audit("auditor", "verify", `s3://${bucket}`);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^intact: (?:.*\n)+.*kill receipts: 1 denied/)]);
  });

  it("verifies a copy below a prefix by its objects alone, and finds the changes in it", async () => {
    const hub = running.cloud.aws.admin(HUB);
    const copied = hub.objectKeys(bucket).filter((key) => !/^(incoming|order)\//.test(key));
    const entries = copied.find((key) => key.startsWith("tile/entries/"));
    hub.putBucket("copies");
    for (const [prefix, changed] of [["whole/"], ["changed/", entries]] as const)
      for (const key of copied) {
        const body = Buffer.from(hub.getObject(bucket, key)?.body ?? "");
        if (key === changed) body[9] = (body[9] ?? 0) ^ 1;
        hub.putObject("copies", `${prefix}${key}`, body);
      }
    const at = async (prefix: string) => (await audit("auditor", "verify", `s3://copies${prefix}`)).code;
    expect([await at("/whole"), await at("/whole/"), await at("/changed"), await at("")]).toEqual([0, 0, 1, 2]);
  });

  it("compares it with the checkpoints of a witness, which is a bucket too", async () => {
    const hub = running.cloud.aws.admin(HUB);
    const elsewhere = running.cloud.aws.admin(PUBLISHER);
    hub.putBucket("second-place");
    for (const key of elsewhere.objectKeys(ANCHOR))
      hub.putObject("second-place", key, elsewhere.getObject(ANCHOR, key)?.body ?? "");
    const place = `s3://second-place/valetkey/${HUB}/${running.cloud.aws.region}/checkpoints`;
    const { code, stdout } = await audit("auditor", "verify", `s3://${bucket}`, "--anchor", place);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/anchor .*: its \d+ events are in the log/)]);
    const empty = await audit("auditor", "verify", `s3://${bucket}`, "--anchor", "s3://second-place/nothing");
    expect([empty.code, empty.stdout]).toEqual([2, expect.stringMatching(/the witness holds no checkpoint/)]);
  });

  it("prints the story, and makes a bundle that verifies without AWS", async () => {
    const story = await audit("auditor", "show", `s3://${bucket}`, "--task", task);
    expect([story.code, story.stdout]).toEqual([0, expect.stringMatching(/ended|completed.*\[denied after \d+ ms\]/)]);
    const made = await audit("auditor", "bundle", `s3://${bucket}`, task);
    expect(JSON.parse(made.stdout)).toMatchObject({ version: 1 });
  });

  it("confirms the receipt that the service gave, and no other", async () => {
    const token = await running.cloud.people.mint({ sub: "person:alice" });
    const given = await callClient(["receipt", task, "--json"], {
      ...{ VALETKEY_URL: running.url, VALETKEY_OPERATOR_TOKEN: token },
    });
    expect(given.stdout).toContain('"written"');
    const file = join(mkdtempSync(join(tmpdir(), "valetkey-receipt-")), "receipt.json");
    const verified = async (text: string) => {
      writeFileSync(file, text);
      return audit("auditor", "verify", `s3://${bucket}`, "--receipt", file);
    };
    const whole = await verified(given.stdout);
    expect([whole.code, whole.stdout]).toEqual([0, expect.stringMatching(/\n {2}receipt of \S+: as in the log\n/)]);
    const changed = await verified(given.stdout.replace(/("policy_written_at": ?"\d{3})\d/, "$10"));
    expect([changed.code, changed.stdout]).toEqual([
      1,
      expect.stringMatching(
        /^receipt differs, log intact: (?:.*\n)+ {2}tampered {2}receipt of .* policy_written_at of .* and in the log/,
      ),
    ]);
    const { verdict, log } = JSON.parse(
      (await audit("auditor", "verify", `s3://${bucket}`, "--receipt", file, "--json")).stdout,
    );
    expect([verdict, log]).toEqual(["tampered", "intact"]);
    const other = await verified(JSON.stringify({ ...JSON.parse(given.stdout).receipts[0], task: "zzz." }));
    expect([other.code, other.stdout]).toEqual([2, expect.stringMatching(/^receipt not in the log, log intact: /)]);
    expect((await verified("[]")).code).toBe(64);
  });

  it("names the missing right, and gives no verdict", async () => {
    const { code, stdout, stderr } = await audit("visitor", "verify", `s3://${bucket}`);
    expect([code, stdout]).toEqual([69, ""]);
    expect(stderr).toMatch(/cannot be read \(AccessDenied\): .*s3:GetObject and s3:ListBucket/);
  });
});
