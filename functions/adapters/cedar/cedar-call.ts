import type * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import type { Query } from "../../core/policy/query.ts";

type Values = Record<string, cedar.CedarValueJson>;

/** Our own entity format is Cedar's JSON format; the library's types say the same in other words. */
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

/** What Cedar says is wrong, in one line. */
export const messages = (errors: readonly { readonly message: string }[]): string =>
  errors.map(({ message }) => message).join("; ");
