import { brand } from "../../core/brand.ts";
import type { Ports, SealingPorts } from "../../core/ports.ts";
import type { Refusal } from "../../core/refusal.ts";
import type { SealedKind } from "../../core/seals/record-key.ts";
import type { TaskPath } from "../../core/task-path.ts";
import { sealedFieldsOf } from "../../core/tasks/sealed-fields.ts";
import type { Task } from "../../core/tasks/task.ts";

declare const believed: unique symbol;

/**
 * Task whose seal is verified. The seal covers only `sealedFieldsOf`. Fields that change during the task's life are
 * only as trustworthy as the record.
 */
export type BelievedTask = Task & { readonly [believed]: true };

/** Seals a task that is about to be recorded. @throws {Refusal} store_unavailable where the key cannot be read. */
export async function sealTask(
  task: Omit<Task, "seal">,
  { recordKey }: Pick<SealingPorts, "recordKey">,
): Promise<BelievedTask> {
  return brand<BelievedTask>({ ...task, seal: await recordKey.seal("task", sealedFieldsOf(task)) });
}

/**
 * Verifies a task's seal. Several functions may write the record, but only the exchange can seal it.
 * @param refusal thrown for a broken seal; the caller must not learn that the record was changed.
 * @throws {Refusal} `refusal`, or store_unavailable where the keys cannot be read.
 */
export async function believeTask(
  task: Task,
  ports: Pick<Ports, "seals" | "log">,
  refusal: Refusal,
): Promise<BelievedTask> {
  await refuseUnsealed("task", sealedFieldsOf(task), task.seal, task.path, ports, refusal);
  return brand<BelievedTask>(task);
}

/**
 * Verifies a seal. Logs a broken seal as an error, since somebody has changed the record.
 * @throws {Refusal} `refusal`, store_unavailable.
 */
export async function refuseUnsealed(
  kind: SealedKind,
  fields: object,
  seal: string | undefined,
  path: TaskPath,
  { seals, log }: Pick<Ports, "seals" | "log">,
  refusal: Refusal,
): Promise<void> {
  if (await seals.isGenuine(kind, fields, seal)) return;
  log.write({ level: "error", event: "seal_broken", type: kind, task: path });
  throw refusal;
}
