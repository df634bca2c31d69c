import { randomUUID } from "node:crypto";
import type { ConnectorLease } from "../../../functions/core/tasks/connector-lease.ts";
import type {
  Deadlines,
  DueMessages,
  LeaseDeadline,
  LeaseRef,
  LeaseRevocationQueue,
  PendingRevocation,
  PendingRevocations,
} from "../../../functions/core/tasks/pending-revocation.ts";

/** Fake pending revocations, in memory. `FakeTasks` writes to them, as the table's transactions do. */
export class FakePendingRevocations implements PendingRevocations {
  readonly known = new Map<string, PendingRevocation>();
  /** Planned leases in order, as the table's stream reports them. */
  readonly plans: { readonly eventName: "INSERT" | "MODIFY"; readonly lease: ConnectorLease }[] = [];
  before: (method: string) => void | Promise<void> = () => undefined;

  async read(lease: LeaseRef): Promise<PendingRevocation | undefined> {
    await this.before("read");
    return this.known.get(keyOf(lease));
  }

  async list(): Promise<readonly PendingRevocation[]> {
    await this.before("list");
    return [...this.known.values()];
  }

  async forget(lease: LeaseRef): Promise<void> {
    await this.before("forget");
    this.known.delete(keyOf(lease));
  }

  /** Returns true where the credential of the lease may exist. */
  isPending(lease: LeaseRef): boolean {
    return this.known.has(keyOf(lease));
  }

  planned(lease: ConnectorLease): void {
    this.plans.push({ eventName: this.known.has(keyOf(lease)) ? "MODIFY" : "INSERT", lease });
    this.known.set(keyOf(lease), { lease, confirmed: this.known.get(keyOf(lease))?.confirmed ?? false });
  }

  /** Returns true where the record is this issue of the lease, in this state. */
  isStill(lease: ConnectorLease, state: ConnectorLease["state"]): boolean {
    const own = this.known.get(keyOf(lease))?.lease;
    return own?.startedAt === lease.startedAt && own.state === state;
  }

  confirmed(lease: ConnectorLease): void {
    this.known.set(keyOf(lease), { lease, confirmed: true });
  }

  gone(lease: LeaseRef): void {
    this.known.delete(keyOf(lease));
  }
}

const keyOf = ({ path, name }: LeaseRef): string => `${path}#${name}`;

/** Fake queue of lease revocations, in memory. */
export class FakeLeaseRevocationQueue implements LeaseRevocationQueue {
  readonly sent: LeaseRef[] = [];

  async send(leases: readonly LeaseRef[]): Promise<void> {
    this.sent.push(...leases);
  }
}

/** ARN of the deadline queue. */
export const DEADLINES_ARN = "arn:aws:sqs:us-east-1:999900001111:valetkey-deadlines";

interface DueMessage {
  readonly body: string;
  readonly receiptHandle: string;
  visibleAt: number;
  receives: number;
}

/** Fake deadline queue, in memory: a delayed message becomes visible when it is due by the world's clock. */
export class FakeDeadlines implements Deadlines, DueMessages {
  /** All deadlines that were set, also those already handled. */
  readonly sent: LeaseDeadline[] = [];
  /** Durations for which messages were hidden; seconds. */
  readonly postponements: number[] = [];
  readonly #nowSeconds: () => number;
  #messages: DueMessage[] = [];
  before: () => void = () => undefined;

  constructor(nowSeconds: () => number) {
    this.#nowSeconds = nowSeconds;
  }

  async set(deadlines: readonly LeaseDeadline[]): Promise<void> {
    this.before();
    this.sent.push(...deadlines);
    for (const { path, name, dueAt } of deadlines) this.put(JSON.stringify({ path, name }), dueAt - this.#nowSeconds());
  }

  /** Adds a message, as any sender could. */
  put(body: string, delaySeconds = 0): void {
    const visibleAt = this.#nowSeconds() + Math.min(Math.max(0, delaySeconds), 900);
    this.#messages.push({ body, receiptHandle: randomUUID(), visibleAt, receives: 0 });
  }

  isFrom(source: string | undefined): boolean {
    return source === DEADLINES_ARN;
  }

  async postpone(receiptHandle: string, seconds: number): Promise<void> {
    this.before();
    this.postponements.push(seconds);
    const message = this.#messages.find((each) => each.receiptHandle === receiptHandle);
    if (message) message.visibleAt = this.#nowSeconds() + seconds;
  }

  /** Receives the visible messages as Lambda delivers them, and hides them for three minutes. */
  take() {
    const visible = this.#messages.filter(({ visibleAt }) => visibleAt <= this.#nowSeconds());
    return visible.map((message) => {
      message.visibleAt = this.#nowSeconds() + 180;
      message.receives += 1;
      const { body, receiptHandle } = message;
      return { messageId: receiptHandle, body, receiptHandle, eventSourceARN: DEADLINES_ARN };
    });
  }

  /** Deletes the received messages that did not fail. */
  done(received: readonly { readonly receiptHandle: string }[], failed: readonly string[]): void {
    const deleted = new Set(
      received.map(({ receiptHandle }) => receiptHandle).filter((handle) => !failed.includes(handle)),
    );
    this.#messages = this.#messages.filter(({ receiptHandle }) => !deleted.has(receiptHandle));
  }

  /** Number of deliveries of each remaining message. */
  get left(): readonly number[] {
    return this.#messages.map(({ receives }) => receives);
  }
}
