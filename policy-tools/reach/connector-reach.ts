import { createHash } from "node:crypto";
import { type ConfiguredSections, entriesOf } from "../../functions/connectors/connector-definition.ts";
import { DEFINITIONS, isUsed } from "../../functions/connectors/connectors.ts";
import { canonicalJson } from "../../functions/core/text/canonical-json.ts";
import { EVERY } from "./group-members.ts";
import type { Reach } from "./reach-of.ts";

/** Computes a hash of each connector's configuration: SHA-256 of `valetkey/connector/v1`, a line feed, and canonical JSON; hexadecimal. */
export const connectorHashes = (sections: ConfiguredSections): Readonly<Record<string, { readonly sha256: string }>> =>
  Object.fromEntries(
    DEFINITIONS.filter((definition) => isUsed(definition, sections)).map(({ type, section }) => {
      const entries = entriesOf(section, sections)
        .map(canonicalJson)
        .toSorted()
        .map((text): unknown => JSON.parse(text));
      const text = `valetkey/connector/v1\n${canonicalJson({ type, entries })}`;
      return [type, { sha256: createHash("sha256").update(text).digest("hex") }];
    }),
  );

/** Lists the types of the connectors whose actions a reach names. @param types connectors that the deployment has. */
export const connectorsIn = ({ permits }: Pick<Reach, "permits">, types: readonly string[]): readonly string[] => {
  const named = new Set(permits.flatMap(({ actions }) => actions));
  return DEFINITIONS.filter(({ type }) => types.includes(type))
    .filter(
      ({ actions }) =>
        named.has(EVERY) ||
        Object.entries(actions).some(([name, { groups }]) => named.has(name) || groups.some((each) => named.has(each))),
    )
    .map(({ type }) => type);
};
