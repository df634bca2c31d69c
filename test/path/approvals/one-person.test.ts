import { describe, expect, it } from "vitest";
import { TOKEN_TYPES } from "../../../contract/names.ts";
import { APPROVAL_LIMITS } from "../../../functions/core/approvals/approval-limits.ts";
import type { Answer } from "../../fakes/world/service.ts";
import { ACCOUNT } from "../../fakes/world/world.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { ApprovalScene, permitting } from "./approving.ts";

watchWorlds();

const PEOPLE = `permit (principal is User, action == Action::"s3:GetObject", resource is AWS::Resource);`;
const start = () => new ApprovalScene([permitting('@approval("sre")'), PEOPLE]);

const reading = (name: string) => ({
  authorization_details: JSON.stringify([
    { type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: [`arn:aws:s3:::acme-data/reports/${name}`] },
  ]),
});
const forPerson = ({ world }: ApprovalScene, sub: string, name: string) => ({
  ...{ subject_token: world.personToken({ sub }), subject_token_type: TOKEN_TYPES.idToken },
  ...{ actor_token: world.agentToken(), actor_token_type: TOKEN_TYPES.idToken },
  ...reading(name),
});
const statusOf = ({ status, body }: Answer) => body.code ?? body.task?.status ?? status;

describe("requests that an agent makes for one person", () => {
  it("stop nobody else's while three of them wait", async () => {
    const scene = start();
    for (const name of ["a", "b", "c"]) await scene.waiting(forPerson(scene, "pat", name));
    expect(statusOf(await scene.ask(forPerson(scene, "pat", "d")))).toBe("too_many_approvals");
    expect(statusOf(await scene.ask(forPerson(scene, "kim", "d")))).toBe("pending_approval");
    expect(statusOf(await scene.ask(reading("d")))).toBe("pending_approval");
  });

  it("stop nobody else's after three denials", async () => {
    const scene = start();
    for (const name of ["a", "b", "c"]) await scene.deny(await scene.waiting(forPerson(scene, "pat", name)));
    expect(statusOf(await scene.ask(forPerson(scene, "pat", "d")))).toBe("too_many_approvals");
    expect(statusOf(await scene.ask(forPerson(scene, "kim", "d")))).toBe("pending_approval");
    expect(statusOf(await scene.ask(reading("d")))).toBe("pending_approval");
  });

  it("stop nobody else's who has made none, after a hundred for all people in an hour", async () => {
    const scene = start();
    scene.world.ports.ballots.countForPeople = async () => APPROVAL_LIMITS.newForPeopleInHour;
    await scene.waiting(forPerson(scene, "pat", "a"));
    expect(statusOf(await scene.ask(forPerson(scene, "pat", "b")))).toBe("too_many_approvals");
    expect(statusOf(await scene.ask(forPerson(scene, "kim", "b")))).toBe("pending_approval");
    expect(statusOf(await scene.ask(reading("b")))).toBe("pending_approval");
  });
});

describe("requests that are made at once", () => {
  /** Every call takes a turn of its own, so that each request has read the limits before any other is written. */
  const atOnce = (scene: ApprovalScene, count: number) =>
    Promise.all(Array.from({ length: count }, (_, nth) => scene.ask(reading(`r${nth}`))));

  it("wait as many as the limit allows, and the others are refused", async () => {
    const scene = start();
    const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
    scene.world.ports.ballots.before = turn;
    const answers = await atOnce(scene, 12);
    expect(answers.filter((each) => statusOf(each) === "pending_approval")).toHaveLength(3);
    expect(answers.filter((each) => statusOf(each) === "too_many_approvals")).toHaveLength(9);
  });

  it("use up nothing of the hour where they are refused", async () => {
    const scene = start();
    scene.world.ports.ballots.before = () => new Promise<void>((resolve) => setImmediate(resolve));
    const answers = await atOnce(scene, 25);
    const waiting = answers.filter((each) => statusOf(each) === "pending_approval");
    expect(waiting).toHaveLength(3);
    for (const { body } of waiting)
      await scene.service.complete({ id: body.task?.id ?? "", token: body.access_token ?? "" });
    expect(statusOf(await scene.ask(reading("later")))).toBe("pending_approval");
  });
});
