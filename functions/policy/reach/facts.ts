import { createHash } from "node:crypto";
import { canonicalJson } from "../../../contract/canonical-json.ts";
import { type ConfiguredSections, entriesOf } from "../../connectors/connector-definition.ts";
import { DEFINITIONS, isUsed } from "../../connectors/connectors.ts";
import { DEFAULT_CEILING } from "../../core/ceiling/ceiling-actions.ts";
import type { Deployment } from "../../core/deployment/deployment.ts";
import { votesFor } from "../../core/policy/obligations.ts";
import { OUTSIDE } from "./outside.ts";

/** Values of the configuration that widen what an agent may do, or that decide who decides about it. */
export type Facts = Readonly<Record<string, unknown>>;

/** Facts by their names: `account:111122223333`, `approvers:sre`, `issuer:github`. */
export type NamedFacts = Readonly<Record<string, Facts>>;

/** Deployment, or the part of it that a test has. */
export type FactsFrom = Partial<Deployment> & ConfiguredSections;

/** Sections that have facts of their own. All others are together the facts of the deployment. */
const OWN: readonly string[] = [
  ...["accounts", "issuers", "approvers", "toolServers", "oauthClients", "secrets"],
  ...DEFINITIONS.flatMap(({ section }) => section?.name ?? []),
];

/** Computes the hash of facts: SHA-256 of `valetkey/facts/v1`, a line feed, and canonical JSON (RFC 8785); hexadecimal. */
export const factsHash = (facts: unknown): string =>
  createHash("sha256")
    .update(`valetkey/facts/v1\n${canonicalJson(facts)}`)
    .digest("hex");

/** Lists the facts that hold for every agent: of the deployment as a whole, and of the issuers of people for whom agents act. */
export const commonFacts = (deployment: FactsFrom): NamedFacts => ({
  deployment: kept(Object.fromEntries(Object.entries(deployment).filter(([name]) => !OWN.includes(name))), "") as Facts,
  ...issuerFacts(
    deployment,
    (deployment.issuers ?? []).filter(({ onBehalf }) => onBehalf).map(({ name }) => name),
  ),
});

/** Lists the facts of issuers. A name that the deployment does not have gives none. */
export const issuerFacts = ({ issuers = [] }: FactsFrom, names: readonly string[]): NamedFacts =>
  Object.fromEntries(
    issuers
      .filter(({ name }) => names.includes(name))
      .map((issuer) => [`issuer:${issuer.name}`, kept(issuer, "issuers") as Facts]),
  );

/** Lists the facts of target accounts. */
export const accountFacts = ({ accounts = [] }: FactsFrom, ids: readonly string[]): NamedFacts =>
  Object.fromEntries(
    accounts
      .filter(({ id }) => ids.includes(id))
      .map((account) => [
        `account:${account.id}`,
        { ...(kept(account, "accounts") as Facts), ceiling: account.ceiling?.toSorted() ?? OF_DEFAULT },
      ]),
  );

/** Names the default ceiling of this version by its content, since the list is long. */
const OF_DEFAULT = { default_actions: DEFAULT_CEILING.length, sha256: factsHash(DEFAULT_CEILING.toSorted()) };

/** Lists the facts of the groups that have to approve, and of those groups' issuers. */
export function approverFacts(deployment: FactsFrom, needs: readonly Parameters<typeof votesFor>[0][]): NamedFacts {
  const asked = new Set(needs.flatMap((each) => votesFor(each).map(({ group }) => group)));
  const groups = (deployment.approvers ?? []).filter(({ name }) => asked.has(name));
  return {
    ...Object.fromEntries(groups.map((group) => [`approvers:${group.name}`, kept(group, "approvers") as Facts])),
    ...issuerFacts(
      deployment,
      groups.map(({ issuer }) => issuer),
    ),
  };
}

/** Lists the facts of each connector in use, and of the tool servers, by type. */
export const connectorFacts = (deployment: FactsFrom): NamedFacts =>
  Object.fromEntries([
    ...DEFINITIONS.filter((definition) => isUsed(definition, deployment)).map(({ type, section }) => [
      type,
      // A connector without a section hands out secrets, which have marks and rotated clients.
      section === null
        ? {
            marked: kept(deployment.secrets ?? [], "secrets"),
            clients: kept(deployment.oauthClients ?? [], "oauthClients"),
          }
        : { entries: kept(entriesOf(section, deployment), section.name) },
    ]),
    ...(deployment.toolServers?.length ? [["tool", { entries: kept(deployment.toolServers, "toolServers") }]] : []),
  ]);

/** Returns a value without the fields that are outside, and its lists in an order that does not depend on the file's. */
function kept(value: unknown, path: string): unknown {
  if (Array.isArray(value))
    return value
      .map((each) => kept(each, path))
      .toSorted((one, other) => (canonicalJson(one) < canonicalJson(other) ? -1 : 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) => {
      const of = path === "" ? name : `${path}.${name}`;
      return each === undefined || Object.hasOwn(OUTSIDE, of) ? [] : [[name, kept(each, of)]];
    }),
  );
}
