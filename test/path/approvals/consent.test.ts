import { describe, expect, it } from "vitest";
import { approvalId } from "../../../contract/approval-id.ts";
import { recordHash } from "../../../functions/core/approvals/approval-record.ts";
import { voidVotes } from "../../../functions/steps/tasks/end-person.ts";
import type { Answer } from "../../fakes/world/service.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { intentOf, permitting } from "./approving.ts";
import { ConsentScene, OWN, people } from "./consent.ts";

watchWorlds();

const codeOf = ({ status, body }: Answer) => [status, body.code];
const CONSENT = { group: "@person", count: 1 };
const other = (name: string) => ({ authorization_details: intentOf("s3:GetObject").replace("/a", `/${name}`) });

describe("@consent: the person for whom the task acts votes on exactly this request", () => {
  it("waits for the person's own vote, and is vended at the first poll after it", async () => {
    const scene = new ConsentScene();
    const held = await scene.asked();
    expect(scene.record(held.approval)).toMatchObject({ needed: [CONSENT], person: { issuer: "staff", value: "pat" } });
    expect(scene.world.ports.sessions.asked).toEqual([]);
    expect((await scene.poll(held)).body).toMatchObject({
      code: "authorization_pending",
      approval: { needed: [{ ...CONSENT, have: 0 }] },
    });
    expect((await scene.decide(held)).body).toMatchObject({ status: "approved", needed: [{ ...CONSENT, have: 1 }] });
    expect(await scene.poll(held)).toMatchObject({ status: 200, body: { sub: "staff|pat", act: { sub: "demo" } } });
    scene.world.pass(60);
    expect((await scene.service.renew(held)).status).toBe(200);
    const used = scene.world.ports.tasks.events.find(({ type }) => type === "approval.used");
    expect(used?.facts).toMatchObject({ voters: [{ by: "staff|pat", groups: ["@person"] }] });
  });

  it.each([
    ["the agent's permit", permitting("@consent"), people()],
    ["the person's permit", permitting(""), people("@consent")],
    ["both", permitting("@consent"), people("@consent")],
  ])("counts where %s requires it", async (_, ...policies) => {
    const scene = new ConsentScene(policies);
    const held = await scene.asked();
    expect(scene.record(held.approval).needed).toEqual([CONSENT]);
    await scene.consent(held);
    expect((await scene.poll(held)).status).toBe(200);
  });

  it("refuses an agent that acts for nobody, and names the remedy", async () => {
    const scene = new ConsentScene();
    const { status, body } = await scene.ask();
    expect([status, body.code]).toEqual([403, "policy_denied"]);
    expect(body.denials).toEqual([
      expect.objectContaining({
        policy: "p0",
        reason: "Policy permits it with the consent of the person for whom the agent acts, and it acts for nobody.",
        hint: expect.stringContaining("valetkey exec --on-behalf-of"),
      }),
    ]);
  });

  it("leaves an agent that acts for nobody to a permit without it", async () => {
    const scene = new ConsentScene([permitting("@consent"), permitting(""), people()]);
    expect((await scene.ask()).body.task).toMatchObject({ status: "active" });
    // One permit decides: the least demanding, for a person too.
    expect((await scene.ask(scene.for())).body.task).toMatchObject({ status: "active" });
  });

  it("is denied by the person, with a reason, and by nobody in silence", async () => {
    const scene = new ConsentScene();
    const held = await scene.asked();
    const denied = await scene.decide(held, "pat", { decision: "deny", reason: "not now", vote: undefined });
    expect(denied.body).toMatchObject({ status: "denied" });
    expect((await scene.poll(held)).body).toMatchObject({ code: "approval_denied", reason: "not now" });

    const silent = await scene.asked("kim");
    scene.world.pass(901);
    expect(codeOf(await scene.poll(silent))).toEqual([403, "approval_expired"]);
  });

  it("can be withdrawn by the person until it is used", async () => {
    const scene = new ConsentScene();
    const held = await scene.asked();
    await scene.decide(held);
    const token = scene.world.operatorToken({ sub: "pat", ...OWN });
    const parameters = { approval: held.approval };
    const { body } = await scene.service.operate("POST /v1/approvals/{approval}/withdraw", { parameters, token });
    expect(body).toMatchObject({ status: "withdrawn" });
    expect(codeOf(await scene.poll(held))).toEqual([403, "approval_denied"]);
    expect(scene.world.ports.sessions.asked).toEqual([]);
  });

  it("ends a renewal once policy requires more than the person gave", async () => {
    const scene = new ConsentScene();
    const held = await scene.asked();
    await scene.consent(held);
    expect((await scene.poll(held)).status).toBe(200);
    const stricter = scene.under(permitting('@consent @approval("sre")'), people());
    expect((await stricter.service.renew(held)).status).toBe(403);
  });

  it("ends a renewal once policy requires a consent that nobody gave", async () => {
    const scene = new ConsentScene([permitting(""), people()]);
    const { body } = await scene.ask(scene.for());
    const held = { id: body.task?.id ?? "", token: body.access_token ?? "" };
    expect((await scene.service.renew(held)).status).toBe(200);
    expect((await scene.under(permitting("@consent"), people()).service.renew(held)).status).toBe(403);
  });
});

