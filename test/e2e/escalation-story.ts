import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { verifyArchive } from "../../client/audit/verify-archive.ts";
import { TOKEN_TYPES } from "../../contract/names.ts";
import { taskRoleName } from "../../functions/hub-names.ts";
import { CALL_EVENT } from "../../infra/bus-rights.ts";
import { type Api, expectStatus } from "./api.ts";
import type { Checks } from "./checks.ts";
import type { DeployedRecord } from "./deployed-record.ts";
import { eventually } from "./eventually.ts";
import { TARGET, type World } from "./world.ts";

const READ_REPORTS = {
  type: "aws",
  account: TARGET,
  actions: ["s3:GetObject"],
  resources: ["arn:aws:s3:::acme-data/reports/*"],
};

/** An agent tries what nobody should: CloudTrail's event of it goes through the deployed `observe`, the bus and `intake`. */
export async function escalationStory(checks: Checks, world: World, api: Api, record: DeployedRecord): Promise<void> {
  const audiences = expectStatus(await api.get("/.well-known/oauth-authorization-server"), 200).audiences as {
    readonly exchange: string;
    readonly operate: string;
  };
  const operator = () => world.staff.mint({ sub: "person:olivia", groups: [], aud: audiences.operate });
  const task = await checks.need("another agent starts a task", async () => {
    const registration = {
      id: "curious",
      name: "Curious",
      owner: "staff|person:carol",
      team: "demo",
      bindings: [{ issuer: "ci", claims: { sub: "agent:curious" } }],
    };
    expectStatus(await api.postJson("/v1/agents", registration, await operator()), 201);
    const answer = await api.postForm("/v1/token", {
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: await world.agents.mint({ sub: "agent:curious", aud: audiences.exchange }),
      subject_token_type: TOKEN_TYPES.idToken,
      purpose: "read the weekly reports",
      authorization_details: JSON.stringify([READ_REPORTS]),
    });
    const body = expectStatus(answer, 200) as {
      readonly task: { readonly id: string };
      readonly credentials: readonly { readonly AccessKeyId: string }[];
    };
    const stored = JSON.stringify((await record.task(body.task.id))?.item);
    const role = [0, 1].map((index) => taskRoleName(index, {})).find((name) => stored.includes(`"${name}"`)) ?? "none";
    return { id: body.task.id, role, keyId: body.credentials[0]?.AccessKeyId };
  });
  const call = (eventSource: string, eventName: string, more: object) => ({
    version: "0",
    id: randomUUID(),
    source: `aws.${eventSource.split(".")[0]}`,
    account: TARGET,
    "detail-type": CALL_EVENT,
    detail: {
      eventID: randomUUID(),
      eventTime: new Date().toISOString(),
      eventSource,
      eventName,
      awsRegion: "us-east-1",
      sourceIPAddress: "203.0.113.7",
      userIdentity: {
        type: "AssumedRole",
        arn: `arn:aws:sts::${TARGET}:assumed-role/${task.role}/${task.id}`,
        accessKeyId: task.keyId,
      },
      ...more,
    },
  });
  await checks.check("what CloudTrail tells of the task's key is in its ledger", async () => {
    await record.sendCall(
      call("s3.amazonaws.com", "GetObject", {
        requestParameters: { bucketName: "acme-data", key: "reports/weekly.csv" },
      }),
    );
    await eventually(async () => {
      const ledger = expectStatus(await api.get(`/v1/tasks/${task.id}/ledger`, await operator()), 200);
      return JSON.stringify(ledger).includes('"used":1') ? ledger : undefined;
    }, 30);
  });
  await checks.check("a denied write to permissions ends the task, and the journal says why", async () => {
    await record.sendCall(call("iam.amazonaws.com", "CreateUser", { errorCode: "AccessDenied" }));
    await eventually(async () => ((await record.task(task.id))?.status === "revoked" ? true : undefined), 30);
    assert.deepEqual(await record.journal(task.id), ["task.opened", "task.ended"]);
    const { events } = await eventually(async () => {
      const read = await verifyArchive(record.archive());
      return read.events.some(({ type }) => type === "escalation.detected") ? read : undefined;
    }, 150);
    const detected = events.find(({ type }) => type === "escalation.detected")?.facts;
    assert.deepEqual([detected?.rule, detected?.task, detected?.done], ["E4", task.id, "end_task"]);
  });
}
