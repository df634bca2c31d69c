import type * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import type { Issuer } from "../../core/identity/issuer.ts";
import { entitiesIn, isNode, nodesIn } from "./policy-nodes.ts";
import type { UnaskedName } from "./unasked-names.ts";

/** Form `issuer|group`. An issuer's name has no `|`. */
const GROUP = /^([a-z0-9-]{2,32})\|./;

/**
 * Finds groups of people that no person can be in: groups without an issuer, and groups of an issuer that lists none. The attribute `principal.groups` of
 * earlier versions counts too. A permit for such a group grants nothing, and a forbid stops nobody.
 * @param issuers issuers of `valetkey.json`, where they are known.
 */
export function unaskedGroups(
  json: cedar.PolicyJson,
  issuers?: readonly Pick<Issuer, "name" | "kind" | "groupsClaim">[],
): readonly UnaskedName[] {
  const groups = entitiesIn(json).filter(({ type }) => type === "Group");
  const found = groups.flatMap(({ id }) => {
    const sentence = problemOf(id, issuers);
    return sentence === undefined ? [] : [{ text: `Group::${JSON.stringify(id)}`, sentence }];
  });
  const attribute = nodesIn(json).some(readsGroups)
    ? [
        {
          text: "principal.groups",
          sentence:
            'people have no attribute groups; write principal in Group::"<issuer>|<group>", with the issuer\'s name in valetkey.json',
        },
      ]
    : [];
  return [...new Map([...found, ...attribute].map((each) => [each.text, each])).values()];
}

function problemOf(id: string, issuers: Parameters<typeof unaskedGroups>[1]): string | undefined {
  const [, issuer] = GROUP.exec(id) ?? [];
  if (issuer === undefined) return `a group is named by its issuer in valetkey.json too; write Group::"<issuer>|${id}"`;
  const listing = issuers?.filter(({ kind, groupsClaim }) => kind === "people" && groupsClaim !== undefined);
  if (listing === undefined || listing.some(({ name }) => name === issuer)) return undefined;
  const names = listing.map(({ name }) => name).join(", ") || "none";
  return `valetkey.json has no people's issuer "${issuer}" with a groupsClaim, so nobody is in this group; those with one: ${names}`;
}

function readsGroups(node: Readonly<Record<string, unknown>>): boolean {
  return [node["."], node.has].some(
    (access) => isNode(access) && access.attr === "groups" && isNode(access.left) && access.left.Var === "principal",
  );
}
