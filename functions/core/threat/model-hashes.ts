import { createHash } from "node:crypto";
import type { Registration } from "../identity/agent.ts";
import { canonicalJson } from "../text/canonical-json.ts";
import type { DeployedThreats } from "./deployed-threats.ts";

/** SHA-256 in hexadecimal, by a name such as `everybody` or `team:data`. */
export type NamedHashes = Readonly<Record<string, string>>;

/** Hashes of everything that an agent's threat model is about. */
export interface ModelHashes {
  /** Parts of the reach: `everybody`, `team:data`, `agent:reporter`, where policies name them. */
  readonly reach: NamedHashes;
  /** Connectors that the reach uses, by their types. */
  readonly connectors: NamedHashes;
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
export function modelHashes(agent: Registration, { parts, connectors }: DeployedThreats): ModelHashes {
  const own = partsOf(agent).flatMap((name) => {
    const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
    return part ? [{ name, part }] : [];
  });
  const used = [...new Set(own.flatMap(({ part }) => part.connectors))].sort();
  return {
    reach: Object.fromEntries(own.map(({ name, part }) => [name, part.sha256])),
    connectors: Object.fromEntries(used.map((type) => [type, connectors[type]?.sha256 ?? ""])),
    registration: registrationHash(agent),
  };
}

/**
 * True where the accepted model covers the agent's current one. Each part of the reach is the accepted one, or the
 * build proved that it lies within that one. Each connector and the registration are the accepted ones.
 */
export function isCovered(now: ModelHashes, accepted: ModelHashes, { parts }: Pick<DeployedThreats, "parts">): boolean {
  const isReachCovered = Object.entries(now.reach).every(([name, hash]) => {
    const before = Object.hasOwn(accepted.reach, name) ? accepted.reach[name] : undefined;
    return before !== undefined && (before === hash || (parts[name]?.within ?? []).includes(before));
  });
  const areConnectorsSame = Object.entries(now.connectors).every(
    ([type, hash]) => Object.hasOwn(accepted.connectors, type) && accepted.connectors[type] === hash && hash !== "",
  );
  return isReachCovered && areConnectorsSame && now.registration === accepted.registration;
}

/** True where both are of the same model. */
export const isSameModel = (one: ModelHashes, other: ModelHashes): boolean =>
  canonicalJson(one) === canonicalJson(other);

/**
 * Returns the hash of the parts of a registration that decisions depend on: SHA-256 of `valetkey/registration/v1`, a
 * line feed, and canonical JSON. The JSON has id, owner, team, labels, bindings and the longest task.
 */
export function registrationHash({
  id,
  owner,
  team,
  labels = [],
  bindings,
  limits: { taskSeconds },
}: Pick<Registration, "id" | "owner" | "team" | "labels" | "bindings" | "limits">): string {
  const sorted = bindings
    .map(canonicalJson)
    .toSorted()
    .map((text): unknown => JSON.parse(text));
  const facts = { id, owner, team, labels: labels.toSorted(), bindings: sorted, task_seconds: taskSeconds };
  return createHash("sha256")
    .update(`valetkey/registration/v1\n${canonicalJson(facts)}`)
    .digest("hex");
}
