import { describe, expect, it } from "vitest";
import type { Answer } from "../../functions/core/proof/question.ts";
import { answeringProofs } from "../fakes/world/answering-proofs.ts";
import { FakeService } from "../fakes/world/service.ts";
import { fakeWorld, POLICIES } from "../fakes/world/world.ts";
import { answersOf } from "../unit/core/cedar-of.ts";
import { statedOf } from "../unit/core/proof/ask.ts";
import { NORTH, POLICIES as OF_BOTH, serve } from "./acting-for-people.ts";

const FORBID = '@id("late") forbid (principal, action, resource) when { resource.arn like "*" };';

/** Policies of which the compiler has not seen one, as if it had left a forbid out. */
const overlooked = () => ({ ...answersOf(POLICIES), stated: [...POLICIES.stated, statedOf(FORBID)] });

const REFUSED = { status: 503, body: { code: "session_policy_unproven" } };
const proving = (answer: Answer) => ({ proofs: answeringProofs(() => answer) });
const UNKNOWN: Answer = { verdict: "unknown", why: "budget" };

describe("I2: a session policy that is not proven", () => {
  it("is handed out to nobody, though STS has answered, and its task is withdrawn", async () => {
    const world = fakeWorld({ policies: overlooked() });
    const service = new FakeService(world);
    expect(await service.exchange()).toMatchObject(REFUSED);
    expect(world.ports.sessions.asked).toHaveLength(1);
    expect([...world.ports.tasks.tasks.values()].map(({ status }) => status)).toEqual(["withdrawn"]);
    expect(world.answers.map(({ answer }) => JSON.stringify(answer)).join()).not.toContain("SecretAccessKey");
  });

  it("is reported to the operators and to the journal with the call that it would have allowed", async () => {
    const world = fakeWorld({ policies: overlooked() });
    await new FakeService(world).exchange();
    const line = world.lines.find(({ event }) => event === "session_policy_unproven");
    expect(line).toMatchObject({ level: "error", outcome: "counterexample", agent: "demo", lease: "aws-0" });
    expect(JSON.parse(String(line?.why))).toMatchObject({ action: "s3:GetObject", objection: { forbid: "late" } });
    expect(JSON.stringify(world.ports.tasks.events)).toContain("session_policy_unproven");
  });

  it("renews nothing", async () => {
    const world = fakeWorld();
    const service = new FakeService(world);
    const held = await service.start();
    world.pass(60);
    const after = new FakeService(world, { ...world.ports, policies: overlooked() });
    expect(await after.renew(held)).toMatchObject({ status: 503, body: { code: "session_policy_unproven" } });
    world.pass(10);
    expect(await service.renew(held)).toMatchObject({ status: 200 });
  });

  it("is refused where nothing was shown, and used and logged where the deployment only observes that", async () => {
    const strict = fakeWorld(proving(UNKNOWN));
    expect(await new FakeService(strict).exchange()).toMatchObject({
      ...{ status: 400, body: { code: "session_policy_unknown" } },
    });
    expect(strict.lines).toContainEqual(
      expect.objectContaining({ event: "session_policy_unknown", outcome: "refused", why: "budget" }),
    );
    // The alarm of a counterexample stays silent.
    expect(strict.lines.filter(({ event }) => event === "session_policy_unproven")).toEqual([]);
    expect([...strict.ports.tasks.tasks.values()].map(({ status }) => status)).toEqual(["withdrawn"]);
    const { deployment } = strict.ports;
    const lax = fakeWorld({ ...proving(UNKNOWN), deployment: { ...deployment, validate: "observe" } });
    expect(await new FakeService(lax).exchange()).toMatchObject({ status: 200 });
    expect(lax.lines).toContainEqual(
      expect.objectContaining({ level: "warn", event: "session_policy_unknown", outcome: "used", why: "budget" }),
    );
  });

  it("is refused with what the agent can do where the proof was too much, and otherwise with who can", async () => {
    const sentenceOf = async (why: "budget" | "policy") => {
      const { body } = await new FakeService(fakeWorld(proving({ verdict: "unknown", why }))).exchange();
      return String(body.error_description);
    };
    expect(await sentenceOf("budget")).toContain("or split the task");
    expect(await sentenceOf("policy")).toContain("ask the operators");
  });

  it("is refused for a counterexample even where the deployment only observes", async () => {
    const { deployment } = fakeWorld().ports;
    const world = fakeWorld({ policies: overlooked(), deployment: { ...deployment, validate: "observe" } });
    expect(await new FakeService(world).exchange()).toMatchObject(REFUSED);
  });

  it("is handed to no task for a person where policy forbids that person a call, and permits it to the agent", async () => {
    const forbid = '@id("people") forbid (principal is User, action, resource) when { resource.arn like "*" };';
    const service = serve({ ...answersOf(OF_BOTH), stated: [...OF_BOTH.stated, statedOf(forbid)] });
    expect(await service.exchange(NORTH)).toMatchObject({ status: 200 });
    expect(await service.exchangeFor(service.world.personToken(), NORTH)).toMatchObject(REFUSED);
    const line = service.world.lines.find(({ event }) => event === "session_policy_unproven");
    expect(JSON.parse(String(line?.why))).toMatchObject({ objection: { forbid: "people" } });
  });

  it("shares one budget of work with the vend's other proofs: those for the agent and for its person", async () => {
    const [vends, answers]: [string[], string[]] = [[], []];
    const ofVend = () => {
      vends.push("vend");
      const answer = (): Answer => {
        answers.push("proof");
        return { verdict: "proven" };
      };
      return { answer };
    };
    const service = new FakeService(fakeWorld({ policies: OF_BOTH, proofs: { ofVend } }));
    expect(await service.exchangeFor(service.world.personToken(), NORTH)).toMatchObject({ status: 200 });
    expect([vends.length, answers.length]).toEqual([1, 2]);
  });

  it("is evaluated while STS and the record are under way", async () => {
    const order: string[] = [];
    const world = fakeWorld({
      proofs: answeringProofs(() => {
        order.push(`proof beside ${world.ports.sessions.asked.length} session`);
        return { verdict: "proven" };
      }),
    });
    expect(await new FakeService(world).exchange()).toMatchObject({ status: 200 });
    expect(order).toEqual(["proof beside 1 session"]);
  });
});
