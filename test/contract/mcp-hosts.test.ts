import { describe, expect, it } from "vitest";
import { startMcp } from "../unit/client/mcp/start-mcp.ts";
import { blocks } from "./recipe-project.ts";

interface Host {
  readonly type?: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Members of a host's file, as its documentation has them. VS Code uses another name for the list, and also names the
 * transport.
 */
const FORMS = [
  { list: "mcpServers", members: ["args", "command", "env"] },
  { list: "servers", members: ["args", "command", "env", "type"] },
];
const FILES = blocks("mcp.md", "json").map(
  (text): Readonly<Record<string, Readonly<Record<string, Host>>>> => JSON.parse(text),
);

describe("the configuration of MCP hosts in docs/recipes/mcp.md", () => {
  it.each(FORMS)("has an example with $list, in the form that these hosts read", async ({ list, members }) => {
    const host = FILES.find((file) => file[list]?.valetkey)?.[list]?.valetkey;
    expect(Object.keys(host ?? {}).toSorted()).toEqual(members);
    if (host?.type !== undefined) expect(host.type).toBe("stdio");
    expect(host?.command).toBe("valetkey");
  });

  it("starts a server with its tools by the command, the arguments and the environment, as a host does", async () => {
    const hosts = FORMS.map(({ list }) => FILES.find((file) => file[list]?.valetkey)?.[list]?.valetkey);
    const [one, other] = hosts.map((host) => ({ args: host?.args, env: host?.env }));
    expect(one).toEqual(other);
    const [, ...args] = one?.args ?? [];
    expect(one?.args?.[0]).toBe("mcp");
    const server = await startMcp(args, one?.env ?? {});
    const names = (await server.client.listTools()).tools.map(({ name }) => name);
    expect(names).toEqual(["request_access", "access_status", "what_may_i", "end_access"]);
    // The token's file does not exist here. The model gets only that status.
    const answer = await server.call("request_access", { purpose: "p", allow: ["s3:GetObject=arn:aws:s3:::a/*"] });
    expect(answer).toMatchObject({ status: "no_identity" });
    await server.close();
  });
});
