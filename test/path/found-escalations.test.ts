import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import type { RuleId } from "../../contract/names.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { type Detection, detectionId } from "../../functions/core/escalation/detection.ts";
import { MOST_LISTED } from "../../functions/core/escalation/found-escalation.ts";
import { type Answer, FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, fakeWorld, policiesWithPermits } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { EscalationScene } from "./escalation-scene.ts";

watchWorlds();

const LIST = "GET /v1/escalations";
type Fields = Readonly<Record<string, unknown>>;
interface Listed {
  readonly escalations: readonly Fields[];
  readonly next?: string;
}

/** Detections, the function `intake` that records them, and the operator who lists them. */
class Finding extends EscalationScene {
  async find(rule: RuleId, detail: Partial<Detection>, changed: Fields = {}): Promise<void> {
    const { at = this.world.nowSeconds(), account = ACCOUNT, task = "" } = detail;
    await this.tellIntake({ id: detectionId(rule, account, task, at), rule, at, account, ...detail }, changed);
  }

  async list(query: Readonly<Record<string, string>> = {}): Promise<Listed> {
    return (await this.answer(query)).body as Answer["body"] & Listed;
  }

  answer(query: Readonly<Record<string, string>> = {}, sub?: string): Promise<Answer> {
    const token = sub === undefined ? {} : { token: this.world.operatorToken({ sub }) };
    return this.service.operate(LIST, { query: new URLSearchParams(query).toString(), ...token });
  }
}

const seen = { action: "iam:CreateUser", error: "AccessDenied", key_id: "ASIA1", event_id: "cloudtrail-1" };

describe("the list of escalations", () => {
  it("names the rule that fired, about whom, by which evidence, and the response", async () => {
    const finding = new Finding({ E4: "end_task" });
    const { id } = await finding.service.start();
    const at = finding.world.nowSeconds();
    finding.world.pass(300);
    await finding.find("E4", { ...seen, task: id as never, at });
    const [event] = finding.records();
    expect(await finding.list()).toEqual({
      escalations: [
        {
          ...{ rule: "E4", says: expect.stringContaining("AWS denied a write"), agent: "demo", task: id },
          ...{ account: ACCOUNT, ...seen, done: "end_task", event: event?.of },
          at: new Date(at * 1_000).toISOString().replace(".000", ""),
          found_at: new Date((at + 300) * 1_000).toISOString(),
        },
      ],
    });
  });

  it("is read by agent and by tree of tasks, the latest first", async () => {
    const finding = new Finding();
    finding.world.addAgent({ id: "other" });
    const one = await finding.service.start();
    const other = await finding.service.start({
      subject_token: finding.world.agentToken({ sub: "agent:other" }),
    });
    await finding.find("E4", { ...seen, task: one.id as never });
    finding.world.pass(1);
    await finding.find("E6", { ...seen, task: other.id as never });
    const tasks = async (query: Readonly<Record<string, string>>) =>
      (await finding.list(query)).escalations.map(({ rule, task }) => `${rule} ${task}`);
    expect(await tasks({})).toEqual([`E6 ${other.id}`, `E4 ${one.id}`]);
    expect(await tasks({ agent: "other" })).toEqual([`E6 ${other.id}`]);
    expect(await tasks({ tree: one.id })).toEqual([`E4 ${one.id}`]);
    expect((await finding.service.operate("GET /v1/overview")).body).toMatchObject({
      escalations: { found: 2, more: false },
    });
    finding.world.pass(86_401);
    expect((await finding.service.operate("GET /v1/overview")).body).toMatchObject({ escalations: { found: 0 } });
  });

  it("has 50 on a page, and each entry on one page", async () => {
    const finding = new Finding();
    for (let hour = 0; hour < 60; hour += 1) {
      await finding.find("E3", { session: "somebody" });
      finding.world.pass(3_600);
    }
    const [first] = [await finding.list()];
    const second = await finding.list({ after: first?.next ?? "" });
    expect([first?.escalations.length, second.escalations.length, second.next]).toEqual([50, 10, undefined]);
    const all = [...(first?.escalations ?? []), ...second.escalations].map(({ found_at }) => String(found_at));
    expect(all).toEqual([...new Set(all)].sort().reverse());
    const overview = (await finding.service.operate("GET /v1/overview")).body;
    expect(overview).toMatchObject({ escalations: { found: 24, more: false } });
  });

  it("leaves out agents that policy does not let the operator look at", async () => {
    const finding = new Finding();
    finding.world.addAgent({ id: "other" });
    const otherToken = finding.world.agentToken({ sub: "agent:other" });
    const [own, foreign] = [await finding.service.start(), await finding.service.start({ subject_token: otherToken })];
    for (const { id } of [own, foreign]) await finding.find("E4", { ...seen, task: id as never });
    const operations = '[Action::"valetkey:ListEscalations", Action::"valetkey:ReadOverview"]';
    const permit = (resource: string) =>
      `permit (principal == User::"staff|bo", action in ${operations}, resource${resource});`;
    const policies = policiesWithPermits(
      ["deployment", permit(" is Deployment")],
      ["demo", permit(' == Agent::"demo"')],
    );
    const limited = new FakeService(finding.world, { ...finding.world.ports, policies });
    const ask = (route: "GET /v1/overview" | typeof LIST, query = "") =>
      limited.operate(route, { query, token: finding.world.operatorToken({ sub: "bo" }) });
    const listed = (await ask(LIST)).body as Answer["body"] & Listed;
    expect(listed.escalations.map(({ agent }) => agent)).toEqual(["demo"]);
    expect((await ask("GET /v1/overview")).body).toMatchObject({ escalations: { found: 1 } });
    expect(await ask(LIST, "agent=other")).toMatchObject({ status: 403 });
    expect(await ask(LIST, `tree=${foreign.id}`)).toMatchObject({ status: 403 });
    expect(await finding.answer({}, "mallory")).toMatchObject({ status: 403, body: { code: "operator_denied" } });
  });
});

