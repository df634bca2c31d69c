import * as v from "valibot";
import { agentId } from "../../contract/agent-id.ts";
import { AGENT_ID } from "../../contract/names.ts";
import { httpsUrl, production, said } from "../../functions/connectors/schema-fields.ts";
import { type ToolServer, toolServerAt } from "../../functions/core/deployment/tool-server.ts";

/** Section `toolServers` of `valetkey.json`: addresses of tool servers, by the ids of their agents. */
export const toolServers = v.record(
  v.pipe(v.string(), v.regex(AGENT_ID, "the registered id of the tool server's agent")),
  v.strictObject({
    resource: said(
      httpsUrl,
      "Address of the server as its clients name it: the `resource` of its protected resource metadata (RFC 9728).",
    ),
    production,
  }),
);

type Entries = v.InferOutput<typeof toolServers>;

/** Converts the section to the form that the functions read. */
export const toolServersOf = (entries: Entries): readonly ToolServer[] =>
  Object.entries(entries).map(([id, entry]) => ({ id: agentId(id), ...entry }));

/** Lists faults of the section: an address belongs to one server. */
export function toolServerFaults(entries: Entries | undefined): readonly string[] {
  if (entries === undefined) return [];
  const servers = toolServersOf(entries);
  if (servers.length === 0) return ["toolServers: it names none; take it out"];
  return servers
    .filter((server) => toolServerAt(servers, server.resource) !== server)
    .map(({ id, resource }) => `toolServers: "${id}" has the resource of another, ${resource}`);
}
