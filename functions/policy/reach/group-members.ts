import { createHash } from "node:crypto";
import { CONNECTOR_ACTIONS } from "../../connectors/connectors.ts";
import type { Catalogue } from "../../core/catalogue/catalogue.ts";
import { groupsOf } from "../../core/catalogue/groups-of.ts";

/** Name for every action. */
export const EVERY = "*";

/** Members of a group of actions: their number, and the SHA-256 of their names, sorted, a line each. */
export interface GroupMembers {
  readonly actions: number;
  readonly sha256: string;
}

/** Describes the members of a group by the catalogue; undefined for the name of one action. */
export function membersOf(group: string, catalogue: Catalogue): GroupMembers | undefined {
  const names =
    group === EVERY ? [...awsNames(catalogue), ...CONNECTOR_ACTIONS.keys(), "tool:Call"] : membersIn(group, catalogue);
  if (names.length === 0) return undefined;
  return { actions: names.length, sha256: createHash("sha256").update(names.toSorted().join("\n")).digest("hex") };
}

function membersIn(group: string, catalogue: Catalogue): readonly string[] {
  const ofConnectors = [...CONNECTOR_ACTIONS].filter(([, { groups }]) => groups.includes(group)).map(([name]) => name);
  if (ofConnectors.length > 0) return ofConnectors;
  const [prefix = ""] = group.split(":");
  return awsNames(catalogue, prefix === "aws" ? undefined : prefix, group);
}

const awsNames = (catalogue: Catalogue, prefix?: string, group?: string): readonly string[] =>
  catalogue.prefixes
    .filter((each) => prefix === undefined || each === prefix)
    .flatMap((each) => {
      const service = catalogue.service(each);
      return (service?.names ?? []).flatMap((name) => service?.action(name) ?? []);
    })
    .filter((action) => group === undefined || groupsOf(action).includes(group))
    .map(({ name }) => name);
