import assert from "node:assert/strict";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { TOKEN_TYPES } from "../../contract/names.ts";
import { Voting } from "../../local/issuer/voting.ts";
import { type Answer, type Api, expectStatus } from "./api.ts";
import { credentialsOf } from "./cdk.ts";
import type { Checks } from "./checks.ts";
import type { DeployedRecord } from "./deployed-record.ts";
import { CONSOLE, TARGET, type World } from "./world.ts";

const OBJECT = "published/weekly.csv";
const PUBLISH = {
  type: "aws",
  account: TARGET,
  actions: ["s3:PutObject"],
  resources: [`arn:aws:s3:::acme-data/${OBJECT}`],
};

interface Waiting {
  readonly access_token: string;
  readonly task: { readonly id: string; readonly status: string; readonly approval: { readonly id: string } };
  readonly credentials: readonly Key[];
}

interface Key {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token: string;
}

/** A request that people decide about, from the agent's question to its working key, through the deployed `exchange` and `approve`. */
export async function approvalStory(checks: Checks, world: World, api: Api, record: DeployedRecord): Promise<void> {
  const audiences = expectStatus(await api.get("/.well-known/oauth-authorization-server"), 200).audiences as {
    readonly exchange: string;
    readonly operate: string;
  };
  const voting = new Voting(api.base, world.staff.issuer, CONSOLE, audiences.operate);
  const operator = await world.staff.mint({ sub: "person:olivia", groups: [], aud: audiences.operate });
  const registration = {
    id: "publisher",
    name: "Publisher",
    owner: "staff|person:carol",
    team: "demo",
    bindings: [{ issuer: "ci", claims: { sub: "agent:publisher" } }],
  };
  await checks.need("an agent is registered whose owner is a person of the issuer", async () =>
    expectStatus(await api.postJson("/v1/agents", registration, operator), 201),
  );
  const ask = async (): Promise<Waiting> => {
    const answer = await api.postForm("/v1/token", {
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: await world.agents.mint({ sub: "agent:publisher", aud: audiences.exchange }),
      subject_token_type: TOKEN_TYPES.idToken,
      purpose: "publish the weekly report",
      authorization_details: JSON.stringify([PUBLISH]),
    });
    return expectStatus(answer, 200) as unknown as Waiting;
  };
  const poll = ({ access_token: token }: Waiting): Promise<Answer> =>
    api.postForm("/v1/token", {
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: token,
      subject_token_type: TOKEN_TYPES.task,
      requested_token_type: TOKEN_TYPES.task,
    });

  const waiting = await checks.need("what people decide about waits, without a key", async () => {
    const body = await ask();
    assert.equal(body.task.status, "pending_approval");
    assert.deepEqual(body.credentials, []);
    assert.equal(expectStatus(await poll(body), 400).code, "authorization_pending");
    assert.equal((await api.get(credentialsPath(body), body.access_token)).status, 503);
    return body;
  });
  const { id } = waiting.task.approval;
  await checks.check("its owner cannot approve it, and it goes on waiting", async () => {
    assert.match(await voting.approve("person:carol", id), /^403 not_eligible/);
    assert.equal(expectStatus(await poll(waiting), 400).code, "authorization_pending");
  });
  await checks.need("a person of the group signs in at the issuer, and approves", async () => {
    assert.equal(await voting.approve("person:bob", id), "200 approved");
  });
  const key = await checks.need("the next poll brings the key", async () => {
    const { credentials, task } = expectStatus(await poll(waiting), 200) as unknown as Waiting;
    const [only] = credentials;
    assert.ok(only && credentials.length === 1 && task.status === "active");
    assert.match(JSON.stringify(await record.task(waiting.task.id)), new RegExp(only.AccessKeyId));
    return only;
  });
  await checks.check("the key works: it is a session of a task role, and writes the object", async () => {
    const { cloud } = world;
    const credentials = { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey, sessionToken: key.Token };
    const at = { endpoint: cloud.endpoint, region: cloud.region, credentials };
    const { Arn: arn } = await new STSClient(at).send(new GetCallerIdentityCommand({}));
    assert.match(String(arn), new RegExp(`::${TARGET}:assumed-role/valetkey-task-\\d+/`));
    const s3 = new S3Client({ ...at, forcePathStyle: true });
    const owner = new S3Client({ ...at, credentials: credentialsOf(TARGET), forcePathStyle: true });
    await owner.send(new CreateBucketCommand({ Bucket: "acme-data" }));
    await s3.send(new PutObjectCommand({ Bucket: "acme-data", Key: OBJECT, Body: "week,orders\n" }));
  });
  await checks.check("the approval is used up, and the journal tells it in order", async () => {
    assert.match(await voting.deny("person:bob", id, "too late"), /^409 already_used/);
    expectStatus(await api.get(credentialsPath(waiting), waiting.access_token), 200);
    assert.deepEqual(await record.journal(waiting.task.id), ["approval.asked", "approval.used"]);
  });
  await checks.check("a denial reaches the agent with its reason, and nothing is handed out", async () => {
    const other = await ask();
    assert.equal(await voting.deny("person:bob", other.task.approval.id, "not today"), "200 denied");
    const body = expectStatus(await poll(other), 403);
    assert.deepEqual([body.code, body.reason], ["approval_denied", "not today"]);
  });
}

const credentialsPath = ({ task }: Waiting): string => `/v1/tasks/${task.id}/credentials/aws-0`;
