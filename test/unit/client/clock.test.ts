import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { taskOf } from "../../../client/task/task.ts";
import { callClient } from "./call-client.ts";
import { credential, FakeValetkey, inSeconds, opened, type Reply } from "./fake-valetkey.ts";
import { execArgs, IDENTITY, inNode } from "./run-client.ts";

let service: FakeValetkey;
let cache: string;
beforeEach(async () => {
  service = await new FakeValetkey().start();
  cache = mkdtempSync(join(tmpdir(), "valetkey-clock-"));
});
afterEach(async () => {
  await service.stop();
  rmSync(cache, { recursive: true });
});

/** Sets the service's clock back by so many seconds: to the client, its own clock looks ahead. */
function beBehind(seconds: number): void {
  const at = (reply: Reply): Reply =>
    reply && { ...reply, headers: { date: new Date(Date.now() - seconds * 1_000).toUTCString() } };
  const aws = { type: "aws", name: "aws-0", account: "111122223333", ...credential(0, 900 - seconds) };
  service.exchange = () => at(opened({ task: { expires_at: inSeconds(3_600 - seconds) }, credentials: [aws] }));
  service.renewal = () => at({ status: 200, body: credential(1, 900 - seconds) });
}

const PROGRAM = inNode(`
  const { body } = await ask(env.AWS_CONTAINER_CREDENTIALS_FULL_URI, env.AWS_CONTAINER_AUTHORIZATION_TOKEN);
  const given = JSON.parse(body);
  console.log(given.AccessKeyId, Math.round((Date.parse(given.Expiration) - Date.now()) / 60_000));`);

describe("I10: a clock that is wrong", () => {
  it.each([
    ["an hour ahead", 3_600],
    ["a day ahead", 86_400],
    ["an hour behind", -3_600],
  ])(
    "%s: the command gets its credential, with an end by this machine's clock, and a warning about the clock",
    async (_, seconds) => {
      beBehind(seconds);
      const { code, stdout, stderr } = await callClient(execArgs(service.url, PROGRAM, ["--json"]), IDENTITY);
      expect([code, stdout]).toEqual([0, "ASIA0 15\n"]);
      const [warning] = stderr.split("\n").filter((line) => line.includes("clock_differs"));
      expect(Math.abs(JSON.parse(warning ?? "{}").ahead_seconds - seconds)).toBeLessThan(5);
    },
  );

  it("makes credential-process open one task, not one for each call", async () => {
    beBehind(3_600);
    const ask = () =>
      callClient(
        [
          "credential-process",
          "--url",
          service.url,
          "--purpose",
          "p",
          "--account",
          "111122223333",
          "--allow",
          "s3:List*=*",
        ],
        { ...IDENTITY, XDG_CACHE_HOME: cache },
      );
    for (const _ of [1, 2, 3]) {
      const { code, stdout } = await ask();
      expect([code, Date.parse(JSON.parse(stdout).Expiration) > Date.now()]).toEqual([0, true]);
    }
    expect(service.of("POST", "/v1/token")).toHaveLength(1);
  });

  it("lets exec --narrow hand on what AWS narrowed, though AWS's word of its end is long over here", async () => {
    const fields = Object.entries({
      AccessKeyId: "ASIA9",
      SecretAccessKey: "s",
      SessionToken: "t",
      Expiration: inSeconds(-2_700),
    });
    const xml = fields.map(([name, value]) => `<${name}>${value}</${name}>`).join("");
    const body = `<GetScopedCredentialsResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetScopedCredentialsResult><Credentials>${xml}</Credentials></GetScopedCredentialsResult></GetScopedCredentialsResponse>`;
    service.other = ({ method }) =>
      method === "GET"
        ? { status: 200, body: credential(0, 900) }
        : { status: 200, body, headers: { "content-type": "text/xml" } };
    const args = ["exec", "--narrow", "--account", "111122223333", "--allow", "s3:List*=*", "--", ...PROGRAM];
    const { code, stdout } = await callClient(args, {
      VALETKEY_TASK: "k7f3m2q9x4ab.",
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${service.url}/aws-0`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "loopback",
      AWS_ENDPOINT_URL_STS: service.url,
      AWS_REGION: "us-east-1",
    });
    expect([code, stdout]).toEqual([0, "ASIA9 15\n"]);
  });

  it("by less than a minute makes no difference", async () => {
    beBehind(30);
    const { code, stderr } = await callClient(execArgs(service.url, PROGRAM, ["--json"]), IDENTITY);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("clock_differs")]);
  });

  it("moves the task's end and its credentials' alike", () => {
    const body = opened()?.body as Readonly<Record<string, unknown>>;
    const [here, ahead] = [taskOf(body), taskOf(body, 3_600_000)];
    expect((ahead?.expiresAtMs ?? 0) - (here?.expiresAtMs ?? 0)).toBe(3_600_000);
    const endOf = (task: typeof here) => Date.parse(task?.credentials[0]?.credential.Expiration ?? "");
    expect(endOf(ahead) - endOf(here)).toBe(3_600_000);
    expect([here?.aheadMs, ahead?.aheadMs]).toEqual([undefined, 3_600_000]);
  });
});
