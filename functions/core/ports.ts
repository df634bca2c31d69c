import type { ApprovalRequests, Approvals } from "./approvals/approvals.ts";
import type { SignInCodes } from "./approvals/sign-in-codes.ts";
import type { Budgets } from "./budgets/budgets.ts";
import type { Catalogue } from "./catalogue/catalogue.ts";
import type { Conditions } from "./conditions/conditions.ts";
import type { Connectors } from "./connectors/connector.ts";
import type { Consents, GivenConsents } from "./consents/consents.ts";
import type { Deployment } from "./deployment/deployment.ts";
import type { AccountHalts } from "./escalation/account-halt.ts";
import type { CoolDowns } from "./escalation/cool-down.ts";
import type { Pauses } from "./escalation/pause.ts";
import type { RefusalWatch } from "./escalation/refused-uses.ts";
import type { Holds } from "./holds/holds.ts";
import type { Agents } from "./identity/agents.ts";
import type { Tokens } from "./identity/tokens.ts";
import type { Journal } from "./journal/journal.ts";
import type { PersonTags } from "./people/person-tag.ts";
import type { Policies } from "./policy/query.ts";
import type { Proofs } from "./proof/proofs.ts";
import type { Random } from "./random.ts";
import type { RateLimits } from "./rate-limits.ts";
import type { RoleLoads } from "./revocation/load.ts";
import type { Panics } from "./revocation/panic.ts";
import type { Roles } from "./revocation/roles.ts";
import type { RecordKey, Seals } from "./seals/seals.ts";
import type { SessionLock } from "./tasks/session-vault.ts";
import type { RecentSessions, Sessions } from "./tasks/sessions.ts";
import type { Tasks } from "./tasks/tasks.ts";
import type { Acceptances, GivenAcceptances } from "./threat/acceptances.ts";

/**
 * Ports: every access to the outside world goes through one of these. An adapter translates its technology's errors
 * into refusals; an outage is a 503.
 */
export interface Ports {
  readonly deployment: Deployment;
  readonly catalogue: Catalogue;
  readonly policies: Policies;
  readonly connectors: Connectors;
  readonly clock: Clock;
  readonly random: Random;
  /**
   * Resolves after so many milliseconds. For 0: after the rest of this turn of the event loop, in which calls are sent,
   * for example.
   */
  readonly pause: (ms: number) => Promise<void>;
  readonly tokens: Tokens;
  readonly agents: Agents;
  readonly tasks: Tasks;
  readonly roles: Roles;
  readonly journal: Journal;
  readonly rateLimits: RateLimits;
  readonly panics: Panics;
  readonly pauses: Pauses;
  readonly conditions: Conditions;
  readonly loads: RoleLoads;
  readonly seals: Seals;
  /** Loads the code that reads approvals, at the first use: most requests need none. */
  readonly approvals: () => Promise<Approvals>;
  /** Loads the code that reads consents, at the first use: most requests need none. */
  readonly consents: () => Promise<Consents>;
  /** Loads the code that reads acceptances of threat models, and the deployed threat models, at the first use. */
  readonly acceptances: () => Promise<Acceptances>;
  readonly log: Log;
}

/** Ports of the exchange, the only function that seals records and requests sessions from STS. */
export interface SealingPorts extends Ports {
  readonly sessions: Sessions;
  /** Loads the code that encrypts sessions which stay in the hub, at the first use. */
  readonly sessionLock: () => Promise<SessionLock>;
  readonly recent: RecentSessions;
  readonly recordKey: RecordKey;
  readonly budgets: Budgets;
  readonly holds: Holds;
  readonly personTags: PersonTags;
  readonly approvals: () => Promise<ApprovalRequests>;
  readonly consents: () => Promise<GivenConsents>;
  readonly acceptances: () => Promise<GivenAcceptances>;
  readonly codes: SignInCodes;
  readonly proofs: Proofs;
  readonly accountHalts: Pick<AccountHalts, "read">;
  readonly coolDowns: Pick<CoolDowns, "until" | "knownUntil">;
  /** Loads the code that detects escalations in refusals, at the first refusal. */
  readonly watch: () => Promise<RefusalWatch>;
  /** Set for a request of a client that renews its sessions by itself (`RENEWS_HEADER`). */
  readonly renews?: true;
}

export interface Clock {
  /** Epoch milliseconds. */
  nowMs(): number;
}

export interface Log {
  /** Writes one line of JSON, made from an allow-list of fields. */
  write(entry: Readonly<Record<string, unknown>>): void;
}
