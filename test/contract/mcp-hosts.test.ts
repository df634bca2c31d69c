import { describe, expect, it } from "vitest";
import { startMcp } from "../unit/client/mcp/start-mcp.ts";
import { blocks } from "./recipe-project.ts";

interface Host {
  readonly type?: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Members of a host's file, as its documentation has them; VS Code names the list in another way and the transport, too. */
const FORMS = [
  { list: "mcpServers", members: ["args", "command", "env"] },
  { list: "servers", members: ["args", "command", "env", "type"] },
];
const FILES = blocks("mcp.md", "json").map(
  (text): Readonly<Record<string, Readonly<Record<string, Host>>>> => JSON.parse(text),
);

describe("the configuration of MCP hosts in docs/recipes/mcp.md", () => {
  it.each(FORMS)("is there with $list, in the form that these hosts read", async ({ list, members }) => {
    const host = FILES.find((file) => file[list]?.valetkey)?.[list]?.valetkey;
    expect(Object.keys(host ?? {}).toSorted()).toEqual(members);
    if (host?.type !== undefined) expect(host.type).toBe("stdio");
    expect(host?.command).toBe("valetkey");
  });

  it("starts a server with its tools, as a host starts it: by the command, the arguments and the environment", async () => {
    const hosts = FORMS.map(({ list }) => FILES.find((file) => file[list]?.valetkey)?.[list]?.valetkey);
    const [one, other] = hosts.map((host) => ({ args: host?.args, env: host?.env }));
    expect(one).toEqual(other);
    const [, ...args] = one?.args ?? [];
    expect(one?.args?.[0]).toBe("mcp");
    const server = await startMcp(args, one?.env ?? {});
    const names = (await server.client.listTools()).tools.map(({ name }) => name);
    expect(names).toEqual(["request_access", "access_status", "what_may_i", "end_access"]);
    // The file of the token is not here: the model is told so, and no more.
    const answer = await server.call("request_access", { purpose: "p", allow: ["s3:GetObject=arn:aws:s3:::a/*"] });
    expect(answer).toMatchObject({ status: "no_identity" });
    await server.close();
  });
});
