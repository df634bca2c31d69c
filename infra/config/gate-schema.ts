import * as v from "valibot";
import { said } from "../../functions/connectors/schema-fields.ts";
import { instant } from "./archive-schema.ts";

/** Gate of the production accounts. */
export const threatModels = v.union([
  v.picklist(["off", "require"]),
  v.strictObject({
    warnUntil: said(instant, "Moment until which a model that nobody has accepted is logged; from then on it refuses."),
  }),
]);
