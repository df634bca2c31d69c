import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import middy from "@middy/core";
import { compactVerify, createRemoteJWKSet } from "jose";

/** Trivial handler with the exchange function's dependencies. Uses each of them once for an event with a token. */
const table = new DynamoDBClient({});
const sts = new STSClient({});
const name = { TableName: "valetkey" };
const key = { pk: { S: "TRIVIAL" }, sk: { S: "TRIVIAL" } };

interface TrivialEvent {
  /** Token of a vend; without one, no dependency is used. */
  readonly token?: string;
}

export const handler = middy<TrivialEvent, { readonly statusCode: number }>({ timeoutEarlyInMillis: 0 }).handler(
  async ({ token }) => {
    if (token === undefined) return { statusCode: 200 };
    await compactVerify(token, createRemoteJWKSet(new URL(process.env.BENCH_JWKS ?? "")), { algorithms: ["ES256"] });
    if (!isAllowed()) return { statusCode: 403 };
    const item = { ...key, ...marshall({ value: 1 }) };
    const role = { RoleArn: "arn:aws:iam::111122223333:role/valetkey-task-0", RoleSessionName: "trivial" };
    await Promise.all([
      table.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: { ...name, Item: item } }] })),
      sts.send(new AssumeRoleCommand(role)),
    ]);
    const { Item: read } = await table.send(new GetItemCommand({ ...name, Key: key }));
    const statusCode = unmarshall(read ?? {}).value === 1 ? 200 : 500;
    await table.send(new UpdateItemCommand({ ...name, Key: key, UpdateExpression: "SET #v = :v" }));
    return { statusCode };
  },
);

/** Makes one decision with the deployed policies. */
function isAllowed(): boolean {
  const file = readFileSync(join(process.env.VALETKEY_DEPLOYMENT ?? "", "policies.json"), "utf8");
  const { policies } = JSON.parse(file) as {
    readonly policies: readonly { readonly id: string; readonly text: string }[];
  };
  cedar.preparsePolicySet("all", { staticPolicies: Object.fromEntries(policies.map(({ id, text }) => [id, text])) });
  const answer = cedar.statefulIsAuthorized({
    principal: { type: "Agent", id: "reporter" },
    action: { type: "Action", id: "tool:Call" },
    resource: { type: "Tool", id: "tickets/search" },
    context: {},
    entities: [
      { uid: { type: "Tool", id: "tickets/search" }, attrs: { server: "tickets", name: "search" }, parents: [] },
    ],
    preparsedPolicySetId: "all",
  });
  return answer.type === "success" && answer.response.decision === "allow";
}

/** Commands that are never sent, but belong to the exchange function's bundle. */
export const unsent = [PutItemCommand, QueryCommand];
