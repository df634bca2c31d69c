import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { COMPILED } from "../../local/compiled.ts";
import { hasBoto3 } from "../needs.ts";
import { CANARY, FakeValetkey } from "../unit/client/fake-valetkey.ts";
import { CLIENT } from "../unit/client/run-client.ts";

const CALLS = 12;
/** botocore restarts the process before every call if less than 15 minutes are left, and STS gives no more. */
const PYTHON = `
import boto3, sys
credentials = boto3.Session(profile_name="reports").get_credentials()
for _ in range(int(sys.argv[1])): print(credentials.get_frozen_credentials().access_key)`;

let valetkey: FakeValetkey;
const home = mkdtempSync(join(tmpdir(), "valetkey-home-"));
beforeAll(async () => {
  valetkey = await new FakeValetkey().start();
});
afterAll(async () => {
  await valetkey.stop();
  rmSync(home, { recursive: true });
});

it.runIf(hasBoto3())(
  "boto3 with credential-process costs one exchange for a credential, not one for a call",
  async () => {
    const intent = "--account 111122223333 --allow s3:GetObject=arn:aws:s3:::acme-data/reports/*";
    const token = join(home, "token");
    writeFileSync(token, CANARY.identity);
    const line = `${process.execPath} ${CLIENT} credential-process --url ${valetkey.url} --token-file ${token} --purpose reports ${intent}`;
    writeFileSync(join(home, "config"), `[profile reports]\nregion = eu-west-1\ncredential_process = ${line}\n`);
    const folders = { HOME: home, AWS_CONFIG_FILE: join(home, "config"), XDG_CACHE_HOME: home };
    const env = { PATH: process.env.PATH, NODE_COMPILE_CACHE: COMPILED, ...folders };
    const { stdout } = await promisify(execFile)("python3", ["-c", PYTHON, String(CALLS)], { env });
    expect(stdout.trim().split("\n")).toEqual(Array.from({ length: CALLS }, () => "ASIA0"));
    expect(valetkey.of("POST", "/v1/token")).toHaveLength(1);
    expect(valetkey.of("GET", "/credentials/aws-0")).toHaveLength(0);
  },
);
