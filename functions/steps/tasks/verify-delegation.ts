import { TREE_LIMITS } from "../../../contract/limits.ts";
import { brand } from "../../core/brand.ts";
import type { Delegation } from "../../core/delegation/delegation.ts";
import type { Detail } from "../../core/intent/detail.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { depthOf, type TaskPath } from "../../core/task-path.ts";
import { sealedDelegationOf } from "../../core/tasks/sealed-fields.ts";
import { isLive } from "../../core/tasks/task.ts";
import { isOneOf, parseToken } from "../../core/tasks/token.ts";
import type { Identity } from "../requests/verify-identity.ts";
import { believeTask, refuseUnsealed } from "./believe-task.ts";
import { type Lineage, readLineage } from "./read-lineage.ts";

declare const held: unique symbol;

/** Delegation that was presented by the agent that it names, with the live tasks that it depends on. */
export interface HeldDelegation {
  readonly [held]: true;
  /** Lineage of the parent. */
  readonly lineage: Lineage;
  readonly delegation: Delegation;
  /** Upper bound on the child's details, where the delegation has one. */
  readonly details?: readonly Detail[];
  /** Lifetime of a task that is opened with it; whole seconds, at least one. */
  readonly secondsLeft: number;
}

/**
 * Verifies the delegation of a token, with everything above it. A used delegation is valid only for a request that may
 * be a repeat. The request's idempotency key decides that later.
 * @throws {Refusal} delegation_token_invalid for any fault of the token, delegation_too_deep, and the refusals of
 * `readLineage`.
 */
export async function verifyDelegation(
  token: string,
  identity: Identity,
  mayRepeat: boolean,
  ports: Pick<Ports, "tasks" | "agents" | "panics" | "pauses" | "clock" | "seals" | "log" | "consents">,
): Promise<HeldDelegation> {
  const parsed = parseToken(token);
  if (parsed?.kind !== "vkd") throw new Refusal("delegation_token_invalid", { why: "not one of ours" });
  const parent = await ports.tasks.read(parsed.path);
  const delegation = parent?.delegations.find(({ hash }) => isOneOf(parsed.hash, [hash]));
  const unknown = new Refusal("delegation_token_invalid", { why: "unknown" });
  if (!parent || !delegation) throw unknown;
  if (delegation.agent !== identity.agent.id) {
    const { agent: named } = await sealedDelegation(parent.path, delegation, unknown, ports);
    const misused = { task: parent.path, hash: delegation.hash };
    throw new Refusal("delegation_token_invalid", { why: `it is for ${named}`, misused });
  }
  const nowSeconds = ports.clock.nowMs() / 1_000;
  if (!isLive(parent, nowSeconds)) throw new Refusal("delegation_token_invalid", { why: "its task has ended" });
  if (nowSeconds >= delegation.expiresAt) throw new Refusal("delegation_token_invalid", { why: "expired" });
  if (delegation.child !== undefined && !mayRepeat) throw new Refusal("delegation_token_invalid", { why: "used" });
  if (depthOf(parent.path) >= TREE_LIMITS.depth) throw new Refusal("delegation_too_deep");

  const believed = await believeTask(parent, ports, unknown);
  const [lineage, found] = await Promise.all([
    readLineage(believed, ports),
    ports.tasks.findToken(parent.path, delegation.hash),
  ]);
  const { details } = await sealedDelegation(parent.path, delegation, unknown, ports);
  // A courtesy before policy decides: the transaction that uses the delegation has the same condition.
  if (delegation.listed && !found) throw new Refusal("delegation_token_invalid", { why: "revoked" });
  const secondsLeft = Math.ceil(delegation.expiresAt - nowSeconds);
  return brand<HeldDelegation>({ lineage, delegation, secondsLeft, ...(details ? { details } : {}) });
}

/**
 * Verifies the seal of a delegation, and returns what it covers.
 * @throws {Refusal} delegation_token_invalid; `unknown` where somebody has changed the record.
 */
async function sealedDelegation(
  parent: TaskPath,
  { hash, agent, expiresAt, listed, ...delegation }: Delegation,
  unknown: Refusal,
  ports: Pick<Ports, "tasks" | "seals" | "log">,
): Promise<Pick<Delegation, "agent" | "details">> {
  // The child that used the delegation holds its details now, and may have to be opened again.
  const child = delegation.child === undefined ? undefined : await ports.tasks.read(delegation.child);
  // The child holds the only copy of the delegated details. Refuses where the child is gone: "unknown" must never mean
  // "unlimited".
  if (delegation.child !== undefined && !child)
    throw new Refusal("delegation_token_invalid", { why: "its child is gone" });
  const details = child ? child.delegated?.details : delegation.details;
  // The seal covers the details, so naming another child in the record grants nothing more.
  const given = { hash, agent, expiresAt, ...(listed ? { listed } : {}), ...(details ? { details } : {}) };
  await refuseUnsealed("delegation", sealedDelegationOf(parent, given), delegation.seal, parent, ports, unknown);
  return { agent, ...(details ? { details } : {}) };
}
