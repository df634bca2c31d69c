import type { Detail } from "./task/detail.ts";

/** Exit codes of `valetkey exec` where it does not return the command's own. Numbers of sysexits.h, and from 126 on the shell's. */
export const EXIT_CODES = {
  usage: [64, "the command line is wrong"],
  intent: [65, "the intent is malformed, or cannot be granted as it stands (invalid_authorization_details)"],
  identity: [66, "no identity token: the file, address or variable for it is missing or gives none"],
  unavailable: [69, "valetkey cannot be reached, or answers with an error of its own; nothing was run"],
  bug: [70, "a bug in this client"],
  later: [
    75,
    "not now: too many tasks, or a spent budget; people must approve, and have not yet; or --wait was over before all keys were denied",
  ],
  ended: [
    76,
    "somebody else ended the task before the command's end; a command that still runs gets SIGTERM, and stderr says who and when",
  ],
  refused: [77, "valetkey refused the identity or the intent; the denials say what to ask for instead"],
  node: [78, "Node is too old: agents' package needs 20, a deployment's 22, a checkout 24"],
  cannotRun: [126, "the command cannot be run"],
  notFound: [127, "there is no such command"],
} as const satisfies Record<string, readonly [code: number, meaning: string]>;

export type ExitReason = keyof typeof EXIT_CODES;

/** Refused part of an intent, as the service explains it. */
export interface Denial {
  readonly action: string;
  readonly target: string;
  readonly reason: string;
  readonly policy?: string;
  readonly hint?: string;
}

/** Error that ends valetkey itself. Holds the reason for the exit code, a stable event name and a sentence for people, and never a token. */
export class ClientError extends Error {
  readonly reason: ExitReason;
  readonly event: string;
  readonly denials: readonly Denial[];
  /** Part of a denied request that policy permits; undefined where the service did not name it. */
  readonly covered: readonly Detail[] | undefined;
  /** Command line that requests what policy would permit. */
  readonly instead: string | undefined;
  /** Command line that lists what policy permits, for a denied request. */
  readonly list: string | undefined;
  /** Further lines for people: faults of a file, each at its place. */
  readonly lines: readonly string[];
  /** Own words of the person who denied the request; undefined for any other error. */
  readonly personsReason: string | undefined;
  /** Seconds after which the same request may be granted; undefined where the service named none. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    reason: ExitReason,
    event: string,
    sentence: string,
    {
      denials = [],
      covered,
      instead,
      list,
      lines = [],
      personsReason,
      retryAfterSeconds,
    }: {
      readonly denials?: readonly Denial[];
      readonly covered?: readonly Detail[] | undefined;
      readonly instead?: string | undefined;
      readonly list?: string | undefined;
      readonly lines?: readonly string[];
      readonly personsReason?: string | undefined;
      readonly retryAfterSeconds?: number | undefined;
    } = {},
  ) {
    super(sentence);
    this.name = "ClientError";
    this.reason = reason;
    this.event = event;
    this.denials = denials;
    this.covered = covered;
    this.instead = instead;
    this.list = list;
    this.lines = lines;
    this.personsReason = personsReason;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
