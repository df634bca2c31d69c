import type { Deployment } from "../../core/deployment/deployment.ts";
import type { SessionLock } from "../../core/tasks/session-vault.ts";
import { sessionsKeyAlias } from "../../hub-names.ts";

/** Loads the code that encrypts sessions which stay in the hub, at the first use: most tasks have their keys handed out. */
export const reachSessionLock = (deployment: Pick<Deployment, "prefix">) => async (): Promise<SessionLock> => {
  const { kmsSessionLock } = await import("../kms/kms-session-vault.ts");
  return kmsSessionLock(sessionsKeyAlias(deployment));
};
