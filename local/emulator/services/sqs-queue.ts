import { createHash, randomUUID } from "node:crypto";
import type { PolicyDocument } from "../policy-document.ts";

export interface QueueSpec {
  /** Ends in `.fifo` for a FIFO queue. */
  readonly name: string;
  readonly contentBasedDeduplication?: boolean;
  readonly visibilityTimeoutSeconds?: number;
  /** The queue's own policy. */
  readonly policy?: PolicyDocument;
}

export interface QueuedMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes: unknown;
  readonly group?: string;
  readonly deduplicationId?: string;
  readonly sequence: string;
  readonly sentAt: number;
  readonly senderId: string;
  visibleAt: number;
  receiptHandle?: string;
  firstReceivedAt?: number;
  receiveCount: number;
}

export interface Send {
  readonly body: string;
  readonly attributes?: unknown;
  readonly group?: string;
  readonly deduplicationId?: string;
  readonly delaySeconds?: number;
  readonly senderId: string;
}

/** SQS remembers a deduplication id for five minutes. */
const DEDUPLICATION_MS = 300_000;

/** One queue: messages in order, FIFO groups delivered one at a time, duplicates dropped. Times come from the caller's clock. */
export class Queue {
  readonly name: string;
  readonly isFifo: boolean;
  readonly policy: PolicyDocument | undefined;
  readonly isContentDeduplicated: boolean;
  readonly visibilityTimeoutSeconds: number;
  readonly #messages: QueuedMessage[] = [];
  readonly #seen = new Map<string, { at: number; message: QueuedMessage }>();
  #sequence = 0n;
  readonly #waiters = new Set<() => void>();

  constructor(spec: QueueSpec) {
    this.name = spec.name;
    this.policy = spec.policy;
    this.isFifo = spec.name.endsWith(".fifo");
    this.isContentDeduplicated = spec.contentBasedDeduplication ?? false;
    this.visibilityTimeoutSeconds = spec.visibilityTimeoutSeconds ?? 30;
  }

  /** Adds a message. @returns it, or an earlier one with the same deduplication id. */
  send(send: Send, now: number): QueuedMessage {
    const deduplicationId =
      send.deduplicationId ??
      (this.isContentDeduplicated ? createHash("sha256").update(send.body).digest("hex") : undefined);
    const earlier = deduplicationId === undefined ? undefined : this.#seen.get(deduplicationId);
    if (earlier && now - earlier.at < DEDUPLICATION_MS) return earlier.message;
    this.#sequence += 1n;
    const message: QueuedMessage = {
      id: randomUUID(),
      body: send.body,
      attributes: send.attributes,
      sequence: String(this.#sequence).padStart(20, "0"),
      sentAt: now,
      senderId: send.senderId,
      visibleAt: now + (send.delaySeconds ?? 0) * 1000,
      receiveCount: 0,
      ...(send.group === undefined ? {} : { group: send.group }),
      ...(deduplicationId === undefined ? {} : { deduplicationId }),
    };
    this.#messages.push(message);
    if (deduplicationId !== undefined) this.#remember(deduplicationId, message, now);
    this.#wake();
    return message;
  }

  /** Returns up to `limit` messages and hides them for a while. A group with a message in flight gives no other. */
  receive(limit: number, visibilityTimeoutSeconds: number, now: number): QueuedMessage[] {
    const inFlight = (message: QueuedMessage): boolean => message.visibleAt > now;
    const blocked = new Set(this.isFifo ? this.#messages.filter(inFlight).map((message) => message.group) : []);
    const received = this.#messages
      .filter((message) => !inFlight(message) && !(this.isFifo && blocked.has(message.group)))
      .slice(0, limit);
    for (const message of received) {
      message.visibleAt = now + visibilityTimeoutSeconds * 1000;
      message.receiptHandle = randomUUID();
      message.firstReceivedAt ??= now;
      message.receiveCount += 1;
    }
    return received;
  }

  /** Removes the message of this handle. @returns false where the handle is not valid (any more). */
  delete(receiptHandle: string): boolean {
    const at = this.#messages.findIndex((message) => message.receiptHandle === receiptHandle);
    if (at < 0) return false;
    this.#messages.splice(at, 1);
    this.#wake();
    return true;
  }

  /**
   * Hides the message of this handle from now on; 0 seconds make it visible at once.
   * @returns false where the message is not in flight.
   */
  changeVisibility(receiptHandle: string, seconds: number, now: number): boolean {
    const message = this.#messages.find((candidate) => candidate.receiptHandle === receiptHandle);
    if (!message || message.visibleAt <= now) return false;
    message.visibleAt = now + seconds * 1000;
    this.#wake();
    return true;
  }

  counts(now: number): { visible: number; inFlight: number } {
    const inFlight = this.#messages.filter((message) => message.visibleAt > now).length;
    return { visible: this.#messages.length - inFlight, inFlight };
  }

  /** Resolves when something may have become visible, or after `limitMs` of real time. */
  changed(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(wake);
        resolve();
      };
      // The timer must not keep the process running: the waiting caller's connection does.
      const timer = setTimeout(wake, limitMs).unref();
      this.#waiters.add(wake);
    });
  }

  #wake(): void {
    for (const wake of [...this.#waiters]) wake();
  }

  #remember(deduplicationId: string, message: QueuedMessage, now: number): void {
    for (const [id, { at }] of this.#seen) {
      if (now - at < DEDUPLICATION_MS) break;
      this.#seen.delete(id);
    }
    this.#seen.delete(deduplicationId);
    this.#seen.set(deduplicationId, { at: now, message });
  }
}
