import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { RotateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SECRET_TAGS } from "../../../functions/names.ts";
import type { Cloud } from "../../../local/cloud/start-cloud.ts";
import { BUCKET, putRequest, type RunningCloud, type StartedTask } from "../../contract/running-cloud.ts";
import { keysOf } from "./hosted.ts";

/** Runs a day of a hub: what agents, people, publishers, AWS's clock and Secrets Manager make its functions do. */
export async function story(running: RunningCloud): Promise<void> {
  const { cloud } = running;
  const asAlice = await operator(running);
  await asAlice("POST", "/v1/agents", {
    ...{ id: "judged", name: "judged", owner: "owner@acme.test", team: "demo" },
    bindings: [{ issuer: "local", claims: { sub: "agent:judged" } }],
  });
  const first = await running.start();
  const s3 = new S3Client({ ...atHub(cloud), credentials: first, forcePathStyle: true });
  await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: "reports/weekly.csv" }));
  const own = { authorization: `Bearer ${first.token}` };
  assert.equal((await fetch(`${running.url}/v1/tasks/${first.id}`, { headers: own })).status, 200);
  const asked = await fetch(`${running.url}/v1/introspect`, {
    method: "POST",
    body: new URLSearchParams({ token: first.token }),
    headers: { authorization: `Bearer ${await cloud.agents.mint({ sub: "agent:tickets" })}` },
  });
  assert.ok(asked.status < 500);
  await running.complete(first);

  // Ended by a person, so that a probe watches until AWS refuses its session; by a publisher; and by a panic.
  const [second, third] = [await running.start(), await running.start()];
  await asAlice("POST", `/v1/tasks/${second.id}/end`, {});
  await cloud.settled();
  await cloud.probed();
  await putRequest(cloud, "task.end", { task: third.id });
  await cloud.settled();
  await ended(running, third);

  for (const path of ["tasks", "agents", "overview", "escalations", "accounts", "secrets", "policies", "consents"])
    await asAlice("GET", `/v1/${path}`);
  await asAlice("GET", "/v1/approvals");
  await asAlice("GET", `/v1/tasks/${second.id}/receipt`);
  await asAlice("GET", "/v1/agents/demo/reach");
  await asAlice("GET", "/v1/journal?limit=1");

  await rotation(running);
  await asAlice("POST", "/v1/panic", { reason: "a drill of the judge" });
  await cloud.settled();
  await asAlice("POST", "/v1/panic/lift", {});
  await cloud.settled();
}

const atHub = ({ aws }: Cloud) => ({ endpoint: aws.endpoint, region: aws.region });

/** Returns a client of an operator. @throws where an answer is no success. */
async function operator({ url, cloud }: RunningCloud) {
  const authorization = `Bearer ${await cloud.people.mint({ sub: "person:alice" })}`;
  return async (method: string, path: string, body?: object): Promise<void> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization, ...(body ? { "content-type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.text()}`);
  };
}

async function ended({ url }: RunningCloud, { id, token }: StartedTask): Promise<void> {
  const answer = await fetch(`${url}/v1/tasks/${id}`, { headers: { authorization: `Bearer ${token}` } });
  const { status } = (await answer.json()) as { readonly status?: string };
  assert.notEqual(status, "active", `${id} was not ended by the publisher`);
}

/** Has Secrets Manager rotate a secret whose value valetkey generates: the four steps of a rotation. */
async function rotation({ cloud }: RunningCloud): Promise<void> {
  const { account } = cloud.scope;
  const name = "judged/generated";
  cloud.aws.admin(account).createSecret({
    name,
    value: `CANARY-${randomUUID()}`,
    tags: { [SECRET_TAGS.managed]: "true", [SECRET_TAGS.rotates]: "generated", [SECRET_TAGS.generate]: "hex/32" },
    rotationLambda: `arn:aws:lambda:${cloud.aws.region}:${account}:function:valetkey-rotate`,
  });
  const client = new SecretsManagerClient({ ...atHub(cloud), credentials: keysOf(cloud, "rotate") });
  await client.send(new RotateSecretCommand({ SecretId: name }));
  await cloud.aws.rotationsSettled();
}
