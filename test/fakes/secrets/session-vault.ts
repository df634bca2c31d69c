import type { TaskPath } from "../../../functions/core/task-path.ts";
import type {
  KeptSessions,
  LockedSession,
  RuledSession,
  SessionLock,
  SessionOpener,
} from "../../../functions/core/tasks/session-vault.ts";
import type { KeptSession } from "../../../functions/core/tasks/tasks.ts";

/** Fake vault: it knows what it has sealed, and opens it for the same place only. */
export class FakeSessionVault implements SessionLock, SessionOpener {
  readonly #sealed = new Map<string, { readonly place: string; readonly ruled: RuledSession }>();
  /** Number of texts that were opened. */
  opened = 0;
  before: (method: string) => void | Promise<void> = () => undefined;

  async lock(
    path: TaskPath,
    { name, fenceAt }: { readonly name: string; readonly fenceAt: number },
    ruled: RuledSession,
  ): Promise<LockedSession> {
    await this.before("lock");
    const sealed = `sealed-${this.#sealed.size}`;
    const { accessKeyId, issuedAt } = ruled.session;
    const locked = { accessKeyId, sealed, issuedAt, fenceAt };
    this.#sealed.set(sealed, { place: placeOf(path, name, locked), ruled });
    return locked;
  }

  async open(path: TaskPath, lease: string, locked: LockedSession): Promise<RuledSession> {
    await this.before("open");
    const known = this.#sealed.get(locked.sealed);
    if (known?.place !== placeOf(path, lease, locked)) throw new RangeError("not sealed for this task and lease");
    this.opened += 1;
    return known.ruled;
  }
}

const placeOf = (path: TaskPath, lease: string, { accessKeyId, issuedAt, fenceAt }: LockedSession): string =>
  JSON.stringify([path, lease, accessKeyId, issuedAt, fenceAt]);

/** Fake record of sessions that stay in the hub, by `path lease`. */
export class FakeKeptSessions implements KeptSessions {
  readonly items = new Map<string, LockedSession>();
  before: (method: string) => void | Promise<void> = () => undefined;

  put(path: TaskPath, { lease, ...locked }: KeptSession): void {
    this.items.set(`${path} ${lease}`, locked);
  }

  removeAll(path: TaskPath): void {
    for (const key of this.items.keys()) if (key.startsWith(`${path} `)) this.items.delete(key);
  }

  async read(path: TaskPath, lease: string): Promise<LockedSession | undefined> {
    const answer = this.before("read");
    if (answer) await answer;
    return this.items.get(`${path} ${lease}`);
  }
}
