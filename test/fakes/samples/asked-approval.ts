import { agentId } from "../../../contract/agent-id.ts";
import { type ApprovalId, approvalId } from "../../../contract/approval-id.ts";
import { type ApprovalRecord, recordHash, voteNonce } from "../../../functions/core/approvals/approval-record.ts";
import type { RequestedApproval } from "../../../functions/core/approvals/approvals.ts";
import { rootPath } from "../../../functions/core/task-path.ts";
import { fakeToken } from "../world/tokens.ts";
import type { FakeWorld } from "../world/world.ts";
import { aRecord, aRequest } from "./approval.ts";
import { aTask, aUse } from "./task.ts";

/** Request for approval that waits in a world. */
export interface AskedForApproval {
  readonly id: ApprovalId;
  readonly hash: string;
  readonly record: ApprovalRecord;
}

/**
 * Records a task of the agent `demo` that waits for people, as the exchange does.
 * @param same the same request as an earlier one of the agent: its key, and the id of the latest request under it.
 */
export async function askForApproval(
  world: FakeWorld,
  changed: Partial<ApprovalRecord> = {},
  same: Pick<Partial<RequestedApproval>, "key" | "replaces"> = {},
): Promise<AskedForApproval> {
  const now = world.nowSeconds();
  const { random, ballots } = world.ports;
  const path = rootPath(random.bytes(32));
  const { task, event } = aTask({ path, agent: "demo", leases: [], openedAt: now, expiresAt: now + 900 });
  const agent = { id: agentId("demo"), name: "demo", owner: "staff|owner", team: "demo" };
  const [id, nonce] = [
    approvalId(Buffer.from(random.bytes(10)).toString("hex")),
    Buffer.from(random.bytes(16)).toString("base64url"),
  ];
  const record = aRecord(task, { id, nonce, agent, created_at: now, expires_at: now + 900, ...changed });
  const requested = aRequest(task, {
    record,
    inboxes: record.needed.map(({ group }) => ({ issuer: "staff", group })),
    ...same,
  });
  await ballots.open(task, event, aUse(), undefined, undefined, requested);
  return { id: record.id, hash: recordHash(record), record };
}

type Claims = Readonly<Record<string, unknown>>;

/** Makes the token with which a member of the groups reads and denies requests. */
export const approverToken = (world: FakeWorld, sub = "bob", claims: Claims = {}): string =>
  world.operatorToken({ sub, groups: ["g-sre", "valetkey-approvers"], ...claims });

/** Makes the ID token by which a person who has just signed in votes on these records. */
export function voteToken(world: FakeWorld, hashes: readonly string[], sub = "bob", claims: Claims = {}): string {
  const now = world.nowSeconds();
  const token = fakeToken({
    iss: "https://staff.test",
    sub,
    aud: "approvals",
    nonce: voteNonce(hashes),
    iat: now,
    auth_time: now,
    exp: now + 300,
    groups: ["g-sre", "valetkey-approvers"],
    ...claims,
  });
  world.secrets.add(token);
  return token;
}
