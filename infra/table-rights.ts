import type { FunctionName } from "../contract/names.ts";
import { KINDS, type Kind } from "../functions/names.ts";
import { type HubScope, tableArn } from "./arns.ts";
import { ITEM_KINDS } from "./item-kinds.ts";
import type { Statement } from "./statement.ts";
import { ACTIONS, type Access } from "./table-access.ts";

/** Functions that read several items in one call. All their keys are leading keys of the request. */
const BATCHING: readonly FunctionName[] = ["exchange", "sign"];

const accesses = Object.keys(ACTIONS) as readonly Access[];
const kinds = Object.keys(ITEM_KINDS) as readonly Kind[];

/** Lists the kinds to which a function has an access. */
const kindsFor = (name: FunctionName, access: Access): readonly Kind[] =>
  kinds.filter((kind) => {
    const { may }: { readonly may: Readonly<Partial<Record<FunctionName, readonly Access[]>>> } = ITEM_KINDS[kind];
    return may[name]?.includes(access);
  });

/** Lists a function's accesses to the table, each with the kinds of items. */
export const tableRightsOf = (name: FunctionName): readonly (readonly [Access, readonly Kind[]])[] =>
  accesses.map((access) => [access, kindsFor(name, access)] as const).filter(([, of]) => of.length > 0);

/**
 * Allows a function an access to items of kinds. Allows only the function's own counts of requests (`PACE#`). `ForAllValues` also holds for no value at
 * all, hence `Null`: a request without a leading key is refused.
 */
export function onKinds(access: Access, kinds: readonly Kind[], by: FunctionName, scope: HubScope): Statement {
  return {
    Sid: `${access.slice(0, 1).toUpperCase()}${access.slice(1)}Items`,
    Effect: "Allow",
    Action: [ACTIONS[access], ...(access === "get" && BATCHING.includes(by) ? ["dynamodb:BatchGetItem"] : [])],
    Resource: [tableArn(scope)],
    Condition: {
      "ForAllValues:StringLike": {
        "dynamodb:LeadingKeys": kinds.map((kind) => `${KINDS[kind]}${kind === "pace" ? `${by}#` : ""}*`).toSorted(),
      },
      Null: { "dynamodb:LeadingKeys": "false" },
    },
  };
}
