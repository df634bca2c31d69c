import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { localModel } from "../../../../client/threat/main.ts";
import { actIn } from "../../../../contract/decision/act-link.ts";
import { answers, asked, file, folder, ok, refused, run, setOperatorStage } from "./operator-stage.ts";

setOperatorStage();

const REGISTRATION = {
  id: "reports",
  name: "Reports",
  owner: "staff|ann",
  team: "demo",
  bindings: [{ issuer: "github", claims: { repository_id: "42" } }],
};

describe("valetkey threat-model", () => {
  it("makes a model of a file, and sends no request", async () => {
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

  it("prints that there is no such agent", async () => {
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
  ])("makes the model of a path of the product, and sends no request: %s", async (argv, first) => {
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

describe("valetkey threat-model accept", () => {
  const answered = { ...REGISTRATION, status: "active", created_at: "2026-01-01T00:00:00Z" };
  const hashes = localModel({
    agent: "reports",
    given: answered,
    policies: "policies",
    config: "valetkey.json",
  }).hashes;
  const deployed = (changes: object = {}) =>
    ok({ agent: "reports", model: hashes, status: "none", production: [], acceptances: [], ...changes });
  const PATH = "/v1/agents/reports/threat-model";

  it("prints the model, has it accepted on the console's page, and waits for exactly that acceptance", async () => {
    answers["GET /v1/agents/reports"] = ok(answered);
    answers["GET /.well-known/oauth-authorization-server"] = ok({ console_uri: "https://console.example.com" });
    answers[`POST ${PATH}`] = refused(401, "step_up_required");
    const other = { covers: true, person: "staff|kim", model: { ...hashes, registration: "0".repeat(64) } };
    let looks = 0;
    Object.defineProperty(answers, `GET ${PATH}`, {
      enumerable: true,
      get: () => {
        looks += 1;
        if (looks === 1) return deployed();
        return deployed({
          acceptances: looks === 2 ? [other] : [other, { ...other, person: "staff|ann", model: hashes }],
        });
      },
    });
    const { code, stdout, stderr } = await run("threat-model", "accept", "reports");
    expect([code, looks]).toEqual([0, 3]);
    expect(stdout).toMatch(/^# Threat model of reports\n/);
    expect(stdout).toContain("Accepted: the threat model of reports, by staff|ann.");
    expect(actIn(/\/act(#[\w-]+)/.exec(stderr)?.[1] ?? "")).toEqual({ path: PATH, body: hashes });
  });

  it.each([
    ["the registration", { registration: "0".repeat(64) }, "registration"],
    ["the reach of a team", { reach: { ...hashes.reach, "team:demo": "0".repeat(64) } }, "reach of team:demo"],
    ["a part less", { reach: {} }, "reach of team:demo"],
  ])("requests no acceptance of a model where %s is not what is deployed", async (_what, change, sentence) => {
    answers["GET /v1/agents/reports"] = ok(answered);
    answers[`GET ${PATH}`] = deployed({ model: { ...hashes, ...change } });
    const { code, stdout, stderr } = await run("threat-model", "accept", "reports");
    expect([code, stdout, stderr]).toEqual([77, "", expect.stringContaining(sentence)]);
    expect(asked().filter((each) => each.startsWith("POST"))).toEqual([]);
  });

  it("prints that a model is accepted already, and takes no other registration than the registered one", async () => {
    answers["GET /v1/agents/reports"] = ok(answered);
    answers[`GET ${PATH}`] = deployed({ status: "accepted" });
    const { code, stdout } = await run("threat-model", "accept", "reports");
    expect([code, stdout]).toEqual([0, "The deployed threat model of reports is accepted already.\n"]);
    const given = file("agent.json", JSON.stringify(REGISTRATION));
    expect((await run("threat-model", "accept", "reports", "--registration", given)).code).toBe(64);
  });
});

it("valetkey threat-model baseline stores the parts of the checkout that people have accepted, once", async () => {
  const config = file("valetkey.json", readFileSync("valetkey.json", "utf8"));
  const model = localModel({ agent: "reports", given: REGISTRATION, policies: "policies", config }).hashes;
  answers["GET /v1/agents"] = ok({ agents: [{ id: "reports" }, { id: "other" }] });
  answers["GET /v1/agents/reports/threat-model"] = ok({ acceptances: [{ model }] });
  answers["GET /v1/agents/other/threat-model"] = ok({ acceptances: [] });
  const { code, stdout } = await run("threat-model", "baseline", "--config", config);
  const written = join(folder, "threat-baseline.json");
  expect([code, stdout]).toEqual([0, `${written}: keeps team:demo.\n`]);
  expect(Object.keys(JSON.parse(readFileSync(written, "utf8")).parts)).toEqual(["team:demo"]);
  const again = await run("threat-model", "baseline", "--config", config);
  expect(again.stdout).toBe(`${written}: nothing new.\n`);
});