describe("@consent beside @approval: by the person, and by others", () => {
  const BOTH = [permitting('@consent @approval("sre")'), people()];

  it.each([
    ["the person first", ["pat", "bob"]],
    ["the group first", ["bob", "pat"]],
  ])("needs both, %s", async (_, [first = "", second = ""]) => {
    const scene = new ConsentScene(BOTH);
    const held = await scene.asked();
    expect(scene.record(held.approval).needed).toEqual([CONSENT, { group: "sre", count: 1 }]);
    await scene.vote(held, first);
    expect(codeOf(await scene.poll(held))).toEqual([400, "authorization_pending"]);
    await scene.vote(held, second);
    expect((await scene.poll(held)).status).toBe(200);
  });

  it("one from each side's permit", async () => {
    const scene = new ConsentScene([permitting('@approval("sre")'), people("@consent")]);
    const held = await scene.asked();
    expect(scene.record(held.approval).needed).toEqual([CONSENT, { group: "sre", count: 1 }]);
  });

  it("the person is no approver for themselves, though in the group and permitted to approve", async () => {
    const scene = new ConsentScene(BOTH);
    const held = await scene.asked();
    await scene.vote(held, "pat");
    expect((await scene.poll(held)).body).toMatchObject({
      code: "authorization_pending",
      approval: {
        needed: [
          { ...CONSENT, have: 1 },
          { group: "sre", have: 0 },
        ],
      },
    });
  });

  it("the agent's owner is still no only approver: the person's vote is none beside it", async () => {
    const scene = new ConsentScene(BOTH);
    const held = await scene.asked();
    await scene.consent(held);
    await scene.vote(held, "owner");
    expect(codeOf(await scene.poll(held))).toEqual([400, "authorization_pending"]);
  });

  it("eases nothing: neither several uses nor a broken glass", async () => {
    const scene = new ConsentScene([
      permitting('@approval("sre=2") @standing("3/7d") @breakGlass @maxTtl("15m")'),
      people("@consent"),
    ]);
    const held = await scene.asked();
    expect(scene.record(held.approval)).not.toHaveProperty("break_glass");
    const standing = await scene.ask(scene.for("kim", { standing: "3/7d" }));
    expect(standing.body.denials).toMatchObject([
      { reason: "Policy lets people approve this for one task at a time." },
    ]);
  });
});

