import { TASK_ID } from "../../../contract/names.ts";
import { spellingsOf } from "../../../contract/task-id.ts";
import { ClientError } from "../../exit-codes.ts";

/** Thing that is searched for. */
export type Sought =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "session"; readonly task: string; readonly account?: string; readonly role?: string }
  | { readonly kind: "agent"; readonly id: string };

const ARN = /^arn:[\w-]+:sts::(\d{12}):assumed-role\/([\w+=,.@-]+)\/([\w+=,.@-]+)$/;
/** Form of a task role's name, of any hub: a hub with a prefix has the prefix in the middle. */
const TASK_ROLE = /^valetkey-(?:[a-z][a-z0-9]*-)?task-\d+$/;

/**
 * Reads a text of CloudTrail or GuardDuty: an access key, or a session's ARN, user id (`AROA…:<name>`), name or source identity.
 * @throws {ClientError} usage where no session of valetkey can have it.
 */
export function soughtOf(text: string): Sought {
  if (/^ASIA[A-Z0-9]{12,}$/.test(text)) return { kind: "key", key: text };
  if (/^A[A-Z]IA[A-Z0-9]+$/.test(text))
    throw usage("this is no key of a session, and valetkey issues no other keys (a session's key begins with ASIA)");
  const [, account, role, name] = ARN.exec(text) ?? [];
  if (account !== undefined && role !== undefined && name !== undefined) {
    if (!TASK_ROLE.test(role)) throw usage(`${role} is no task role: the session is not valetkey's`);
    return { kind: "session", task: taskIn(name), account, role };
  }
  const [, ofUser] = /^AROA[A-Z0-9]+:(.+)$/.exec(text) ?? [];
  if (ofUser !== undefined) return { kind: "session", task: taskIn(ofUser) };
  if (TASK_ID.test(text)) return { kind: "session", task: text };
  if (text === "valetkey-probe")
    throw usage("valetkey-probe is the source identity of valetkey's own probe, which can only list buckets");
  if (/^[a-z0-9][a-z0-9-]{0,63}$/.test(text)) return { kind: "agent", id: text };
  throw usage("give an access key (ASIA…), the ARN or the user id of a session, a task, or an agent's id");
}

/** Reads a session's name as a task's id. The separator at its end may be missing, since it is easily lost in copying. */
function taskIn(name: string): string {
  if (spellingsOf(name).length > 0) return name;
  throw usage("the session's name is not a task's id, and valetkey names each of its sessions after the task");
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
