import { describe, expect, it } from "vitest";
import { perform } from "../../../../client/operate/approvals/perform.ts";
import { OperatorApi } from "../../../../client/operate/operator-api.ts";
import { Reporter } from "../../../../client/reporter.ts";
import { actIn } from "../../../../contract/decision/act-link.ts";
import { AGENT, answers, asked, file, ok, refused, run, setOperatorStage, TOKEN, valetkey } from "./operator-stage.ts";

setOperatorStage();

const CONSOLE = "https://console.example.com";
const STEP_UP = refused(401, "step_up_required");
const metadata = () => {
  answers["GET /.well-known/oauth-authorization-server"] = ok({ console_uri: CONSOLE });
};
/** Answers once with the first reply, and then with the second. */
const first = (key: string, one: ReturnType<typeof ok>, then: ReturnType<typeof ok>) => {
  let count = 0;
  Object.defineProperty(answers, key, {
    enumerable: true,
    get: () => {
      count += 1;
      return count === 1 ? one : then;
    },
  });
};
/** Act of the link that the command printed. */
const linked = (stderr: string) => actIn(/\/act(#[\w-]+)/.exec(stderr)?.[1] ?? "");

describe("an act that takes a vote", () => {
  it("is printed whole with the page that performs it, and waited for", async () => {
    metadata();
    answers["POST /v1/agents/reports/resume"] = STEP_UP;
    first("GET /v1/agents/reports", ok({ ...AGENT, status: "suspended" }), ok(AGENT));
    const { code, stdout, stderr } = await run("agents", "resume", "reports");
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("active") });
    expect(stderr).toContain("Resume the agent reports");
    expect(stderr).toContain(`${CONSOLE}/act#`);
    expect(linked(stderr)).toEqual({ path: "/v1/agents/reports/resume", body: {} });
    // The command sends one request, and never signs in.
    expect(asked().filter((each) => each.startsWith("POST"))).toEqual(["POST /v1/agents/reports/resume"]);
    expect(valetkey.seen.every(({ authorization }) => authorization === `Bearer ${TOKEN}`)).toBe(true);
  });

  it("is registered, changed, offboarded and lifted in the same way", async () => {
    metadata();
    const NEW = { ...AGENT, bindings: [{ issuer: "ci", claims: { sub: "x" } }] };
    const { status: _, ...body } = NEW;
    answers["POST /v1/agents"] = STEP_UP;
    first("GET /v1/agents/reports", refused(404, "agent_not_found"), ok(NEW));
    const registered = await run("agents", "register", "-f", file("agent.json", JSON.stringify(body)));
    expect(registered.code).toBe(0);
    expect(linked(registered.stderr)).toEqual({ path: "/v1/agents", body });

    answers["POST /v1/panic/lift"] = STEP_UP;
    answers["GET /v1/panic"] = ok({ halted: true, lifted_at: "2026-11-24T12:00:00Z", reason: "x" });
    const lifted = await run("panic", "--lift", "--yes");
    expect(lifted.code).toBe(0);
    expect(lifted.stderr).toContain("Lift the panic");
    expect(linked(lifted.stderr)).toEqual({ path: "/v1/panic/lift", body: {} });
  });

  it("of a file is requested one after the other", async () => {
    metadata();
    answers["POST /v1/agents/reports"] = STEP_UP;
    const changed = { ...AGENT, team: "other" };
    first("GET /v1/agents/reports", ok(AGENT), ok(changed));
    const path = file("agents.yaml", JSON.stringify([{ id: "reports", team: "other" }]));
    const { code, stderr } = await run("apply", "-f", path, "--yes");
    expect(code).toBe(0);
    expect(linked(stderr)).toEqual({ path: "/v1/agents/reports", body: { team: "other" } });
    expect(stderr).toContain("Team: other");
  });

  it("ends with 75 where nobody performs it in time, and prints the next step", async () => {
    metadata();
    answers["POST /v1/agents/reports/resume"] = STEP_UP;
    const lines: string[] = [];
    const report = new Reporter({ json: false, quiet: true, write: (text) => lines.push(text) });
    const act = { path: "/v1/agents/reports/resume", body: {} };
    const given = { api: new OperatorApi(valetkey.url, TOKEN), report, act };
    const waiting = perform(given, async () => undefined, { mostMs: 30, pauseMs: 10 });
    const error = await waiting.then(
      () => undefined,
      (thrown: unknown) => thrown as Error,
    );
    expect(error).toMatchObject({ reason: "later", event: "not_performed" });
    expect(report.failure(error)).toBe(75);
    // Even with --quiet: without the page nobody could go on.
    expect(lines.join("")).toContain(`${CONSOLE}/act#`);
  });

  it("hides nothing of an act on the terminal", async () => {
    metadata();
    answers["POST /v1/agents"] = STEP_UP;
    const body = { id: "reports", name: "x\u202e\u001b[2J\ny" };
    first("GET /v1/agents/reports", refused(404, "agent_not_found"), ok(body));
    const { stderr } = await run("agents", "register", "-f", file("agent.json", JSON.stringify(body)));
    expect(stderr).toContain("\\u{202E}");
    for (const each of ["\u202e", "\u001b"]) expect(stderr).not.toContain(each);
  });

  it("is refused where the deployment names no console", async () => {
    answers["GET /.well-known/oauth-authorization-server"] = ok({});
    answers["POST /v1/agents/reports/resume"] = STEP_UP;
    const { code, stderr } = await run("agents", "resume", "reports");
    expect(code).toBe(69);
    expect(stderr).toContain("names no console");
  });

  it.each([["[]"], ["null"], ['"x"']])("registers no agent of a file that holds %s", async (text) => {
    const { code, stderr } = await run("agents", "register", "-f", file("agent.json", text));
    expect(code).toBe(64);
    expect(stderr).toContain("must hold one agent");
    expect(asked()).toEqual([]);
  });
});
