import { type JsonSchema, toJsonSchema } from "@valibot/to-json-schema";
import { configSchema } from "./schema.ts";

/** Builds the JSON Schema of `valetkey.json`, for editors. Only the build checks rules that concern several fields. */
export const configJsonSchema = (): JsonSchema =>
  toJsonSchema(configSchema, { target: "draft-07", typeMode: "input", ignoreActions: ["guard"] });
