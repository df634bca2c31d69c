import { isRecord, type JsonObject } from "../../core/intent/place.ts";
import { Refusal } from "../../core/refusal.ts";
import type { ModelHashes, NamedHashes } from "../../core/threat/model-hashes.ts";
import { onlyFields } from "../../steps/approvals/parse-signature.ts";

/** Upper bound on the hashes of one kind. An agent's reach has three parts, and there are fewer connectors and issuers than this. */
const MOST = 64;

/** Parses the body of an acceptance: `{reach: {<part>: <hash>}, connectors: {<type>: <hash>}, deployment: {<name>: <hash>}, registration}`. @throws {Refusal} malformed_request. */
export function parseModel(body: JsonObject): ModelHashes {
  onlyFields(body, ["reach", "connectors", "deployment", "registration"]);
  const { reach, connectors, deployment, registration } = body;
  if (!isHash(registration)) return refuse("registration");
  return {
    reach: hashesIn(reach, "reach"),
    connectors: hashesIn(connectors, "connectors"),
    deployment: hashesIn(deployment, "deployment"),
    registration,
  };
}

function hashesIn(value: unknown, name: string): NamedHashes {
  if (!isRecord(value)) return refuse(name);
  const entries = Object.entries(value);
  if (entries.length > MOST || !entries.every((entry): entry is [string, string] => isHash(entry[1])))
    return refuse(name);
  return Object.fromEntries(entries);
}

const isHash = (value: unknown): value is string => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);

function refuse(name: string): never {
  throw new Refusal("malformed_request", {
    say: `${name} is of another form: valetkey threat-model accept sends reach, connectors and deployment, each with at most ${MOST} SHA-256 in hexadecimal by name, and registration.`,
  });
}
