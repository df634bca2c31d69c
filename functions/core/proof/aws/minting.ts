import type { CatalogueAction } from "../../catalogue/catalogue-action.ts";
import { isAmong } from "./lists.ts";
import { CODE, DOORS, IDENTITIES, LOGINS, SECRETS, SENDERS } from "./minting-names.ts";

/**
 * The proof's own reading of which actions mint: what they make outlives or escapes the session. It was written by the
 * words of AWS's names and by the API references, apart from the rules of the catalogue
 * (`functions/core/catalogue/minting`), and neither imports the other. A test compares the two for every action.
 *
 * A missing name lets a session hold, by a permit on a group of actions, what no revocation takes back; the catalogue's
 * rules must lack it too. A name too many refuses the session.
 */
export function mints(action: CatalogueAction): boolean {
  const known = KNOWN.get(action);
  if (known !== undefined) return known;
  const made = isMinting(action);
  KNOWN.set(action, made);
  return made;
}

const KNOWN = new WeakMap<CatalogueAction, boolean>();

function isMinting({ name, service, levels }: CatalogueAction): boolean {
  const short = name.slice(service.length + 1);
  // "Access levels in policy summaries", IAM User Guide: both levels change who may do what, and the change stays.
  if (levels.includes("Permissions management") || levels.includes("Tagging")) return true;
  return BY_WORDS.some((words) => words.test(short)) || TABLES.some((table) => isAmong(short, table.get(service)));
}

/** Names, without their service, that say in any service, also in a new one, that the action mints. */
const BY_WORDS: readonly RegExp[] = [
  // The response has a token, a key or credentials. A change token of WAF is no credential.
  /^Create\w*(Access|Api|API)Key$/,
  /^(Get(?!ChangeToken)|Refresh|Regenerate|Rotate)\w*Token(For|$)/,
  /^Create\w*Token(WithIAM)?$/,
  /^(Get|Request|Retrieve|Rotate)\w*Credentials(With|For|$)/,
  /^Assume[A-Z]/,
  /^CallWithBearerToken$/,
  // The response has a link that works without credentials.
  /Presigned\w*Ur[il]s?$/i,
  /EmbedUrl|StreamingURL$|StreamingSessionURL$|Login(Url|Session)$/,
  // The request makes or takes credentials.
  /^(Create|Update)\w+CredentialProvider$/,
  /^(Create|Import)\w*KeyPair$/,
  /^(Create|Update)LoginProfile$/,
  /^Issue\w*Certificate/,
  /Reset\w*Password$/,
  // The request has a policy of a resource, whose loss may be the loss of a Deny.
  /^(Create|Put|Update|Delete)\w*Resource(Polic(y|ies)|Permissions?)(Statement)?$/,
  /^(Create|Put|Update|Delete)\w*AccessPolicy$/,
  /^Put\w*(Channel|Cluster|Contact|Destination|Domain|Feed|Group|Mesh|OriginEndpoint|Permissions|Profile|Project|Sink|Application)Policy$/,
  /^(AddPermission|AssociateAccessPolicy|PutPolicy|TagResource|UntagResource)$/,
];

/** Returns the table of names by service from its text: a line for each service. */
const tableOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split("\n").map((line) => {
      const [service = "", names = ""] = line.split(": ");
      return [service.trim(), names];
    }),
  );

const TABLES = [IDENTITIES, SECRETS, LOGINS, DOORS, CODE, SENDERS].map(tableOf);

/**
 * Returns the groups of an action in Cedar, by the proof's own reading of what mints: `s3:Read` and `aws:Read` for
 * `s3:GetObject`. An action that mints is in none.
 */
export function groupsOf(action: CatalogueAction): readonly string[] {
  if (mints(action)) return [];
  return action.levels.flatMap((level) => [`${action.service}:${level}`, `aws:${level}`]);
}
