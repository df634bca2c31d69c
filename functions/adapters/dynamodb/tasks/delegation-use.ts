import { TASK_SECONDS } from "../../../../contract/limits.ts";
import type { TaskPath } from "../../../core/task-path.ts";
import type { Task } from "../../../core/tasks/task.ts";
import type { DelegationUse } from "../../../core/tasks/tasks.ts";
import { keys } from "../table/dynamo-keys.ts";
import { type DynamoTable, MARGIN_SECONDS, type Write } from "../table/dynamo-table.ts";
import { listedCheck } from "./live-tokens.ts";

/**
 * Makes the writes that use up a delegation, in the parent's record and in an item of its own, and the condition that it
 * was not revoked. A delegation that a
 * withdrawn child has used may be used by the child that replaces it.
 */
export const delegationUseWrites = (
  table: DynamoTable,
  use: DelegationUse,
  child: Task,
  replaced: TaskPath = child.path,
): readonly Write[] => [
  inParent(table, use, child, replaced),
  apart(table, use, child, replaced),
  ...listedCheck(table, use),
];

/**
 * Marks the delegation as used in the parent's record, and removes its details. From now on the child's record holds
 * them.
 */
const inParent = (table: DynamoTable, { parent, hash, agent }: DelegationUse, child: Task, replaced: TaskPath): Write =>
  table.updateWrite("delegation", keys.task(parent), {
    set: "SET #delegations.#hash.#child = :child, #delegations.#hash.#usedAt = :usedAt REMOVE #delegations.#hash.#details",
    where:
      "#status = :active AND #delegations.#hash.#agent = :agent AND #delegations.#hash.#expiresAt > :usedAt AND " +
      "(attribute_not_exists(#delegations.#hash.#child) OR #delegations.#hash.#child = :replaced)",
    names: {
      delegations: "delegations",
      hash,
      child: "child",
      usedAt: "usedAt",
      details: "details",
      status: "status",
      agent: "agent",
      expiresAt: "expiresAt",
    },
    values: { child: child.path, usedAt: child.openedAt, active: "active", agent, replaced },
  });

/** Records the use in an item of its own, which the other writers of the parent's record cannot undo. */
const apart = (table: DynamoTable, { parent, hash }: DelegationUse, child: Task, replaced: TaskPath): Write =>
  table.updateWrite("delegation", keys.delegationUse(parent, hash), {
    set: "SET #task = :task, #ttl = :ttl",
    where: "attribute_not_exists(#task) OR #task = :replaced",
    names: { task: "task", ttl: "ttl" },
    values: { task: child.path, replaced, ttl: child.openedAt + TASK_SECONDS.most + MARGIN_SECONDS },
  });
