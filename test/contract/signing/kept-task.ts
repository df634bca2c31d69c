import { createHash } from "node:crypto";
import { request } from "node:http";
import { BUCKET, GRANT_TYPE, INTENT, type RunningCloud } from "../running-cloud.ts";

export const REPORT_PATH = `/${BUCKET}/reports/weekly.csv`;
const HOST = "s3.us-east-1.amazonaws.com";

/** Task whose sessions stay in the hub, as its holder knows it. */
export interface KeptTask {
  readonly id: string;
  readonly token: string;
  readonly credentials: readonly object[];
}

/** Answer of the hub to a request for a signature: headers, or a refusal. */
export interface Signed {
  readonly headers: readonly (readonly [string, string])[];
  readonly operation?: string;
  readonly code?: string;
}

/** Starts a task of the demo agent whose sessions stay in the hub. */
export async function startKept({ cloud, url }: RunningCloud): Promise<KeptTask> {
  const answer = await fetch(`${url}/v1/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: GRANT_TYPE,
      subject_token: await cloud.agents.mint({ sub: "agent:demo" }),
      subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
      purpose: "sign",
      authorization_details: JSON.stringify(INTENT),
      deliver: "sign",
    }),
  });
  const body = (await answer.json()) as { access_token: string; task: { id: string }; credentials: object[] };
  return { id: body.task.id, token: body.access_token, credentials: body.credentials };
}

/** Has the hub sign a read of an object of S3. */
export async function signRead(
  { url }: RunningCloud,
  { id, token }: Pick<KeptTask, "id" | "token">,
  path = REPORT_PATH,
): Promise<Signed> {
  const answer = await fetch(`${url}/v1/tasks/${id}/sign`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({
      ...{ lease: "aws-0", method: "GET", host: HOST, path, query: "" },
      ...{ headers: [["accept", "*/*"]], payload_hash: createHash("sha256").digest("hex") },
    }),
  });
  return (await answer.json()) as Signed;
}

/** Sends a signed read to the embedded AWS, whose name for it is the signed host's. @returns the status. */
export function sendRead(
  { cloud }: RunningCloud,
  signed: Pick<Signed, "headers">,
  path = REPORT_PATH,
): Promise<number> {
  const { hostname, port } = new URL(cloud.aws.endpoint);
  const headers = Object.fromEntries([["host", HOST], ["accept", "*/*"], ...signed.headers]);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on("error", reject)
      .end();
  });
}
