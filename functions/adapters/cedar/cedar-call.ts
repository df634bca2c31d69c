import type * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import type { Query } from "../../core/policy/query.ts";

type Values = Record<string, cedar.CedarValueJson>;

/** Converts a query to the library's types. Values need no change: valetkey's entity format is Cedar's JSON format. */
export const callOf = (query: Query) => ({
  principal: { ...query.principal },
  action: { ...query.action },
  resource: { ...query.resource },
  context: query.context as Values,
  entities: query.entities.map(({ uid, attrs, parents, tags }) => ({
    uid,
    attrs: attrs as Values,
    parents: [...parents],
    ...(tags ? { tags: tags as Values } : {}),
  })),
});

/** Joins Cedar's error messages into one line. */
export const messages = (errors: readonly { readonly message: string }[]): string =>
  errors.map(({ message }) => message).join("; ");
