import type { ConfiguredSections } from "../../functions/connectors/connector-definition.ts";
import type { DeployedPart, DeployedThreats } from "../../functions/core/threat/deployed-threats.ts";
import type { ReadPolicy } from "../read/parse-policies.ts";
import { entitiesIn } from "../read/policy-nodes.ts";
import { connectorHashes, connectorsIn } from "./connector-reach.ts";
import type { KnownPrincipal } from "./decided-by.ts";
import { type Reach, type ReachFrom, reachHash, reachOf } from "./reach-of.ts";

/** Reach of the policies with one head, with its hash. */
export interface ReachPart extends DeployedPart {
  readonly reach: Reach;
}

/** Content of `threat.json`. */
export interface ReachParts extends DeployedThreats {
  readonly format: "valetkey.reach-parts/1";
  /** Reach by the head of its policies: `everybody`, `team:data`, `agent:reporter`. */
  readonly parts: Readonly<Record<string, ReachPart>>;
}

const EVERYBODY = "everybody";

/**
 * Splits the reach of agents by the heads of policies. An agent's reach always lies within the parts of everybody, of its team and of itself. A vend can
 * therefore name these parts without computing a reach.
 */
export function reachParts(from: ReachFrom, sections: ConfiguredSections): ReachParts {
  const connectors = connectorHashes(sections);
  const forbids = from.policies.filter(({ policy }) => policy.effect === "forbid");
  const byHead = Map.groupBy(
    from.policies.filter(({ policy }) => policy.effect === "permit"),
    headOf,
  );
  const parts = [...byHead]
    .filter(([head]) => head !== undefined)
    .map(([head = EVERYBODY, permits]): readonly [string, ReachPart] => {
      const { reach } = reachOf(knownOf(head), { ...from, policies: [...permits, ...forbids] });
      return [head, { sha256: reachHash(reach), connectors: connectorsIn(reach, Object.keys(connectors)), reach }];
    });
  return {
    format: "valetkey.reach-parts/1",
    parts: Object.fromEntries(parts.toSorted(([one], [other]) => (one < other ? -1 : 1))),
    connectors,
  };
}

/** Names the part of a permit by its head; undefined for a permit that is not about agents. */
function headOf({ json: { principal } }: ReadPolicy): string | undefined {
  if (principal.op === "is" && principal.entity_type !== "Agent") return undefined;
  const [named] = entitiesIn(principal);
  if (!named) return EVERYBODY;
  if (named.type === "Team") return `team:${named.id}`;
  return named.type === "Agent" ? `agent:${named.id}` : undefined;
}

function knownOf(head: string): KnownPrincipal {
  const [kind, name] = [head.slice(0, head.indexOf(":")), head.slice(head.indexOf(":") + 1)];
  if (kind === "team") return { team: name };
  return kind === "agent" ? { id: name } : {};
}
