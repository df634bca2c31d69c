import { RENEWAL_SECONDS } from "../../../contract/limits.ts";
import type { TaskPath } from "../../core/task-path.ts";
import type { RecentSessions, Session } from "../../core/tasks/sessions.ts";
import type { SessionLease } from "../../core/tasks/task.ts";
import { TimedCache } from "../memory/timed-cache.ts";

/**
 * Cache of this process's sessions of the last ten seconds. The AccessKeyId is in the key, so the cache returns neither
 * another task's session nor an older one.
 */
export class MemoryRecentSessions implements RecentSessions {
  readonly #sessions: TimedCache<Session>;

  constructor(nowMs: () => number) {
    this.#sessions = new TimedCache(RENEWAL_SECONDS * 1_000, 1_000, nowMs);
  }

  find(path: TaskPath, lease: SessionLease): Session | undefined {
    return lease.state === "issued" ? this.#sessions.find(nameOf(path, lease)) : undefined;
  }

  keep(path: TaskPath, lease: SessionLease, session: Session): void {
    this.#sessions.keep(nameOf(path, lease), session);
  }
}

const nameOf = (path: TaskPath, lease: SessionLease): string => JSON.stringify([path, lease.name, lease.accessKeyId]);
