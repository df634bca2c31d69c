import type { Detail } from "../intent/detail.ts";
import type { TaskPath } from "../tasks/path.ts";

/** A token with which one other agent may open one task below this one: it stands in the record of the task that gives it. */
export interface Delegation {
  readonly hash: string;
  /** The one agent that may use it. */
  readonly agent: string;
  /** What may at most be asked for with it; without it, all that this task was granted. Gone once it was used: the child keeps it. */
  readonly details?: readonly Detail[];
  /** Until when it may be used, and the child's deadline at the latest; epoch seconds. */
  readonly expiresAt: number;
  /** What it was used for: nothing else can be opened with it. */
  readonly child?: TaskPath;
  readonly usedAt?: number;
  readonly seal: string;
}

/** What a child says of those above it. */
export interface Delegated {
  /** Agents of the tasks above, the root's first. */
  readonly chain: readonly string[];
  /** What its delegation allowed at most. */
  readonly details?: readonly Detail[];
}

/**
 * How far a tree may grow. Policy may forbid less by `context.delegation.depth`; a session's name holds ten levels.
 * `depth`: levels below a root. `children`: alive at a time below one task. `pending`: delegations of one task that were not used yet.
 */
export const TREE_LIMITS = { depth: 4, children: 20, pending: 20, detailCharacters: 4_096 } as const;

/** How long the use of a delegation is remembered, so that the request that used it may be repeated under its key; seconds. */
const USED_SECONDS = 600;

/** Whether a child may still be opened with it. */
export const isPending = ({ child, expiresAt }: Delegation, nowSeconds: number): boolean =>
  child === undefined && nowSeconds < expiresAt;

/** Whether nobody can do anything with it any more, so that it need not be kept. */
export const isSpent = ({ usedAt, expiresAt }: Delegation, nowSeconds: number): boolean =>
  nowSeconds >= expiresAt || (usedAt !== undefined && nowSeconds >= usedAt + USED_SECONDS);
