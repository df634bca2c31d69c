import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { root } from "../../config/sample-config.ts";
import { AGENT, answers, asked, file, ok, refused, run, setOperatorStage, valetkey } from "./operator-stage.ts";

setOperatorStage();

describe("valetkey apply", () => {
  const yaml = (text: string) => file("agents.yaml", text);
  const ONE = "- id: reports\n  name: Reports\n  owner: ann@acme.test\n  team: data\n";
  /** Fields that an agent needs to be registered. */
  const NEW = `${ONE}  bindings: [{ issuer: github, claims: { repository_id: "1" } }]\n`;

  it("shows a plan, and changes nothing without a yes", async () => {
    answers["GET /v1/agents/reports"] = refused(404, "agent_not_found");
    const { code, stdout, stderr } = await run("apply", "-f", yaml(NEW));
    expect([code, stdout]).toEqual([3, "+ reports: register\n"]);
    expect(stderr).toContain("give --yes");
    expect(asked()).toEqual(["GET /v1/agents/reports"]);
  });

  it("advises on an owner who names no person, and on no other", async () => {
    answers["GET /v1/agents/reports"] = refused(404, "agent_not_found");
    const old = await run("apply", "-f", yaml(NEW));
    expect(old.stderr).toContain('reports: the owner "ann@acme.test" names no person');
    const { stderr } = await run("apply", "-f", yaml(NEW.replace("ann@acme.test", "staff|ann")));
    expect(stderr).not.toContain("names no person");
  });

  it("does it with a yes, and a second run changes nothing", async () => {
    answers["GET /v1/agents/reports"] = refused(404, "agent_not_found");
    answers["POST /v1/agents"] = { status: 201, body: AGENT };
    const { stdout } = await run("apply", "-f", yaml(NEW), "--yes");
    expect(stdout).toBe("+ reports: register\n1 done\n");
    expect(asked()).toContain("POST /v1/agents");
    answers["GET /v1/agents/reports"] = ok({ ...AGENT, limits: { live_tasks: 50 } });
    valetkey.seen.length = 0;
    const again = await run("apply", "-f", yaml(ONE), "--yes");
    expect(again).toMatchObject({ code: 0, stdout: "= reports: is as the file says\n" });
    expect(again.stderr).toContain("nothing to change");
    expect((await run("apply", "-f", yaml(ONE))).code).toBe(0);
    expect(asked()).toEqual(["GET /v1/agents/reports", "GET /v1/agents/reports"]);
  });

  it("prints what was done, failed, and not tried, in text and as JSON, and ends with the failure's code", async () => {
    const three = ["one", "two", "three"]
      .map((id, at) => NEW.replace("id: reports", `id: ${id}`).replace('"1"', `"${at}"`))
      .join("");
    for (const id of ["one", "two", "three"]) answers[`GET /v1/agents/${id}`] = refused(404, "agent_not_found");
    let posts = 0;
    const others = valetkey.other;
    valetkey.other = (seen) => {
      if (seen.method !== "POST" || seen.path !== "/v1/agents") return others(seen);
      posts += 1;
      return posts % 2 === 1 ? { status: 201, body: AGENT } : refused(400, "agent_invalid");
    };
    const text = await run("apply", "-f", yaml(three), "--yes");
    expect(text.code).toBe(65);
    expect(text.stdout).toMatch(/\n1 done, 1 failed, 1 not tried\n$/);
    const { stdout } = await run("apply", "-f", yaml(three), "--yes", "-o", "json");
    expect(JSON.parse(stdout)).toMatchObject({
      plan: [{ state: "done" }, { state: "failed" }, { state: "not_tried" }],
      summary: { done: 1, failed: 1, not_tried: 1 },
    });
    expect(posts).toBe(4);
  });

  it("requests the hub's refusals before it plans anything, and changes nothing where there is one", async () => {
    answers["GET /v1/agents/reports"] = refused(404, "agent_not_found");
    answers["POST /v1/agents/reports/rehearse"] = ok({
      acts: [{ act: "register", refused: { code: "binding_overlaps", error_description: "bindings[0] is held." } }],
    });
    answers["GET /v1/agents/other"] = ok({ ...AGENT, id: "other" });
    answers["POST /v1/agents/other/rehearse"] = ok({ acts: [{ act: "suspend", takes_vote: true }] });
    const other = NEW.replace("id: reports", "id: other").replace(/ {2}bindings.*\n/, "  status: suspended\n");
    const given = yaml(`${NEW}  status: suspended\n${other}`);
    for (const more of [[], ["--yes"]]) {
      const { code, stdout, stderr } = await run("apply", "-f", given, ...more);
      expect([code, stdout]).toEqual([
        64,
        "! reports: register: bindings[0] is held. (binding_overlaps)\n~ reports: suspend\n~ other: suspend, with your vote\n",
      ]);
      expect(stderr).toContain("nothing was changed");
    }
    const [rehearsed] = valetkey.of("POST", "/v1/agents/reports/rehearse");
    expect(JSON.parse(rehearsed?.body ?? "")).toMatchObject({
      acts: [{ act: "register", body: { id: "reports", team: "data" } }, { act: "suspend" }],
    });
    const { stdout } = await run("apply", "-f", given, "-o", "json");
    expect(JSON.parse(stdout).plan).toMatchObject([
      { sign: "!", refused: { code: "binding_overlaps" } },
      { sign: "~" },
      { sign: "~", takes_vote: true },
    ]);
    expect(asked().filter((request) => request.startsWith("POST"))).toEqual([]);
  });

  it("reports faults with line and column before it sends any request", async () => {
    const bad = NEW.replace("reports", "Reports").replace('"1"', '"1*"');
    const { code, stderr } = await run("apply", "-f", yaml(`${bad}  ownr: x\n`), "--yes");
    expect(code).toBe(64);
    expect(stderr).toMatch(/agents\.yaml:1:7: id must have[\s\S]*:5:\d+: bindings\[0\]\.claims holds a \*/);
    expect(stderr).toContain("there is no field ownr; did you mean owner?");
    expect(asked()).toEqual([]);
    const { stderr: json } = await run("apply", "-f", yaml(`${bad}  ownr: x\n`), "--json");
    expect(JSON.parse(json).faults).toHaveLength(3);
  });

  it("holds bindings to the issuers of the deployment's valetkey.json, and to no other deployment's", async () => {
    const of = (url: string) => {
      const local = JSON.parse(readFileSync(root("local/valetkey.json"), "utf8"));
      return file("valetkey.json", JSON.stringify({ ...local, url }));
    };
    const plan = (config: string) => run("apply", "-f", yaml(NEW), "--config", config);
    answers["GET /v1/agents/reports"] = refused(404, "agent_not_found");
    expect((await plan(of(valetkey.url))).stderr).toContain(
      "bindings[0].issuer must be the name of a configured issuer",
    );
    expect((await plan(of("http://127.0.0.1:1"))).code).toBe(3);
  });

  it("registers nothing that lacks a field, and names the field", async () => {
    answers["GET /v1/agents/reports"] = refused(404, "agent_not_found");
    const { code, stderr } = await run("apply", "-f", yaml(ONE), "--yes");
    expect([code, stderr]).toEqual([64, expect.stringContaining("reports lacks bindings")]);
    expect(asked()).toEqual(["GET /v1/agents/reports"]);
  });

  it("names what differs, and suspends where the file has it", async () => {
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
    const { stdout } = await run("apply", "-f", yaml(`${NEW}  status: suspended\n`), "--yes");
    expect(stdout).toBe("+ reports: register\n~ reports: suspend\n2 done\n");
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
    expect((await run("apply", "-f", yaml(text), "--yes")).stdout).toBe("~ reports: change labels, limits\n1 done\n");
    const sent = valetkey.of("POST", "/v1/agents/reports").at(-1);
    expect(JSON.parse(sent?.body ?? "")).toEqual({ labels: ["vetted", "deployer"], limits: { task_seconds: 3_600 } });
    const odd = await run("apply", "-f", yaml(`${ONE}  limits: { task_seconds: soon }\n`));
    expect(odd).toMatchObject({ code: 64, stderr: expect.stringContaining("limits.task_seconds must be") });
  });

  it("sends what differs and no more", async () => {
    const bindings = [{ issuer: "github", claims: { repository_id: "1" } }];
    answers["GET /v1/agents/reports"] = ok({ ...AGENT, owner: "bob@acme.test", bindings });
    answers["POST /v1/agents/reports"] = ok(AGENT);
    await run("apply", "-f", yaml(`${ONE}  bindings: ${JSON.stringify(bindings)}\n`), "--yes");
    const sent = valetkey.of("POST", "/v1/agents/reports").at(-1);
    expect(JSON.parse(sent?.body ?? "")).toEqual({ owner: "ann@acme.test" });
  });

  it("prints nothing that a terminal would obey: no line can hide another", async () => {
    answers["GET /v1/agents/reports"] = ok(AGENT);
    const { stdout, stderr } = await run("apply", "-f", yaml(`${ONE}  "x\\e[1A\\e[2Ky": 1\n`));
    expect([stdout, stderr]).toEqual(["", expect.stringContaining("there is no field x [1A [2Ky")]);
  });

  it("never brings back an agent that was offboarded", async () => {
    answers["GET /v1/agents/reports"] = ok({ ...AGENT, status: "offboarded" });
    expect(await run("apply", "-f", yaml(ONE), "--yes")).toMatchObject({
      code: 64,
      stdout: expect.stringMatching(/^! reports: is offboarded/),
    });
  });

  it.each([
    ["no YAML", "- id: [", /agents\.yaml:1:8: /],
    ["no list", "id: reports", /must hold a list/],
    ["an agent without an id", "- name: x", /lacks an id/],
    ["an agent twice", `${ONE}${ONE}`, /reports is named twice/],
    ["a status that is none", `${ONE}  status: actve\n`, /did you mean active/],
  ])("refuses %s", async (_, text, sentence) => {
    expect(await run("apply", "-f", yaml(text))).toMatchObject({ code: 64, stderr: expect.stringMatching(sentence) });
  });
});
