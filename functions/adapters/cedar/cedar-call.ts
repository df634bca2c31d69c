import type * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import type { Query } from "../../core/policy/query.ts";

/** Our own entity format is Cedar's JSON format; the library's types say the same in other words. */
export const callOf = (query: Query) => ({
  principal: { ...query.principal },
  action: { ...query.action },
  resource: { ...query.resource },
  context: query.context as cedar.Context,
  entities: query.entities as unknown as cedar.Entities,
});

/** What Cedar says is wrong, in one line. */
export const messages = (errors: readonly { readonly message: string }[]): string =>
  errors.map(({ message }) => message).join("; ");
