import type { Issuer } from "../identity/issuer.ts";
import type { Recertification } from "../identity/recertification.ts";
import type { AccountExceptions } from "./account-exceptions.ts";
import type { AccountId } from "./account-id.ts";
import type { ApproverGroup } from "./approver-group.ts";
import type { Channel } from "./channel.ts";
import type { Conflict } from "./conflict.ts";
import type { ConnectorSections, MarkedEntry } from "./connector-type.ts";
import type { DeployedCondition } from "./deployed-condition.ts";
import type { Escalation } from "./escalation-rules.ts";
import type { OauthClient } from "./oauth-client.ts";
import type { Region } from "./region.ts";
import type { ToolServer } from "./tool-server.ts";
import type { Transmitter } from "./transmitter.ts";

/** Secrets of Secrets Manager with a mark: those whose name the pattern matches. */
interface MarkedSecrets extends MarkedEntry {
  /** Name in which `*` is any text: `prod/*`. */
  readonly name: string;
}

/** Target account, in which tasks get their sessions. */
export interface Account {
  /** 12 digits. */
  readonly id: AccountId;
  /** Label for people, shown beside the id. No decision, record or seal has it. */
  readonly name?: string | undefined;
  readonly region: Region;
  /** Further Regions whose calls are forwarded to the hub. */
  readonly regions?: readonly Region[] | undefined;
  /** Number of task roles over which new tasks are spread; 1 to 100. */
  readonly taskRoles: number;
  /** Former size of the pool, where it was larger: sessions of those roles may still live. */
  readonly formerTaskRoles?: number | undefined;
  /** Set for a retired account: no sessions are issued, and those that may still live are revoked. */
  readonly retired?: true | undefined;
  /**
   * Set where the account's stack knows the tag of people. Each session there that acts for a person then has that tag,
   * and no other.
   */
  readonly personTag?: true | undefined;
  /**
   * Set for production: an agent is granted nothing there until its threat model is accepted
   * (`Deployment.threatModels`).
   */
  readonly production?: true | undefined;
  /**
   * Actions, or patterns of actions, to which tasks are limited there; `DEFAULT_CEILING` where the account lists none.
   */
  readonly ceiling?: readonly string[] | undefined;
  /** Named resources on which tasks may do what is forbidden everywhere else. */
  readonly exceptions?: AccountExceptions | undefined;
  /**
   * Services whose data events a trail of the account selects: `s3`, `dynamodb`. Uses of other services' data actions
   * are not seen.
   */
  readonly dataEvents?: readonly string[] | undefined;
  /** Longest time from a session's issue to its fence; seconds. `FENCE_SECONDS` where it is absent. */
  readonly fence?: number | undefined;
  /**
   * Key in `Deployment.held` of the names to which the account's task roles are limited; absent where only patterns
   * limit them.
   */
  readonly held?: string | undefined;
}

/** First operator: a person who may operate the deployment before any policy permits it. */
export interface Operator {
  /** Name of a people's issuer. */
  readonly issuer: string;
  readonly subject: string;
}

/** Accounts whose events on the bus are read; 12 digits each. */
export interface BusAccounts {
  /** Hub account, which sends valetkey's own events. */
  readonly own: AccountId;
  /** Accounts that may request endings. The bus's policy limits their principals, since an event names only the account. */
  readonly publishers: readonly AccountId[];
}

/** Endings that a probe observes. */
export interface Receipts {
  /** Share of the unrequested endings that are probed; 0 to 1. */
  readonly sample: number;
  /** Target accounts whose permission ceiling includes the probe's call. */
  readonly probed: readonly AccountId[];
}

/**
 * Deployed configuration: `valetkey.json` after its schema check, shipped with the policies and hashed into each decision. Each connector adds its
 * own section.
 */
export interface Deployment extends ConnectorSections {
  /** Prefix of the names of the hub's resources; `valetkey` where it is absent. */
  readonly prefix?: string;
  /** Partition of the hub and its target accounts: `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  /** Public https URL of the HTTP API; also the issuer in the metadata of RFC 8414. */
  readonly url: string;
  /** Origin of the console, where people decide about requests. */
  readonly console?: { readonly url: string };
  /** Required `aud` of a token, by kind of route: a token for one kind is refused at the others. */
  readonly audiences: { readonly exchange: string; readonly introspect: string; readonly operate: string };
  readonly issuers: readonly Issuer[];
  /** Moment at which the table was restored from a copy; epoch seconds. Nothing from before it is trusted. */
  readonly restoredAt?: number;
  readonly accounts: readonly Account[];
  /** Names of actions to which task roles are limited, by their mark; several accounts may have the same mark. */
  readonly held?: Readonly<Record<string, readonly string[]>>;
  /** Organisation whose units hold the accounts; absent where the configuration names none. */
  readonly organization?: {
    /** Management account, whose reports of accounts that have left are trusted. */
    readonly management?: AccountId;
  };
  readonly operators: readonly Operator[];
  /** Set where operators' dangerous acts take a vote of the operator (`STEP_UP`). */
  readonly stepUp?: true;
  /** Requirement of the production accounts; absent where there is none. */
  readonly threatModels?: {
    /**
     * Moment from which a threat model that nobody has accepted causes a refusal; before it, only a log line. Epoch
     * seconds.
     */
    readonly requiredFrom: number;
  };
  /** Conditions of the world that policies may read; absent where none is defined. */
  readonly conditions?: readonly DeployedCondition[];
  /** Pairs of labels that exclude each other; absent where there is none. */
  readonly conflicts?: readonly Conflict[];
  /** Groups of people that `@approval` may name. */
  readonly approvers?: readonly ApproverGroup[];
  /** Channels that are notified of requests for approval, by name. */
  readonly notify?: Readonly<Record<string, Channel>>;
  /** Secrets that belong to production, by patterns of their names. */
  readonly secrets?: readonly MarkedSecrets[];
  /** Clients at OAuth providers whose secrets valetkey rotates. */
  readonly oauthClients?: readonly OauthClient[];
  /**
   * Tool servers for which an agent can get a token by an assertion (RFC 7523). Absent where there is none; the grant
   * is then absent too.
   */
  readonly toolServers?: readonly ToolServer[];
  /**
   * `observe`: a session policy of which nothing could be proven is logged, and still used. A counterexample always
   * causes a refusal.
   */
  readonly validate?: "observe";
  readonly bus: BusAccounts;
  /** Transmitters of Security Event Tokens, which report the end of a person's session, credential or account. */
  readonly transmitters?: readonly Transmitter[];
  /** Responses to escalations; an alarm for each rule without an entry. */
  readonly escalation?: Escalation;
  readonly receipts: Receipts;
  /** Interval in which owners must confirm their agents; `null` for never. */
  readonly recertification: Recertification | null;
}

/** Finds the target account with that id; undefined where the deployment has none. */
export const accountOf = (deployment: Pick<Deployment, "accounts">, id: string): Account | undefined =>
  deployment.accounts.find((account) => account.id === id);

/** Maps issuers' names to their pin claims. */
export const pinsOf = ({ issuers }: Pick<Deployment, "issuers">): Readonly<Record<string, string>> =>
  Object.fromEntries(issuers.map(({ name, pin }) => [name, pin]));
