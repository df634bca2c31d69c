import { randomBytes } from "node:crypto";
import { agentId } from "../../../contract/agent-id.ts";
import { approvalId } from "../../../contract/approval-id.ts";
import { type ApprovalRecord, recordHash } from "../../../functions/core/approvals/approval-record.ts";
import type { RequestedApproval } from "../../../functions/core/approvals/approvals.ts";
import type { ApprovalUse, StoredVote } from "../../../functions/core/approvals/stored-approval.ts";
import type { Task } from "../../../functions/core/tasks/task.ts";
import { NOW } from "./task.ts";

/** Makes a record of a request by the task's agent, which one person of `sre` can approve. */
export const aRecord = (task: Pick<Task, "path" | "agent">, changed: Partial<ApprovalRecord> = {}): ApprovalRecord => ({
  version: 1,
  hub: "https://valetkey.test",
  id: approvalId(randomBytes(10).toString("hex")),
  decision: "vend",
  nonce: randomBytes(16).toString("base64url"),
  task: task.path,
  agent: { id: task.agent, name: "Demo", owner: "owner@acme.test", team: "demo" },
  chain: [],
  purpose: "a report",
  authorization_details: [{ type: "tool", server: agentId("tickets"), tools: ["search"] }],
  grants: [{ type: "tool", server: agentId("tickets"), tools: ["search"] }],
  session_policies: {},
  accounts: [],
  ttl: 900,
  needed: [{ group: "sre", count: 1 }],
  bundle: "bundle",
  created_at: NOW,
  expires_at: NOW + 900,
  ...changed,
});

/** Makes a request for an approval of a task that waits. */
export function aRequest(
  task: Pick<Task, "path" | "agent">,
  { record = aRecord(task), ...changed }: Partial<RequestedApproval> = {},
): RequestedApproval {
  const key = randomBytes(8).toString("base64url");
  return { record, hash: recordHash(record), key, inboxes: [{ issuer: "staff", group: "sre" }], ...changed };
}

/** Makes the first use of a task's approval. */
export const aUseOf = ({ path }: Pick<Task, "path">, changed: Partial<ApprovalUse> = {}): ApprovalUse => ({
  n: 1,
  task: path,
  hash: "hash",
  votes: ["vote"],
  usedAt: NOW + 60,
  seal: "seal",
  ...changed,
});

/** Makes a stored vote of a person of the issuer `staff`. */
export const aStoredVote = (value: string, token: string, hashes: readonly string[] = ["hash"]): StoredVote => ({
  person: { issuer: "staff", value },
  token,
  hashes,
});
