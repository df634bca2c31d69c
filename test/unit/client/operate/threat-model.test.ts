import { describe, expect, it } from "vitest";
import { answers, asked, file, ok, run, setOperatorStage } from "./operator-stage.ts";

setOperatorStage();

const REGISTRATION = {
  id: "reports",
  name: "Reports",
  owner: "staff|ann",
  team: "demo",
  bindings: [{ issuer: "github", claims: { repository_id: "42" } }],
};

describe("valetkey threat-model", () => {
  it("makes a model of a file, and asks nobody", async () => {
    const given = file("agents.json", JSON.stringify([{ ...REGISTRATION, id: "other" }, REGISTRATION]));
    const { stdout, code } = await run("threat-model", "reports", "--registration", given);
    expect({ code, first: stdout.split("\n")[0], asked: asked() }).toEqual({
      code: 0,
      first: "# Threat model of reports",
      asked: [],
    });
  });

  it("reads the registration from the service, and makes the same model", async () => {
    answers["GET /v1/agents/reports"] = ok({ ...REGISTRATION, status: "active", created_at: "2026-01-01T00:00:00Z" });
    const given = file("agent.json", JSON.stringify(REGISTRATION));
    const [online, offline] = [
      await run("threat-model", "reports", "--json"),
      await run("threat-model", "reports", "--registration", given, "--format", "json"),
    ];
    expect(online.code).toBe(0);
    expect(JSON.parse(online.stdout)).toEqual(JSON.parse(offline.stdout));
  });

  it("says that there is no such agent", async () => {
    const given = file("agent.json", JSON.stringify(REGISTRATION));
    expect(await run("threat-model", "reporter", "--registration", given)).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("has no agent reporter"),
    });
    expect(await run("threat-model", "nobody")).toMatchObject({ code: 65 });
  });

  it.each([
    [["--connector", "postgres"], "# Threats: the connector postgres"],
    [["--delegation", "person", "--format", "mermaid"], "flowchart LR"],
  ])("makes the model of a path of the product, and asks nobody: %s", async (argv, first) => {
    const { stdout, code } = await run("threat-model", ...argv);
    expect({ code, first: stdout.split("\n")[0], asked: asked() }).toEqual({ code: 0, first, asked: [] });
  });

  it.each([
    ["no agent", []],
    ["an agent and a connector", ["reports", "--connector", "postgres"]],
    ["a connector that there is not", ["--connector", "mysql"]],
    ["another form", ["reports", "--registration", "agent.json", "--format", "pdf"]],
    ["a file that is not there", ["reports", "--registration", "/nowhere.json"]],
    ["a folder without policies", ["reports", "--registration", "agent.json", "--policies", "/nowhere"]],
  ])("refuses %s", async (_what, argv) => {
    const given = file("agent.json", JSON.stringify(REGISTRATION));
    const { code, stdout } = await run("threat-model", ...argv.map((each) => (each === "agent.json" ? given : each)));
    expect({ code, stdout }).toEqual({ code: 64, stdout: "" });
  });
});