describe("people find what waits for their consent", () => {
  it("lists and shows a request to its person, who may approve nothing else, and to nobody else", async () => {
    const scene = new ConsentScene();
    const held = await scene.asked();
    const listed = (await scene.list()).body as { approvals?: readonly { id: string; you: object }[] };
    expect(listed.approvals).toMatchObject([{ id: held.approval, you: { may_vote: true, groups: ["@person"] } }]);
    expect((await scene.read(held)).body).toMatchObject({
      hash: recordHash(scene.record(held.approval)),
      you: { may_vote: true },
      sign_in: { client_id: "approvals" },
    });
    expect((await scene.list("kim")).body).toEqual({ approvals: [] });
    expect(codeOf(await scene.read(held, "kim"))).toEqual([403, "operator_denied"]);
    expect(codeOf(await scene.read({ approval: approvalId("0".repeat(32)) }))).toEqual([403, "operator_denied"]);
  });

  it("shows the person nothing of a request for them that is for others alone to approve", async () => {
    const scene = new ConsentScene([permitting('@approval("sre")'), people()]);
    const held = await scene.asked();
    expect(codeOf(await scene.read(held))).toEqual([403, "operator_denied"]);
    expect((await scene.list()).body).toEqual({ approvals: [] });
  });

  it("leaves the person's list once it is decided", async () => {
    const scene = new ConsentScene();
    const held = await scene.asked();
    await scene.decide(held);
    expect((await scene.list()).body).toEqual({ approvals: [] });
  });

  it("one person's denials pause no approvals for another person", async () => {
    const scene = new ConsentScene([permitting('@consent @approval("sre")'), people()]);
    for (const name of ["x", "y", "z"]) {
      const held = await scene.asked("pat", other(name));
      await scene.decide(held, "pat", { decision: "deny", reason: "no", vote: undefined });
    }
    expect(codeOf(await scene.ask(scene.for("pat", other("w"))))).toEqual([429, "too_many_approvals"]);
    await scene.asked("kim", other("w"));
  });

  it("one person's silence and denials stop no other person's agent", async () => {
    const scene = new ConsentScene();
    const all = [await scene.asked("pat", other("x")), await scene.asked("pat", other("y"))];
    all.push(await scene.asked("pat", other("z")));
    expect(codeOf(await scene.ask(scene.for("pat", other("w"))))).toEqual([429, "too_many_approvals"]);
    for (const held of all) await scene.decide(held, "pat", { decision: "deny", reason: "no", vote: undefined });
    expect(codeOf(await scene.ask(scene.for("pat", other("w"))))).toEqual([429, "too_many_approvals"]);
    await scene.asked("kim", other("w"));
  });
});

describe("votes of a person whose account is gone", () => {
  const gone = (scene: ConsentScene, until: number, person = "pat") =>
    voidVotes({ issuer: "staff", value: person }, until, "signal:risk", scene.world.ports);

  it("are void where no approval has used them, and a vote by a later sign-in counts", async () => {
    const scene = new ConsentScene();
    const held = await scene.asked();
    scene.consent(held);
    await gone(scene, scene.world.nowSeconds());
    expect((await scene.poll(held)).body.code).toBe("authorization_pending");
    scene.world.pass(6);
    scene.consent(held);
    expect((await scene.poll(held)).status).toBe(200);
    expect(scene.world.ports.tasks.events.filter(({ type }) => type === "person.votes_void")).toMatchObject([
      { facts: { by: "signal:risk", person: "staff|pat" } },
    ]);
  });

  it("stay where they were cast after the account was gone, and are somebody else's", async () => {
    const scene = new ConsentScene();
    const held = await scene.asked();
    scene.consent(held);
    await gone(scene, scene.world.nowSeconds() - 1);
    await gone(scene, scene.world.nowSeconds() + 60, "kim");
    expect((await scene.poll(held)).status).toBe(200);
  });

  it("are void, too, where the account goes while they are used", async () => {
    const scene = new ConsentScene();
    const held = await scene.asked();
    scene.consent(held);
    const { ballots } = scene.world.ports;
    ballots.before = async (method) => {
      if (method !== "use") return;
      ballots.before = () => undefined;
      await gone(scene, scene.world.nowSeconds());
    };
    expect((await scene.poll(held)).body.code).toBe("authorization_pending");
    expect(scene.world.ports.sessions.asked).toEqual([]);
  });
});
