import { secretsBySection } from "../../functions/connectors/own-secrets.ts";
import { isInternalSecret } from "../../functions/hub-names.ts";
import { SIGNALS_ROUTE } from "../../functions/routes.ts";
import { audiencesOf } from "./audiences-of.ts";
import type { Config } from "./schema.ts";

/** Lists names that would serve two purposes: audiences of tokens, secrets, and claims that identify people. */
export const purposeFaults = (config: Config): readonly string[] => [
  ...audienceFaults(config),
  ...secretFaults(config),
  ...claimFaults(config),
];

/**
 * Finds clients and audiences with the name of an audience of the API. An ID token has its client as audience: each
 * stored vote would then be an operator's token, or a person's token for an agent.
 */
function audienceFaults({ url, issuers, signals = [] }: Config): readonly string[] {
  const api = url.replace(/\/$/, "");
  const own = [...Object.values(audiencesOf(api)), `${api}${SIGNALS_ROUTE.path}`];
  // An address with a slash at its end is the same address to people, and another text to a comparison.
  const isOwn = (name: string): boolean => own.includes(name.trim().replace(/\/+$/, ""));
  const clientIds = new Set(issuers.flatMap(({ approvals }) => approvals?.clientId ?? []));
  return [
    ...issuers.flatMap(({ name, approvals, console, cli }) =>
      Object.entries({ approvals, console, cli })
        .filter(([, client]) => client !== undefined && isOwn(client.clientId))
        .map(
          ([kind, client]) => `issuers: "${name}" has the ${kind} client "${client?.clientId}", an audience of the API`,
        ),
    ),
    ...signals.flatMap(({ name, audience }) => {
      if (audience === undefined || audience === `${api}${SIGNALS_ROUTE.path}`) return [];
      return isOwn(audience) || clientIds.has(audience)
        ? [`signals: "${name}" has the audience "${audience}", which other tokens have`]
        : [];
    }),
  ];
}

/**
 * Finds secrets that valetkey makes for itself, and secrets with two roles: whoever reads a secret for one of them would
 * have the other. A client's secret may be in `oauthClients` and where it is used, since it is rotated there.
 */
function secretFaults(config: Config): readonly string[] {
  const { issuers, notify = {}, oauthClients = [] } = config;
  const channels = Object.values(notify).map(({ secret }) => secret);
  const roles: readonly (readonly [string, readonly string[]])[] = [
    ["notify", channels],
    ["issuers", issuers.flatMap(({ approvals }) => approvals?.secret ?? [])],
    ...secretsBySection(config),
    ["oauthClients", oauthClients.map(({ registrationToken }) => registrationToken)],
  ];
  const named = roles.flatMap(([role, names]) => [...new Set(names)].map((name) => ({ role, name })));
  const rotated = oauthClients.map(({ secret }) => ({ role: "oauthClients", name: secret }));
  return [
    ...[...named, ...rotated]
      .filter(({ name }) => isInternalSecret(name))
      .map(({ role, name }) => `${role}: "${name}" is a secret that valetkey makes for itself`),
    ...named.flatMap(({ role, name }, index) => {
      const other = named.slice(0, index).find((each) => each.name === name);
      return other ? [`${role}: "${name}" is also a secret of ${other.role}; a secret has one purpose`] : [];
    }),
    ...rotated
      .filter(({ name }) => channels.includes(name))
      .map(({ name }) => `oauthClients: "${name}" is also a secret of notify; a secret has one purpose`),
  ];
}

/** Claims that a person, or somebody who administers people, can change, or that the next person gets. */
const CHANGING = [
  ...["email", "name", "preferred_username", "username", "user_name", "upn", "unique_name", "nickname", "login"],
  ...["given_name", "family_name", "phone_number", "winaccountname", "cognito:username"],
];

/** Finds a person claim whose value another person may have later: whoever has the name would be the person. */
const claimFaults = ({ issuers }: Config): readonly string[] =>
  issuers
    .filter(({ person }) => person !== undefined && CHANGING.includes(lastStep(person).toLowerCase()))
    .map(
      ({ name, person }) =>
        `issuers: "${name}" identifies people by ${person}, which changes or goes to another person; name an id that never does`,
    );

/** Returns the name of a claim, also of one inside an object (RFC 6901). */
const lastStep = (claim: string): string => (claim.startsWith("/") ? (claim.split("/").at(-1) ?? claim) : claim);
