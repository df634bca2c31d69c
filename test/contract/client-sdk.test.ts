import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { hasBoto3 } from "../needs.ts";
import { callClient } from "../unit/client/call-client.ts";
import { CANARY, credential, FakeValetkey, opened } from "../unit/client/fake-valetkey.ts";

/** A home whose owner has credentials, and an environment with further ones. The command must find none of them. */
const home = mkdtempSync(join(tmpdir(), "valetkey-home-"));
mkdirSync(join(home, ".aws"));
writeFileSync(
  join(home, ".aws", "credentials"),
  "[default]\naws_access_key_id = ASIAOWNER\naws_secret_access_key = owner\n",
);
writeFileSync(join(home, ".aws", "config"), "[default]\nregion = us-east-1\ncredential_process = /bin/false\n");
writeFileSync(join(home, ".boto"), "[Credentials]\naws_access_key_id = ASIABOTO\naws_secret_access_key = boto\n");
afterAll(() => rmSync(home, { recursive: true }));

const OWNER = {
  HOME: home,
  AWS_ACCESS_KEY_ID: "ASIAENV",
  AWS_SECRET_ACCESS_KEY: "env",
  AWS_PROFILE: "default",
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/v2/credentials/owner",
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/dev/null",
  VALETKEY_TOKEN: CANARY.identity,
};

/**
 * Programs that print the AccessKeyId of the SDK's default chain twice, and once more a little later. Then they print
 * the milliseconds of 20 reads.
 */
const JAVASCRIPT = `
  import { STSClient } from "@aws-sdk/client-sts";
  const { credentials } = new STSClient({}).config;
  const read = async () => (await credentials({ forceRefresh: false })).accessKeyId;
  console.log(await read());
  console.log(await read());
  await new Promise((resolve) => setTimeout(resolve, Number(process.argv[1])));
  console.log(await read());
  const before = performance.now();
  for (let index = 0; index < 20; index += 1) await read();
  console.log(performance.now() - before);`;
const PYTHON = `
import boto3, sys, time
credentials = boto3.Session().get_credentials()
read = lambda: credentials.get_frozen_credentials().access_key
print(read())
print(read())
time.sleep(int(sys.argv[1]) / 1000)
print(read())
before = time.monotonic()
for _ in range(20): read()
print((time.monotonic() - before) * 1000)`;

const SDKS = [
  [
    "the JavaScript SDK",
    true,
    (waitMs: number) => [process.execPath, "--input-type=module", "-e", JAVASCRIPT, String(waitMs)],
  ],
  ["botocore", hasBoto3(), (waitMs: number) => ["python3", "-c", PYTHON, String(waitMs)]],
] as const;

describe.each(SDKS)("%s behind valetkey exec", (_, isThere, command) => {
  let service: FakeValetkey;
  beforeEach(async () => {
    service = await new FakeValetkey().start();
  });
  afterEach(() => service.stop());

  const run = async (waitMs: number) => {
    const options = [
      "--url",
      service.url,
      "--purpose",
      "a test",
      "--account",
      "111122223333",
      "--allow",
      "sts:GetCallerIdentity=*",
    ];
    const { code, stdout, stderr } = await callClient(["exec", ...options, "--", ...command(waitMs)], OWNER);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.not.stringContaining("CANARY") });
    const [first, second, later, elapsed] = stdout.trim().split("\n");
    return {
      first,
      second,
      later,
      elapsedMs: Number(elapsed),
      renewals: service.of("GET", "/credentials/aws-0").length,
    };
  };

  it.runIf(isThere)(
    "finds the task's credentials before its owner's, and reads them from the loopback cache alone",
    async () => {
      const seen = await run(0);
      expect(seen).toMatchObject({ first: "ASIA0", second: "ASIA0", later: "ASIA0", renewals: 0 });
      expect(seen.elapsedMs).toBeLessThan(1_000);
    },
  );

  it.runIf(isThere)("gets renewed credentials once the first have expired, with one call to valetkey", async () => {
    service.exchange = () =>
      opened({ credentials: [{ type: "aws", name: "aws-0", account: "111122223333", ...credential(0, 3) }] });
    const seen = await run(3_500);
    expect(seen).toMatchObject({ later: "ASIA1", renewals: 1 });
  });
});
