import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Credentials } from "../../local/emulator/sessions.ts";
import { startClient } from "../unit/client/run-client.ts";
import { ACCOUNT, BUCKET, type RunningCloud, runCloud } from "./running-cloud.ts";
import { inFiles, inMemory } from "./signing/memory.ts";

/** Program of an agent: reads an object a few times by the SDK, leaves its pid in a file and lives on. */
const PROGRAM = `
import { writeFileSync } from "node:fs";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
const s3 = new S3Client();
for (let count = 0; count < 5; count += 1)
  await (await s3.send(new GetObjectCommand({ Bucket: "${BUCKET}", Key: "reports/weekly.csv" }))).Body.transformToString();
writeFileSync(process.env.HOME + "/pid", String(process.pid));
console.log("read");
setInterval(() => {}, 1_000);
`;

/** What signs: the secret access key, as text of one and of two bytes, and each key that Signature Version 4 derives. */
function whatSigns({ accessKeyId, secretAccessKey }: Credentials): readonly (readonly [string, Buffer])[] {
  const day = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
  const ofDay = hmac(`AWS4${secretAccessKey}`, day);
  const ofRegion = hmac(ofDay, "us-east-1");
  const ofService = hmac(ofRegion, "s3");
  return [
    [`${accessKeyId} secret`, Buffer.from(secretAccessKey)],
    [`${accessKeyId} secret, two bytes a character`, Buffer.from(secretAccessKey, "utf16le")],
    [`${accessKeyId} of the day`, ofDay],
    [`${accessKeyId} of the Region`, ofRegion],
    [`${accessKeyId} of the service`, ofService],
    [`${accessKeyId} of requests`, hmac(ofService, "aws4_request")],
  ];
}

// Another system gives no process the memory of another one as a file.
describe.runIf(process.platform === "linux")("I12: what signs requests to AWS", () => {
  let running: RunningCloud;
  let folder: string;
  beforeAll(async () => {
    running = await runCloud();
    folder = mkdtempSync(join(tmpdir(), "valetkey-memory-"));
  });
  afterAll(async () => {
    await running.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Names what signs for a session that AWS opened meanwhile, and is in the child's memory, in that of `valetkey exec`, or in a file, while both live. */
  const found = async (...flags: readonly string[]) => {
    const { cloud, url } = running;
    const before = cloud.aws.sessionKeys().length;
    const command = startClient(
      [
        ...["exec", ...flags, "--purpose", "read", "--account", ACCOUNT],
        ...["--allow", `s3:GetObject=arn:aws:s3:::${BUCKET}/reports/*`, "--", process.execPath],
        ...["--input-type=module", "--eval", PROGRAM],
      ],
      {
        ...{ VALETKEY_URL: url, VALETKEY_TOKEN: await cloud.agents.mint({ sub: "agent:demo" }) },
        ...{ AWS_ENDPOINT_URL: cloud.aws.endpoint, AWS_REGION: "us-east-1" },
        ...{ HOME: folder, TMPDIR: folder, XDG_RUNTIME_DIR: folder },
      },
    );
    await command.printed("read\n");
    const opened = cloud.aws.sessionKeys().slice(before);
    expect(opened.length).toBeGreaterThan(0);
    const keys = new Map(opened.flatMap(whatSigns));
    const met = {
      child: inMemory(Number(readFileSync(join(folder, "pid"), "utf8")), keys),
      helper: inMemory(command.pid, keys),
      files: inFiles(folder, keys),
    };
    command.kill("SIGTERM");
    await command.ended;
    return met;
  };

  it("is in no byte of the memory of a command that the hub signs for, of valetkey exec, or of their files", async () => {
    const nowhere = { child: new Set(), helper: new Set(), files: new Set() };
    expect(await found("--sign")).toEqual(nowhere);
  });

  it("is found by the same scan in both processes, where keys are handed out", async () => {
    const { child, helper } = await found();
    for (const names of [child, helper]) expect([...names].join()).toMatch(/ secret/);
    expect([...child].join()).toMatch(/ of requests/);
  });
});
