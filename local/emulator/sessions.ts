import { randomBytes } from "node:crypto";
import type { PolicyDocument } from "./policy-document.ts";
import { randomText } from "./random-text.ts";
import type { Role } from "./roles.ts";

/** Keys as an SDK takes them. The embedded AWS always gives a session token. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Session that AssumeRole made. Moments are epoch milliseconds of whole seconds, as in STS. */
export interface Session {
  readonly credentials: Credentials;
  readonly role: Role;
  readonly name: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly policy?: PolicyDocument;
  /** Policies of GetScopedCredentials. Each of them must allow a call too. */
  readonly scopeDown?: readonly PolicyDocument[];
  readonly tags: ReadonlyMap<string, string>;
  readonly transitiveTagKeys: ReadonlySet<string>;
  readonly sourceIdentity?: string;
}

export type SessionSpec = Omit<Session, "credentials">;

/** ARN by which AWS names the caller: `arn:aws:sts::111122223333:assumed-role/name/session`. */
export const sessionArn = (session: Pick<Session, "role" | "name">): string =>
  `arn:aws:sts::${session.role.account}:assumed-role/${session.role.name}/${session.name}`;

/** `aws:userid`: `AROA...:session`. */
export const sessionUserId = (session: Pick<Session, "role" | "name">): string => `${session.role.id}:${session.name}`;

/** Makes an access key's id, as STS makes them. */
export const newKeyId = (): string => `ASIA${randomText(16)}`;

const KEPT_PAST_EXPIRY_MS = 3_600_000;
const ISSUES_BETWEEN_SWEEPS = 1000;

/**
 * Issued sessions. An expired session is remembered for an hour, so that its calls fail as expired and not as unknown.
 */
export class Sessions {
  readonly #byKeyId = new Map<string, Session>();
  #issued = 0;

  /** @param accessKeyId `newKeyId()`, where the key is known before the session is made. */
  issue(spec: SessionSpec, now: number, accessKeyId = newKeyId()): Session {
    this.#issued += 1;
    if (this.#issued % ISSUES_BETWEEN_SWEEPS === 0) this.#sweep(now);
    const credentials = {
      accessKeyId,
      secretAccessKey: randomBytes(30).toString("base64"),
      sessionToken: randomBytes(258).toString("base64"),
    };
    const session = { ...spec, credentials };
    this.#byKeyId.set(credentials.accessKeyId, session);
    return session;
  }

  /** Lists the keys of all sessions. */
  keys(): readonly Credentials[] {
    return [...this.#byKeyId.values()].map(({ credentials }) => credentials);
  }

  find(accessKeyId: string): Session | undefined {
    return this.#byKeyId.get(accessKeyId);
  }

  #sweep(now: number): void {
    for (const [keyId, session] of this.#byKeyId) {
      if (now > session.expiresAt + KEPT_PAST_EXPIRY_MS) this.#byKeyId.delete(keyId);
    }
  }
}
