import { describe, expect, it } from "vitest";
import { TOKEN_TYPES } from "../../../contract/names.ts";
import { fakeWorld, NOON_MS } from "../../fakes/world/world.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { APPROVING, ApprovalScene, permitting } from "./approving.ts";

watchWorlds();

const PEOPLE = `permit (principal is User, action == Action::"s3:GetObject", resource is AWS::Resource);`;

const NOON = NOON_MS / 1_000;

/** Tokens by which the agent requests a task for a person. */
const forPerson = ({ world }: ApprovalScene, sub = "pat") => ({
  ...{ subject_token: world.personToken({ sub }), subject_token_type: TOKEN_TYPES.idToken },
  ...{ actor_token: world.agentToken(), actor_token_type: TOKEN_TYPES.idToken },
});

describe("a request for a person that people must approve", () => {
  it("names the person in the record that people decide about", async () => {
    const scene = new ApprovalScene([permitting('@approval("sre")'), PEOPLE]);
    const held = await scene.waiting(forPerson(scene));
    expect(scene.record(held.approval).person).toEqual({ issuer: "staff", value: "pat" });
  });

  it("is not approved by the person for whom it is, and is by somebody else", async () => {
    const scene = new ApprovalScene([permitting('@approval("sre")'), PEOPLE]);
    const held = await scene.waiting(forPerson(scene));
    await scene.vote(held, "pat");
    expect((await scene.poll(held)).body.code).toBe("authorization_pending");
    await scene.vote(held, "bob");
    expect(await scene.poll(held)).toMatchObject({ status: 200, body: { sub: "staff|pat", act: { sub: "demo" } } });
  });

  it("requires the approval of the person's permit, where the agent's own requires none", async () => {
    const scene = new ApprovalScene([permitting(""), `@approval("security") ${PEOPLE}`]);
    const held = await scene.waiting(forPerson(scene));
    expect(scene.record(held.approval).needed).toEqual([{ group: "security", count: 1 }]);
    expect((await scene.ask()).body.task).toMatchObject({ status: "active" });
  });

  it("waits for each person by itself: nobody joins a task for somebody else", async () => {
    const scene = new ApprovalScene([permitting('@approval("sre")'), PEOPLE]);
    const [pat, again] = [await scene.waiting(forPerson(scene)), await scene.waiting(forPerson(scene))];
    const kim = await scene.waiting(forPerson(scene, "kim"));
    const own = await scene.waiting();
    expect(again.id).toBe(pat.id);
    expect(new Set([pat.id, kim.id, own.id]).size).toBe(3);
  });

  it("ends an hour after the person's token was issued, however long people took", async () => {
    const scene = new ApprovalScene([permitting('@approval("sre")'), PEOPLE]);
    const held = await scene.waiting({ ...forPerson(scene), task_ttl: "3600" });
    scene.world.pass(600);
    await scene.vote(held);
    expect((await scene.poll(held)).body.task).toMatchObject({ expires_at: "2026-11-24T13:00:00Z" });
  });

  it("is not shortened by a fresh token of the person, which moves its deadline up to the approved time", async () => {
    const scene = new ApprovalScene([permitting('@approval("sre")'), PEOPLE]);
    const held = await scene.waiting({ ...forPerson(scene), task_ttl: "3600" });
    scene.world.pass(600);
    await scene.vote(held);
    expect((await scene.poll(held)).status).toBe(200);
    scene.world.pass(60);
    const prolonged = await scene.service.prolong(held, scene.world.personToken());
    expect(prolonged).toMatchObject({ status: 200, body: { task: { expires_at: "2026-11-24T13:10:00Z" } } });
    scene.world.pass(3_500);
    expect((await scene.service.renew(held)).status).toBe(200);
  });

  it("waits no longer than the person's hour, and is then expired", async () => {
    const hours = { ...APPROVING, approvers: APPROVING.approvers?.map((each) => ({ ...each, timeoutSeconds: 9_000 })) };
    const scene = new ApprovalScene(
      [permitting('@approval("sre")'), PEOPLE],
      fakeWorld({ deployment: hours as typeof APPROVING }),
    );
    scene.world.pass(120);
    const held = await scene.waiting({ ...forPerson(scene), subject_token: scene.world.personToken({ iat: NOON }) });
    expect(scene.record(held.approval).expires_at).toBe(NOON + 3_600);
    expect(scene.world.ports.tasks.tasks.get(held.id)?.expiresAt).toBe(NOON + 3_600);
    scene.world.pass(3_480);
    expect((await scene.poll(held)).body.code).toBe("approval_expired");
  });

  it("is void where policy no longer permits the person what was approved", async () => {
    const scene = new ApprovalScene([permitting('@approval("sre")'), PEOPLE]);
    const held = await scene.waiting(forPerson(scene));
    await scene.vote(held);
    expect((await scene.under(permitting('@approval("sre")')).poll(held)).body.code).toBe("approval_void");
  });
});
