import type { ConnectorSections } from "../connectors/connector-type.ts";
import type { OauthClient } from "../connectors/oauth-clients.ts";
import type { Issuer } from "../identity/issuer.ts";
import type { Recertification } from "../identity/recertification.ts";

/** A target account: where tasks get their sessions. */
export interface Account {
  /** 12 digits. */
  readonly id: string;
  readonly region: string;
  /** Over how many task roles of its pool new tasks are spread; 1 to 100. */
  readonly taskRoles: number;
  /** Number of roles that the pool had before, where it was more: in these, sessions may still live. */
  readonly formerTaskRoles?: number | undefined;
  /** Nothing is issued there any more, and what may still live there is revoked. */
  readonly retired?: true | undefined;
}

/** A person who may operate this deployment before any policy says so: the first operators. */
export interface Operator {
  /** `name` of a people's issuer. */
  readonly issuer: string;
  readonly subject: string;
}

/** Accounts, of 12 digits, whose events on the bus are looked at. */
export interface BusAccounts {
  /** The hub's: valetkey's own events come from there. */
  readonly own: string;
  /** Those that may ask for endings. Which of their principals may is said by the bus's policy: an event names the account alone. */
  readonly publishers: readonly string[];
}

/** Which endings a probe watches. */
export interface Receipts {
  /** The share of those that nobody asked for; 0 to 1. */
  readonly sample: number;
  /** Target accounts whose ceiling holds the call that a probe makes. */
  readonly probed: readonly string[];
}

/** `aws`, `aws-cn` or `aws-us-gov`, by the Region: no resource of one partition is known in another. */
export const partitionOf = (region: string): string =>
  region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";

/** What is deployed: `valetkey.json` after its schema check, shipped with the policies and hashed into each decision. Beside what is here it has the connectors' sections. */
export interface Deployment extends ConnectorSections {
  /** `aws`, `aws-cn`, `aws-us-gov`: of the hub and its target accounts. */
  readonly partition: string;
  /** The public https address of the HTTP API; also the issuer of RFC 8414's metadata. */
  readonly url: string;
  /** What a token's `aud` must say, by the kind of route: a token for one is refused at the others. */
  readonly audiences: { readonly exchange: string; readonly introspect: string; readonly operate: string };
  readonly issuers: readonly Issuer[];
  readonly accounts: readonly Account[];
  readonly operators: readonly Operator[];
  /** Clients at OAuth providers whose secrets are rotated. */
  readonly oauthClients?: readonly OauthClient[];
  /** `observe`: a session policy of which nothing could be proven is used all the same, and logged. A counterexample refuses always. */
  readonly validate?: "observe";
  readonly bus: BusAccounts;
  readonly receipts: Receipts;
  /** How often an agent's owner has to confirm it; `null` where the configuration says never. */
  readonly recertification: Recertification | null;
}

/** The target account of that id, or nothing where this deployment hands out no keys to it. */
export const accountOf = (deployment: Pick<Deployment, "accounts">, id: string): Account | undefined =>
  deployment.accounts.find((account) => account.id === id);

/** Each issuer's pin claim, by the issuer's name. */
export const pinsOf = ({ issuers }: Pick<Deployment, "issuers">): Readonly<Record<string, string>> =>
  Object.fromEntries(issuers.map(({ name, pin }) => [name, pin]));
