import type { SignIn } from "../../../functions/core/identity/sign-in.ts";
import type { JournalEvent } from "../../../functions/core/journal/event.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import { afterRestore, type Panic, type Panics } from "../../../functions/core/revocation/panic.ts";
import { CheckedEvents } from "../checked-events.ts";

/** Fake panics, in memory. Does not remember a panic without a read, unless a test sets `isRemembered`. */
export class FakePanics implements Panics {
  readonly events: JournalEvent[] = new CheckedEvents();
  /** Marks a sign-in as used for an act; the world has one list of them. */
  useSignIn: (signIn: SignIn | undefined) => void = () => undefined;
  latest: Panic | undefined;
  isRemembered = false;
  /** Moment at which the table was restored; epoch seconds. */
  restoredAt: number | undefined;
  before: (method: string) => void | Promise<void> = () => undefined;

  async read(): Promise<Panic | undefined> {
    await this.before("read");
    return afterRestore(this.latest, this.restoredAt);
  }

  isKnown(): boolean {
    return this.isRemembered;
  }

  async change(panic: Panic, event: JournalEvent, signIn?: SignIn): Promise<void> {
    await this.before("change");
    const isDeclared = this.latest !== undefined && this.latest.liftedAt === undefined;
    const isDeclaration = panic.liftedAt === undefined;
    if ((this.latest?.chain.n ?? 0) !== event.n - 1 || (isDeclared && isDeclaration)) throw new Refusal("contended");
    this.useSignIn(signIn);
    this.latest = panic;
    this.events.push(event);
  }
}
