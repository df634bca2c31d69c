import { CONNECTOR_TYPES } from "../../connectors/connectors.ts";

/** Names the keeper of the obligations of a permit for this action or group: a connector's type, `tool`, or `aws`. */
export function keeperOfAction(name: string): string {
  const [prefix = ""] = name.split(":");
  return ["tool", ...CONNECTOR_TYPES].includes(prefix) ? prefix : "aws";
}
