import { createHash } from "node:crypto";
import { canonicalJson } from "../../../contract/canonical-json.ts";
import type { Registration } from "../identity/agent.ts";
import type { DeployedThreats, Hashed } from "./deployed-threats.ts";

/** SHA-256 in hexadecimal, by a name such as `everybody` or `team:data`. */
export type NamedHashes = Readonly<Record<string, string>>;

/** Hashes of everything that an agent's threat model is about. */
export interface ModelHashes {
  /** Parts of the reach: `everybody`, `team:data`, `agent:reporter`, where policies name them. */
  readonly reach: NamedHashes;
  /** Connectors that the reach uses, by their types. */
  readonly connectors: NamedHashes;
  /** Configuration of the deployment, and of the issuers whose tokens make somebody the agent: `issuer:github`. */
  readonly deployment: NamedHashes;
  readonly registration: string;
}

/** Returns the names of the parts that contain everything that the agent can be granted. */
const partsOf = ({ id, team }: Pick<Registration, "id" | "team">): readonly string[] => [
  "everybody",
  `team:${team}`,
  `agent:${id}`,
];

/**
 * Joins the hashes of an agent's threat model: those that the build wrote, and that of the registration. Does not
 * compute the reach.
 */
export function modelHashes(agent: Registration, deployed: DeployedThreats): ModelHashes {
  const { parts, connectors, deployment, issuers } = deployed;
  const own = partsOf(agent).flatMap((name) => {
    const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
    return part ? [{ name, part }] : [];
  });
  const used = [...new Set(own.flatMap(({ part }) => part.connectors))].sort();
  const bound = agent.bindings.map(({ issuer }) => `issuer:${issuer}`);
  return {
    reach: Object.fromEntries(own.map(({ name, part }) => [name, part.sha256])),
    connectors: hashesOf(used, connectors),
    deployment: hashesOf([...Object.keys(deployment), ...bound], { ...issuers, ...deployment }),
    registration: registrationHash(agent),
  };
}

/** Returns the hash of each name; an empty text, which no model may have, for a name that the build has not hashed. */
const hashesOf = (names: readonly string[], hashed: Readonly<Record<string, Hashed>>): NamedHashes =>
  Object.fromEntries(
    names.map((name) => [name, (Object.hasOwn(hashed, name) ? hashed[name] : undefined)?.sha256 ?? ""]),
  );

/**
 * True where the accepted model covers the agent's current one. Each part of the reach is the accepted one, or the
 * build proved that it lies within that one. No accepted part is gone: it may have excluded something from the others.
 * Each connector, the deployment and the registration are the accepted ones. A model that was accepted by an earlier
 * version has no hashes of a deployment, and covers nothing.
 */
export function isCovered(now: ModelHashes, accepted: ModelHashes, { parts }: Pick<DeployedThreats, "parts">): boolean {
  const isReachCovered =
    Object.keys(accepted.reach).every((name) => Object.hasOwn(now.reach, name)) &&
    Object.entries(now.reach).every(([name, hash]) => {
      const before = Object.hasOwn(accepted.reach, name) ? accepted.reach[name] : undefined;
      return before !== undefined && (before === hash || (parts[name]?.within ?? []).includes(before));
    });
  return (
    isReachCovered &&
    areAccepted(now.connectors, accepted.connectors) &&
    areAccepted(now.deployment, accepted.deployment) &&
    now.registration === accepted.registration
  );
}

const areAccepted = (now: NamedHashes, accepted: NamedHashes | undefined): boolean =>
  accepted !== undefined &&
  Object.entries(now).every(([name, hash]) => Object.hasOwn(accepted, name) && accepted[name] === hash && hash !== "");

/** True where both are of the same model. */
export const isSameModel = (one: ModelHashes, other: ModelHashes): boolean =>
  canonicalJson(one) === canonicalJson(other);

/**
 * Returns the hash of the parts of a registration that decisions depend on: SHA-256 of `valetkey/registration/v1`, a
 * line feed, and canonical JSON. The JSON has id, owner, team, labels, bindings and the longest task.
 */
export const registrationHash = (agent: RegistrationFacts): string =>
  createHash("sha256")
    .update(`valetkey/registration/v1\n${canonicalJson(registrationFacts(agent))}`)
    .digest("hex");

type RegistrationFacts = Pick<Registration, "id" | "owner" | "team" | "labels" | "bindings" | "limits">;

/** Returns the parts of a registration that decisions depend on, which its hash is of. */
export function registrationFacts({
  id,
  owner,
  team,
  labels = [],
  bindings,
  limits: { taskSeconds },
}: RegistrationFacts): Readonly<Record<string, unknown>> {
  const sorted = bindings
    .map(canonicalJson)
    .toSorted()
    .map((text): unknown => JSON.parse(text));
  return { id, owner, team, labels: labels.toSorted(), bindings: sorted, task_seconds: taskSeconds };
}
