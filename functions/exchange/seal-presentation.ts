import type { AgentId } from "../../contract/agent-id.ts";
import type { SealingPorts } from "../core/ports.ts";
import { sealedPresentationOf } from "../core/tasks/sealed-fields.ts";
import type { Presentation, Task } from "../core/tasks/task.ts";
import { hashToken } from "../core/tasks/token.ts";

/** Makes the record of a presentation token for one tool server. The token lives as long as its task. @throws {Refusal} store_unavailable. */
export async function sealPresentation(
  { path, expiresAt }: Pick<Task, "path" | "expiresAt">,
  token: string,
  server: AgentId,
  { recordKey }: Pick<SealingPorts, "recordKey">,
): Promise<Presentation> {
  const presentation = { hash: hashToken(token), server, expiresAt, listed: true } as const;
  return { ...presentation, seal: await recordKey.seal("presentation", sealedPresentationOf(path, presentation)) };
}
