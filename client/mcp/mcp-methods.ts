import { recordOf } from "../task/fields.ts";
import { failed } from "./answers.ts";
import { CODES, type Handle, RpcError } from "./json-rpc.ts";
import { argumentFault, INSTRUCTIONS, type ToolDefinition } from "./tool-definitions.ts";
import type { toolsOver } from "./tools.ts";

/** Supported versions of MCP, the newest first. 2025-03-26 is missing, since it demands batches. */
export const PROTOCOL_VERSIONS: readonly string[] = ["2025-11-25", "2025-06-18", "2024-11-05"];

/** Answers the methods of MCP that a server of tools has. @param definitions definition of each tool. */
export function mcpMethods(
  tools: ReturnType<typeof toolsOver>,
  definitions: readonly ToolDefinition[],
  version: string,
): Handle {
  return async (method, params, signal) => {
    switch (method) {
      case "initialize": {
        const [newest] = PROTOCOL_VERSIONS;
        const requested = String(params.protocolVersion);
        return {
          protocolVersion: PROTOCOL_VERSIONS.includes(requested) ? requested : newest,
          capabilities: { tools: {} },
          serverInfo: { name: "valetkey", version },
          instructions: INSTRUCTIONS,
        };
      }
      case "ping":
        return {};
      case "tools/list":
        return { tools: definitions };
      case "tools/call": {
        const { name, arguments: given } = params;
        const tool = typeof name === "string" && Object.hasOwn(tools, name) ? tools[name] : undefined;
        if (!tool)
          throw new RpcError(CODES.params, `There is no such tool. The tools are: ${Object.keys(tools).join(", ")}.`);
        const asked = recordOf(given);
        const definition = definitions.find((each) => each.name === name);
        const fault = definition && argumentFault(definition, asked);
        return fault === undefined ? tool(asked, signal) : failed({ status: "invalid", message: fault }, fault);
      }
      default:
        throw new RpcError(CODES.method, "This server supports tools only.");
    }
  };
}
