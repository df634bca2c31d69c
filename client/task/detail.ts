import { recordOf } from "./fields.ts";

/** Detail of an intent (RFC 9396), as it is sent or was granted; the service validates it. */
export type Detail = Readonly<Record<string, unknown>> & { readonly type: string };

/** Reads a detail of an answer. */
export const detailOf = (value: unknown): Detail => {
  const fields = recordOf<Detail>(value);
  return { ...fields, type: String(fields.type) };
};