describe("forged events change no truth and flood no list", () => {
  it("A detection that is delivered again, in another order, or late, is listed once and as it was first recorded", async () => {
    const finding = new Finding({ E4: "end_task" });
    const { id } = await finding.service.start();
    const at = finding.world.nowSeconds();
    await finding.find("E4", { ...seen, task: id as never, at });
    const before = await finding.list();
    finding.world.pass(3_600);
    await finding.find("E4", { ...seen, task: id as never, at: at + 5, action: "iam:DeleteUser", key_id: "ASIA2" });
    await finding.find("E4", { ...seen, task: id as never, at: at - (at % 3_600), action: "iam:Other" });
    expect(await finding.list()).toEqual(before);
  });

  it("The agent of an entry is the record's, whatever agent the event names", async () => {
    const finding = new Finding();
    finding.world.addAgent({ id: "other" });
    const { id } = await finding.service.start();
    await finding.find("E4", { ...seen, task: id as never, agent: agentId("other") });
    expect((await finding.list()).escalations).toMatchObject([{ agent: "demo" }]);
    expect((await finding.list({ agent: "other" })).escalations).toEqual([]);
  });

  it("An event of another account, or about a task without a lease there, is listed nowhere", async () => {
    const finding = new Finding();
    const { id } = await finding.service.start();
    await finding.find("E4", { ...seen, task: id as never }, { account: "444455556666" });
    await finding.find("E4", { ...seen, task: id as never, account: accountId("444455556666") });
    await finding.find("E3", { session: id, account: accountId("444455556666") });
    expect((await finding.list()).escalations).toEqual([]);
  });

  it("A session under the name of a task that has no lease in its role is listed about its account, and about no agent", async () => {
    const finding = new Finding();
    const { id } = await finding.service.start();
    await finding.find("E3", { session: id, role: "valetkey-task-99" });
    const [entry] = (await finding.list()).escalations;
    expect(entry).toMatchObject({ rule: "E3", account: ACCOUNT, session: id });
    expect(entry).not.toHaveProperty("agent");
    expect((await finding.list({ tree: id })).escalations).toEqual([]);
  });

  it("A thousand detections of one rule about one agent fill ten places and one mark, and hide no other rule and no other agent", async () => {
    const finding = new Finding();
    finding.world.addAgent({ id: "other" });
    const { id } = await finding.service.start();
    const token = finding.world.agentToken({ sub: "agent:other" });
    const other = await finding.service.start({ subject_token: token });
    for (let n = 0; n < 1_000; n += 1) {
      const forged = String(n).padStart(43, "x");
      await finding.find("E4", { ...seen, task: id as never, id: forged, at: finding.world.nowSeconds() - n });
    }
    await finding.find("E6", { ...seen, task: id as never });
    await finding.find("E4", { ...seen, task: other.id as never });
    const { escalations, next } = await finding.list();
    expect([escalations.length, next]).toEqual([MOST_LISTED + 3, undefined]);
    expect(escalations[0]).toMatchObject({ rule: "E4", agent: "demo", unlisted: true });
    expect(escalations.filter(({ rule, agent }) => rule === "E6" || agent === "other")).toHaveLength(2);
    // The journal has each of them.
    expect(finding.records()).toHaveLength(1_002);
    expect((await finding.service.operate("GET /v1/overview")).body).toMatchObject({
      escalations: { found: MOST_LISTED + 2, more: true },
    });
    finding.world.pass(3_600);
    await finding.find("E4", { ...seen, task: id as never });
    expect((await finding.list()).escalations[0]).toMatchObject({ rule: "E4", agent: "demo", done: "alarm" });
  });

  it("Where the record fails, nothing is listed and nothing is done; delivered again, both are", async () => {
    const finding = new Finding({ E4: "end_task" });
    const { id } = await finding.service.start();
    finding.world.ports.tasks.before = (method) => {
      if (method === "append") throw new Error("the table is away");
    };
    await expect(finding.find("E4", { ...seen, task: id as never })).rejects.toThrow();
    finding.world.ports.tasks.before = () => undefined;
    expect([(await finding.list()).escalations, finding.status(id)]).toEqual([[], "active"]);
    await finding.find("E4", { ...seen, task: id as never });
    expect([(await finding.list()).escalations.length, finding.status(id)]).toEqual([1, "revoked"]);
  });
});

describe("a reader of the list", () => {
  it.each([
    { after: "yesterday" },
    { after: "000000000000000#x#y#z" },
    { tree: "no-task" },
    { agent: "demo", tree: "nosuchtask00." },
  ])("is refused a question that is none: %o", async (query) => {
    const world = fakeWorld();
    const answer = await new FakeService(world).operate(LIST, {
      query: new URLSearchParams(query as Record<string, string>).toString(),
    });
    expect(answer).toMatchObject({ status: 400, body: { code: "malformed_request" } });
  });
});
