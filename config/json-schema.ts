import { type JsonSchema, toJsonSchema } from "@valibot/to-json-schema";
import { configSchema } from "./schema.ts";

/** `valetkey.json`'s schema as JSON Schema, for editors. What one field cannot know of another is checked by the build alone. */
export const configJsonSchema = (): JsonSchema => toJsonSchema(configSchema, { target: "draft-07", typeMode: "input" });
