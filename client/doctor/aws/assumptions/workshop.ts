import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type AwsAccess, settingsOf } from "../aws-access.ts";
import { EvidenceLog } from "./evidence.ts";
import { plainName } from "./plain-name.ts";
import type { ProbePlace } from "./probe-place.ts";
import { type Waits, waitsAt } from "./waits.ts";

/** Prefix of every name that the probes make, and the key of the tag of things that can have tags. */
export const MARKER = "valetkey-assumption";

/** Error that ends a probe whose command was interrupted. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Thing that a probe made, or is about to make. */
interface Made {
  readonly what: string;
  readonly remove: () => Promise<unknown>;
}

export interface WorkshopOptions {
  readonly waits?: Waits;
  /** Further settings of the SDK's clients: an endpoint and credentials other than those of the environment. */
  readonly clients?:
    | { readonly endpoint: string; readonly credentials: NonNullable<AwsAccess["credentials"]> }
    | undefined;
  /** Ends the probe: the workshop makes nothing more and removes what it made. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Maker of the things that a probe needs in one account; removes all of them. Their names have the marker and a number
 * of 64 random bits.
 */
export class Workshop {
  readonly place: ProbePlace;
  readonly partition: string;
  /** Settings of clients that act as the operator. */
  readonly settings: ReturnType<Workshop["settingsFor"]>;
  readonly waits: Waits;
  readonly evidence = new EvidenceLog();
  /** Pattern of all names of this workshop, for conditions of IAM. */
  readonly names: string;
  /** Value of the marker's tag. */
  readonly run = randomBytes(8).toString("hex");
  readonly #made: Made[] = [];
  readonly #signal: AbortSignal | undefined;
  readonly #clients: WorkshopOptions["clients"];
  #serial = 0;

  constructor(
    place: ProbePlace,
    partition: string,
    { waits = waitsAt(place.isAws), signal, clients }: WorkshopOptions = {},
  ) {
    this.place = place;
    this.partition = partition;
    this.waits = waits;
    this.#signal = signal;
    this.#clients = clients;
    this.names = `${MARKER}-${this.run}-*`;
    this.settings = this.settingsFor("operator");
  }

  /** Makes the settings of clients whose calls are recorded under a caller's name. */
  settingsFor(by: string) {
    const { account, region } = this.place;
    return { ...settingsOf({ account, region }), ...this.#clients, logger: this.evidence.loggerOf(by) };
  }

  /** ARN in the account of the probes. @param region empty for IAM, whose ARNs have no Region. */
  arn(service: string, resource: string, region = this.place.region): string {
    return `arn:${this.partition}:${service}:${region}:${this.place.account}:${resource}`;
  }

  /** Next name, unique in this account and, for a bucket, everywhere. */
  name(): string {
    this.#serial += 1;
    return `${MARKER}-${this.run}-${this.#serial}`;
  }

  /** @throws {Interrupted} once the command was interrupted. */
  check(): void {
    if (this.#signal?.aborted) throw new Interrupted();
  }

  /** Waits. @throws {Interrupted} as soon as the command is interrupted. */
  async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, this.#signal ? { signal: this.#signal } : {}).catch(() => {});
    this.check();
  }

  /**
   * Makes a thing. Records how to remove it before it is made, so that a lost answer leaves nothing behind.
   * @param remove removes the thing by the workshop's own name, and never by a name from AWS's answer.
   */
  async make<T>(what: string, create: () => Promise<T>, remove: () => Promise<unknown>): Promise<T> {
    this.check();
    const made = { what, remove };
    this.#made.push(made);
    try {
      return await create();
    } catch (error) {
      // Refused at the first attempt: there is nothing to remove. A later attempt may fail because an earlier one has
      // made the thing.
      if (isFirstRefusal(error)) this.#made.splice(this.#made.indexOf(made), 1);
      throw error;
    }
  }

  /**
   * Removes everything, the last thing first.
   * @returns names of things that could not be removed: somebody has to, by hand.
   */
  async close(): Promise<readonly string[]> {
    const left: string[] = [];
    for (const { what, remove } of this.#made.splice(0).reverse()) {
      const fault = await this.#removed(remove);
      if (fault !== undefined) left.push(`${what} (${fault})`);
    }
    return left;
  }

  /** Tries several times to remove a thing: AWS may not have applied the last writes yet. @returns the error's name. */
  async #removed(remove: () => Promise<unknown>): Promise<string | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await remove();
        return undefined;
      } catch (error) {
        const name = plainName(error);
        if (attempt === REMOVALS) return MISSING.includes(name) ? undefined : name;
        await sleep(this.waits.pauseMs);
      }
    }
  }
}

const REMOVALS = 4;

const isFirstRefusal = (error: unknown): boolean => {
  const { httpStatusCode: status, attempts = 1 } = Object(Object(error).$metadata) as Readonly<Record<string, number>>;
  // 501: an emulator that has no such service, at every attempt.
  return status !== undefined && ((status >= 400 && status < 500 && attempts === 1) || status === 501);
};

/** Names of errors for a thing that does not exist. */
const MISSING: readonly string[] = [
  ...["NoSuchEntity", "NoSuchEntityException", "NoSuchBucket", "ResourceNotFoundException"],
  ...["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"],
];
