import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { verifyArchive } from "../../client/audit/verify-archive.ts";
import { TOKEN_TYPES } from "../../contract/names.ts";
import { REVOCATION_POLICY } from "../../functions/names.ts";
import { type Api, expectStatus } from "./api.ts";
import type { Checks } from "./checks.ts";
import type { DeployedRecord } from "./deployed-record.ts";
import type { DeployedSecrets } from "./deployed-secrets.ts";
import { eventually } from "./eventually.ts";
import { TARGET, type World } from "./world.ts";

const READ_REPORTS = {
  type: "aws",
  account: TARGET,
  actions: ["s3:GetObject"],
  resources: ["arn:aws:s3:::acme-data/reports/*"],
};

interface Started {
  readonly access_token: string;
  readonly task: { readonly id: string; readonly status: string };
  readonly credentials: readonly {
    readonly name: string;
    readonly AccessKeyId: string;
    readonly SecretAccessKey: string;
  }[];
}

/**
 * One agent's day: registered, given a key for one task, refused what it may not have, its key revoked.
 * @returns the path of the task that it completed.
 */
export async function story(
  checks: Checks,
  world: World,
  api: Api,
  record: DeployedRecord,
  deployedSecrets: DeployedSecrets,
): Promise<string> {
  const audiences = await checks.need("the metadata says what a token must be for", async () => {
    const metadata = expectStatus(await api.get("/.well-known/oauth-authorization-server"), 200);
    return metadata.audiences as { exchange: string; operate: string };
  });
  const secrets: string[] = [];
  const agentToken = async (agent: string) => {
    const token = await world.agents.mint({ sub: `agent:${agent}`, aud: audiences.exchange });
    secrets.push(token);
    return token;
  };
  const operatorToken = (person: string) =>
    world.staff.mint({ sub: `person:${person}`, groups: [], aud: audiences.operate });
  const exchange = async (agent: string, detail: object, more: Readonly<Record<string, string>> = {}) =>
    api.postForm("/v1/token", {
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: await agentToken(agent),
      subject_token_type: TOKEN_TYPES.idToken,
      purpose: "read the weekly reports",
      authorization_details: JSON.stringify([detail]),
      ...more,
    });

  await checks.check("a token that nobody's binding matches gets nothing", async () => {
    const { status } = await exchange("stranger", READ_REPORTS);
    assert.ok(status === 400 || status === 401 || status === 403, `answered ${status}`);
  });
  const registration = {
    id: "demo",
    name: "Demo",
    owner: "olivia@example.com",
    team: "demo",
    bindings: [{ issuer: "ci", claims: { sub: "agent:demo" } }],
  };
  await checks.check("somebody who is no operator registers nobody", async () => {
    const { status } = await api.postJson("/v1/agents", registration, await operatorToken("mallory"));
    assert.equal(status, 403);
  });
  await checks.need("an operator registers an agent", async () =>
    expectStatus(await api.postJson("/v1/agents", registration, await operatorToken("olivia")), 201),
  );
  await checks.check("what no policy permits is denied, and the denial says what", async () => {
    const body = expectStatus(await exchange("demo", { ...READ_REPORTS, actions: ["s3:DeleteObject"] }), 403);
    assert.match(JSON.stringify(body.denials), /s3:DeleteObject/);
  });
  const started = await checks.need("the agent starts a task and gets credentials for it", async () => {
    const body = expectStatus(await exchange("demo", READ_REPORTS), 200) as unknown as Started;
    assert.equal(body.task.status, "active");
    assert.equal(body.credentials.length, 1);
    return body;
  });
  await checks.check("the record holds the task and says which key it was given", async () => {
    assert.match(
      JSON.stringify(await record.task(started.task.id)),
      new RegExp(String(started.credentials[0]?.AccessKeyId)),
    );
  });
  await checks.check("the credential endpoint answers while the task lives", async () => {
    const answer = await api.get(credentialsPath(started), started.access_token);
    // Another process of the function handed the key out a moment ago: it gives none again so soon.
    if (answer.status === 429) assert.match(JSON.stringify(answer), /renewed_too_soon/);
    else expectStatus(answer, 200);
  });
  await checks.need("the agent completes the task", async () =>
    expectStatus(
      await api.postJson(`/v1/tasks/${started.task.id}/complete`, { outcome: "success" }, started.access_token),
      200,
    ),
  );
  await checks.check(
    "within seconds the task role denies the task's sessions: stream, relay, queue, reconciler, revoker",
    async () => {
      // The role's policy may already deny other tasks.
      const policy = await eventually(async () => {
        const written = await record.revocations(REVOCATION_POLICY);
        return written?.includes(started.task.id) ? written : undefined;
      }, 30);
      assert.match(policy, /"Deny"/);
      assert.doesNotMatch(policy, /"Allow"/);
    },
  );
  await checks.check("an ended task gets no more credentials", async () => {
    const { status } = await api.get(credentialsPath(started), started.access_token);
    assert.ok(status >= 400 && status < 500, `answered ${status}`);
  });
  await checks.check("the journal tells it in order", async () => {
    assert.deepEqual(await record.journal(started.task.id), ["task.opened", "task.ended"]);
  });
  await checks.check("the minute's rule ends a task that was forgotten", async () => {
    const forgotten = expectStatus(await exchange("demo", READ_REPORTS, { task_ttl: "60" }), 200) as unknown as Started;
    await eventually(
      async () => ((await record.task(forgotten.task.id))?.status === "expired" ? true : undefined),
      200,
    );
  });
  await checks.check("the minute's rule brings the journal into a signed log, which is intact", async () => {
    const verified = await eventually(async () => {
      const read = await verifyArchive(record.archive());
      return read.events.some(({ of, type }) => of === started.task.id && type === "task.ended") ? read : undefined;
    }, 150);
    assert.deepEqual([verified.verdict, verified.faults], ["intact", []]);
  });
  await checks.check("an event on the bus ends a task, down to IAM", async () => {
    const running = expectStatus(await exchange("demo", READ_REPORTS), 200) as unknown as Started;
    await record.putRequest("task.end", { task: running.task.id });
    await eventually(async () => ((await record.task(running.task.id))?.status === "revoked" ? true : undefined), 30);
    await eventually(
      async () => ((await record.revocations(REVOCATION_POLICY))?.includes(running.task.id) ? true : undefined),
      30,
    );
  });
  await checks.check(
    "suspending an agent ends its tasks, denies it in IAM by its name, and it gets no more",
    async () => {
      const running = expectStatus(await exchange("demo", READ_REPORTS), 200) as unknown as Started;
      expectStatus(await api.postJson("/v1/agents/demo/suspend", {}, await operatorToken("olivia")), 200);
      await eventually(
        async () =>
          (await record.revocations(REVOCATION_POLICY))?.includes('"aws:SourceIdentity":["demo"]') ? true : undefined,
        30,
      );
      await eventually(async () => ((await record.task(running.task.id))?.status === "revoked" ? true : undefined), 30);
      expectStatus(await exchange("demo", READ_REPORTS), 403);
    },
  );
  await checks.check("a secret is rotated: another value is current, and the one before is the previous", async () => {
    const before = `first-${randomUUID()}`;
    const arn = await deployedSecrets.create("reports/api-key", before);
    await assert.rejects(deployedSecrets.takeUnasked(arn), /connector_refused/);
    assert.equal(await deployedSecrets.read(arn, "AWSCURRENT"), before);
    await deployedSecrets.rotate(arn);
    const after = (await deployedSecrets.read(arn, "AWSCURRENT")) ?? "";
    secrets.push(before, after);
    assert.match(after, /^[0-9A-Za-z]{43}$/);
    assert.equal(await deployedSecrets.read(arn, "AWSPREVIOUS"), before);
    const secret = expectStatus(await api.get("/v1/secrets/reports~api-key", await operatorToken("olivia")), 200);
    assert.match(JSON.stringify(secret), /"kind":"generated"/);
    assert.ok(!JSON.stringify(secret).includes(after));
  });
  await checks.check("nothing that was printed anywhere holds a secret", async () => {
    const printed = readFileSync(world.ministack.logFile, "utf8");
    secrets.push(started.access_token, ...started.credentials.map((credential) => credential.SecretAccessKey));
    assert.ok(secrets.length > 5);
    for (const secret of secrets) assert.ok(!printed.includes(secret), "a secret stands in the log");
  });
  return started.task.id;
}

const credentialsPath = (started: Started): string =>
  `/v1/tasks/${started.task.id}/credentials/${started.credentials[0]?.name}`;
