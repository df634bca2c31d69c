import type { AgentId } from "../../../contract/agent-id.ts";
import type { Detail } from "../intent/detail.ts";
import type { TaskPath } from "../task-path.ts";

/** Delegation: a token with which one other agent may open one task below this one. Part of the delegating task's record. */
export interface Delegation {
  readonly hash: string;
  /** Agent that may use the delegation. */
  readonly agent: AgentId;
  /**
   * Upper bound on the child's intent; absent: everything granted to this task. Removed with the use, since the child's
   * record then contains it.
   */
  readonly details?: readonly Detail[];
  /** Expiry of the delegation, and latest deadline of the child; epoch seconds. */
  readonly expiresAt: number;
  /** Task that was opened with the delegation, which can open no other. */
  readonly child?: TaskPath;
  readonly usedAt?: number;
  /** True for a token that lives while `Tasks.findToken` finds it; absent on a token of a release without that list. */
  readonly listed?: true;
  readonly seal: string;
}

/** Part of a child's record about the tasks above it. */
export interface Delegated {
  /** Agents of the tasks above, the root's first. */
  readonly chain: readonly AgentId[];
  /** Upper bound from the delegation. */
  readonly details?: readonly Detail[];
}

/**
 * Time for which a used delegation is recorded; seconds. The request that used it can be repeated under its key
 * meanwhile.
 */
const USED_SECONDS = 600;

/** True while the delegation may still open a child. */
export const isPending = ({ child, expiresAt }: Delegation, nowSeconds: number): boolean =>
  child === undefined && nowSeconds < expiresAt;

/** True for a delegation without further use, whose record can be removed. */
export const isSpent = ({ usedAt, expiresAt }: Delegation, nowSeconds: number): boolean =>
  nowSeconds >= expiresAt || (usedAt !== undefined && nowSeconds >= usedAt + USED_SECONDS);
