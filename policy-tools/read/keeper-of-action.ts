import { CONNECTOR_TYPES } from "../../functions/connectors/connectors.ts";

/** Names what has to keep the obligations of a permit of this action or group: a connector by its type, a tool, or AWS. */
export function keeperOfAction(name: string): string {
  const [prefix = ""] = name.split(":");
  return ["tool", ...CONNECTOR_TYPES].includes(prefix) ? prefix : "aws";
}
