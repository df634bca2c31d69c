import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withTask } from "../../../client/with-task.ts";
import { callClient } from "./call-client.ts";
import { CANARY, credential, FakeValetkey, opened, TASK_ID } from "./fake-valetkey.ts";
import { IDENTITY } from "./run-client.ts";

let valetkey: FakeValetkey;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "valetkey-renews-"));
  valetkey = await new FakeValetkey().start();
  const expired = { type: "aws", name: "aws-0", account: "111122223333", ...credential(0, -1) };
  valetkey.exchange = () => opened({ credentials: [expired] });
});
afterEach(async () => {
  await valetkey.stop();
  rmSync(folder, { recursive: true });
});

const TASK = ["--purpose", "p", "--account", "111122223333", "--allow", "s3:ListAllMyBuckets=*"];
const run = (command: string, ...more: string[]) =>
  callClient([command, "--url", valetkey.url, ...TASK, ...more], { ...IDENTITY, XDG_CACHE_HOME: folder });

/** Announcements of the client, of the request that opens the task and of each renewal. */
const said = (): readonly boolean[] =>
  valetkey.seen
    .filter(({ path }) => path === "/v1/token" || path.startsWith(`/v1/tasks/${TASK_ID}/credentials/`))
    .map(({ renews }) => renews);

describe("a client says that it renews its sessions by itself", () => {
  it("where it does, at the opening and at each renewal: in a program", async () => {
    const intent = [{ type: "aws", account: "111122223333", actions: ["s3:ListAllMyBuckets"], resources: ["*"] }];
    const identity = { kind: "token", token: CANARY.identity } as const;
    await withTask({ url: valetkey.url, purpose: "p", identity, intent }, (task) => task.credentials()());
    expect(said()).toEqual([true, true]);
  });

  it("where it does: exec", async () => {
    const fetching =
      "const { env } = process; await fetch(env.AWS_CONTAINER_CREDENTIALS_FULL_URI, { headers: { authorization: env.AWS_CONTAINER_AUTHORIZATION_TOKEN } })";
    await run("exec", "--", process.execPath, "--input-type=module", "-e", fetching);
    expect(said()).toEqual([true, true]);
  });

  it.each(["env", "credential-process"])("not where its keys are handed on: %s", async (command) => {
    await run(command);
    expect(said()).toEqual([false]);
  });
});
