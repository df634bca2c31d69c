import { keyConfigurationOf } from "../../core/approvals/key-configuration.ts";
import type { IssuerKeyFacts } from "../../core/archive/issuer-key.ts";
import type { Deployment } from "../../core/deployment/deployment.ts";
import type { Issuer } from "../../core/identity/issuer.ts";
import type { Log } from "../../core/ports.ts";
import { reasonOf } from "../../core/refusal.ts";
import { KEY_SET_BYTES, KEY_SET_TIMEOUT_MS, keySetAt, keysUrlOf, readIssuerDocument } from "./key-sets.ts";
import { type ReadDocument, readDocument } from "./read-document.ts";

/** Upper bound on the keys of one issuer, and on the characters of a key's member. */
const MOST_KEYS = 50;
const MOST_CHARACTERS = 2_048;

/**
 * Reads the keys that the people's issuers with a client for approvals publish now. An issuer that cannot be reached is
 * left out, with a warning.
 */
export async function readIssuerKeys(
  { issuers }: Pick<Deployment, "issuers">,
  log: Log,
  read: ReadDocument = readDocument(KEY_SET_TIMEOUT_MS, KEY_SET_BYTES),
): Promise<readonly IssuerKeyFacts[]> {
  const voting = issuers.filter(({ kind, approvals }) => kind === "people" && approvals);
  const each = await Promise.all(
    voting.map(async (issuer): Promise<readonly IssuerKeyFacts[]> => {
      try {
        return await keysOf(issuer, read);
      } catch (error) {
        log.write({ level: "warn", event: "issuer_keys_not_read", what: issuer.name, why: reasonOf(error) });
        return [];
      }
    }),
  );
  return each.flat();
}

async function keysOf(issuer: Issuer, read: ReadDocument): Promise<readonly IssuerKeyFacts[]> {
  const document = (url: URL) => readIssuerDocument(url, read);
  const { keys } = await keySetAt(await keysUrlOf(issuer, document), document);
  return keys.slice(0, MOST_KEYS).flatMap(({ kid, kty, crv, x, y, n, e }) => {
    const members = Object.entries({ kid, kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined);
    const isPlain = members.every(([, value]) => typeof value === "string" && value.length <= MOST_CHARACTERS);
    return isPlain ? [{ ...keyConfigurationOf(issuer), ...Object.fromEntries(members) }] : [];
  });
}
