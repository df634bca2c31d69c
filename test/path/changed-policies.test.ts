import { describe, expect, it } from "vitest";
import { FakeService } from "../fakes/world/service.ts";
import { fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

watchWorlds();

const PERMIT = "permit (principal, action, resource);";
const NOT_FROM = (claim: string, value: string): string =>
  `forbid (principal, action, resource) when { principal.hasTag("${claim}") && principal.getTag("${claim}") == "${value}" };`;
const REPORTS = {
  authorization_details:
    '[{"type":"aws","account":"111122223333","actions":["s3:GetObject"],"resources":["arn:aws:s3:::acme-data/a"]}]',
};
const BEFORE = cedarOf([PERMIT, NOT_FROM("ref", "refs/heads/bad")], ["ref"]);

/** A task whose token had these claims, opened while policies read `ref`; and then another bundle is deployed. */
async function afterDeploying(
  texts: readonly string[],
  reads: readonly string[],
  claims: Readonly<Record<string, unknown>>,
) {
  const service = new FakeService(fakeWorld({ policies: BEFORE }));
  const token = service.world.agentToken(claims);
  const form = { ...REPORTS, subject_token: token, idempotency_key: "run-1" };
  const held = await service.start(form);
  const below = await service.delegation(held);
  Object.assign(service.world.ports, { policies: cedarOf(texts, reads) });
  service.world.pass(20);
  return { service, held, below, form };
}

describe("I1: a forbid that is deployed while a task lives", () => {
  const ENVIRONMENT = [PERMIT, NOT_FROM("environment", "production")];

  it("on a claim that no policy read when the task was opened ends its renewals, its repeats and what is opened below it", async () => {
    const { service, held, below, form } = await afterDeploying(ENVIRONMENT, ["environment"], {
      environment: "production",
    });
    const denials = [{ reason: expect.stringMatching(/claim/), hint: expect.stringMatching(/anew/) }];
    const refused = { status: 403, body: { code: "policy_denied" } };
    expect(await service.renew(held)).toMatchObject({ ...refused, body: { ...refused.body, denials } });
    expect(await service.exchange(form)).toMatchObject(refused);
    expect(await service.exchangeDelegation(below, REPORTS)).toMatchObject(refused);
    // A new task is decided on all of its claims.
    expect(
      await service.exchange({ ...REPORTS, subject_token: service.world.agentToken({ environment: "production" }) }),
    ).toMatchObject(refused);
    expect(
      (await service.exchange({ ...REPORTS, subject_token: service.world.agentToken({ environment: "test" }) })).status,
    ).toBe(200);
  });

  it("also ends those of a task whose token did not have the claim: no record names the claim", async () => {
    const { service, held } = await afterDeploying(ENVIRONMENT, ["environment"], {});
    expect(await service.renew(held)).toMatchObject({ status: 403, body: { code: "policy_denied" } });
  });

  it.each([
    ["had and that does not match", { ref: "refs/heads/main" }, 200],
    ["had and that matches", { ref: "refs/heads/other" }, 403],
    ["did not have", {}, 200],
  ] as const)(
    "on a claim that policies read before and that its token %s is decided on that",
    async (_, claims, status) => {
      const { service, held } = await afterDeploying([PERMIT, NOT_FROM("ref", "refs/heads/other")], ["ref"], claims);
      expect((await service.renew(held)).status).toBe(status);
    },
  );

  it("that reads fewer claims than before is decided on those", async () => {
    const { service, held } = await afterDeploying([PERMIT], [], { ref: "refs/heads/main" });
    expect((await service.renew(held)).status).toBe(200);
  });
});

describe("the recorded claims of a token", () => {
  it("are the claims that policies read, the names of those it did not have, and nothing else of it", async () => {
    const service = new FakeService(fakeWorld({ policies: cedarOf([PERMIT], ["ref", "environment"]) }));
    const claims = { ref: "refs/heads/main", email: "carol@acme.test" };
    const { id } = await service.start({ ...REPORTS, subject_token: service.world.agentToken(claims) });
    const task = service.world.ports.tasks.tasks.get(id);
    expect(task?.facts).toMatchObject({ claims: { ref: "refs/heads/main" }, absent: ["environment"] });
    expect(JSON.stringify(task)).not.toContain("carol");
  });
});
