import { describe, expect, it } from "vitest";
import { AGENT, answers, asked, file, ok, refused, run, setOperatorStage, valetkey } from "./operator-stage.ts";

setOperatorStage();

describe("valetkey apply", () => {
  const yaml = (text: string) => file("agents.yaml", text);
  const ONE = "- id: reports\n  name: Reports\n  owner: ann@acme.test\n  team: data\n";

  it("shows a plan, and changes nothing without a yes", async () => {
    answers["GET /v1/agents/reports"] = refused(404, "agent_not_found");
    const { stdout, stderr } = await run("apply", "-f", yaml(ONE));
    expect(stdout).toBe("+ reports: register\n");
    expect(stderr).toContain("say --yes");
    expect(asked()).toEqual(["GET /v1/agents/reports"]);
  });

  it("advises on an owner who names no person, and on no other", async () => {
    answers["GET /v1/agents/reports"] = refused(404, "agent_not_found");
    const old = await run("apply", "-f", yaml(ONE));
    expect(old.stderr).toContain('reports: the owner "ann@acme.test" names no person');
    const { stderr } = await run("apply", "-f", yaml(ONE.replace("ann@acme.test", "staff|ann")));
    expect(stderr).not.toContain("names no person");
  });

  it("does it with a yes, and a second run changes nothing", async () => {
    answers["GET /v1/agents/reports"] = refused(404, "agent_not_found");
    answers["POST /v1/agents"] = { status: 201, body: AGENT };
    await run("apply", "-f", yaml(ONE), "--yes");
    expect(asked()).toContain("POST /v1/agents");
    answers["GET /v1/agents/reports"] = ok({ ...AGENT, limits: { live_tasks: 50 } });
    valetkey.seen.length = 0;
    expect((await run("apply", "-f", yaml(ONE), "--yes")).stdout).toBe("= reports: is as the file says\n");
    expect(asked()).toEqual(["GET /v1/agents/reports"]);
  });

  it("names what differs, and suspends where the file says so", async () => {
    answers["GET /v1/agents/reports"] = ok({ ...AGENT, owner: "bob@acme.test" });
    const { stdout } = await run("apply", "-f", yaml(`${ONE}  status: suspended\n`));
    expect(stdout).toBe("~ reports: change owner\n~ reports: suspend\n");
  });

  it("resumes nobody whom the file does not call active", async () => {
    answers["GET /v1/agents/reports"] = ok({ ...AGENT, status: "suspended" });
    expect((await run("apply", "-f", yaml(ONE), "--yes")).stdout).toBe("= reports: is as the file says\n");
    expect(asked()).toEqual(["GET /v1/agents/reports"]);
    const { stdout } = await run("apply", "-f", yaml(`${ONE}  status: active\n`));
    expect(stdout).toBe("~ reports: resume\n");
  });

  it("registers an agent that is to be suspended, and suspends it", async () => {
    answers["GET /v1/agents/reports"] = refused(404, "agent_not_found");
    answers["POST /v1/agents"] = { status: 201, body: AGENT };
    answers["POST /v1/agents/reports/suspend"] = ok(AGENT);
    const { stdout } = await run("apply", "-f", yaml(`${ONE}  status: suspended\n`), "--yes");
    expect(stdout).toBe("+ reports: register\n~ reports: suspend\n");
    expect(asked().slice(1)).toEqual(["POST /v1/agents", "POST /v1/agents/reports/suspend"]);
  });

  it("takes limits and labels as people write them, and sees no change in what is the same", async () => {
    const text = `${ONE}  labels: [vetted, deployer]\n  limits: { task_seconds: 1h }\n`;
    answers["GET /v1/agents/reports"] = ok({
      ...AGENT,
      labels: ["deployer", "vetted"],
      limits: { task_seconds: 3_600 },
    });
    expect((await run("apply", "-f", yaml(text), "--yes")).stdout).toBe("= reports: is as the file says\n");
    answers["GET /v1/agents/reports"] = ok({ ...AGENT, labels: [], limits: { task_seconds: 900 } });
    answers["POST /v1/agents/reports"] = ok(AGENT);
    expect((await run("apply", "-f", yaml(text), "--yes")).stdout).toBe("~ reports: change labels, limits\n");
    const sent = valetkey.of("POST", "/v1/agents/reports").at(-1);
    expect(JSON.parse(sent?.body ?? "")).toEqual({ labels: ["vetted", "deployer"], limits: { task_seconds: 3_600 } });
    const odd = await run("apply", "-f", yaml(`${ONE}  limits: { task_seconds: soon }\n`));
    expect(odd).toMatchObject({ code: 64, stderr: expect.stringContaining("task_seconds of reports takes seconds") });
  });

  it("sends what differs and no more", async () => {
    const bindings = [{ issuer: "github", claims: { repository_id: "1" } }];
    answers["GET /v1/agents/reports"] = ok({ ...AGENT, owner: "bob@acme.test", bindings });
    answers["POST /v1/agents/reports"] = ok(AGENT);
    await run("apply", "-f", yaml(`${ONE}  bindings: ${JSON.stringify(bindings)}\n`), "--yes");
    const sent = valetkey.of("POST", "/v1/agents/reports").at(-1);
    expect(JSON.parse(sent?.body ?? "")).toEqual({ owner: "ann@acme.test" });
  });

  it("prints nothing that a terminal would obey: no line of the plan can hide another", async () => {
    answers["GET /v1/agents/reports"] = ok(AGENT);
    const { stdout } = await run("apply", "-f", yaml(`${ONE}  "x\\e[1A\\e[2Ky": 1\n`));
    expect(stdout).toBe("~ reports: change x [1A [2Ky\n");
  });

  it("never brings back an agent that was offboarded", async () => {
    answers["GET /v1/agents/reports"] = ok({ ...AGENT, status: "offboarded" });
    expect(await run("apply", "-f", yaml(ONE), "--yes")).toMatchObject({
      code: 64,
      stdout: expect.stringMatching(/^! reports: is offboarded/),
    });
  });

  it.each([
    ["no YAML", "- id: [", /line 1, column/],
    ["no list", "id: reports", /must hold a list/],
    ["an agent without an id", "- name: x", /each with an id/],
    ["an agent twice", `${ONE}${ONE}`, /names reports twice/],
    ["a status that is none", `${ONE}  status: actve\n`, /a status other than active and suspended/],
  ])("refuses %s", async (_, text, sentence) => {
    expect(await run("apply", "-f", yaml(text))).toMatchObject({ code: 64, stderr: expect.stringMatching(sentence) });
  });
});
