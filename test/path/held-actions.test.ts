import { describe, expect, it } from "vitest";
import { heldActions, withHeldActions } from "../../functions/core/ceiling/held-actions.ts";
import { ceiling, heldDenies } from "../../infra/target-rights.ts";
import { FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { evaluate } from "../property/second-evaluator/evaluate.ts";
import type { PolicyDocument } from "../property/second-evaluator/policy.ts";
import { catalogue } from "../unit/core/catalogue/load-catalogue.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

watchWorlds();

const DESCRIBES = {
  authorization_details: JSON.stringify([
    { type: "aws", account: ACCOUNT, actions: ["ec2:Describe*"], resources: ["*"] },
  ]),
};
const ALL = 'permit (principal, action in Action::"ec2:List", resource);';

function serve(policies: readonly string[], isHeld = true) {
  const world = fakeWorld();
  const { deployment } = world.ports;
  const held = isHeld ? withHeldActions(deployment, catalogue) : deployment;
  return new FakeService(world, { ...world.ports, deployment: held, policies: cedarOf(policies) });
}

const textOf = ({ world }: FakeService): string => String(world.ports.sessions.asked[0]?.policy);

describe("ec2:Describe*, which is too long to be spelled out", () => {
  it("is granted as prefixes that match nothing else to which the role is held, and proven", async () => {
    const service = serve([ALL, 'permit (principal, action in Action::"ec2:Read", resource);']);
    expect((await service.exchange(DESCRIBES)).status).toBe(200);
    expect(textOf(service).length).toBeLessThan(2_049);
    expect(textOf(service)).toContain("ec2:Describe*");
  });

  it("is refused where the account's roles are held to patterns alone", async () => {
    const service = serve([ALL, 'permit (principal, action in Action::"ec2:Read", resource);'], false);
    expect(await service.exchange(DESCRIBES)).toMatchObject({ status: 400, body: { code: "intent_too_large" } });
  });

  it("leaves out by its prefixes what policy does not permit", async () => {
    const but = 'forbid (principal, action == Action::"ec2:DescribeVolumes", resource);';
    const service = serve([ALL, 'permit (principal, action in Action::"ec2:Read", resource);', but]);
    expect((await service.exchange({ ...DESCRIBES, mode: "narrow" })).status).toBe(200);
    const document = JSON.parse(textOf(service)) as PolicyDocument;
    const mark = heldActions({}, catalogue)?.mark ?? "";
    expect(tried(document, "ec2:DescribeVolumeStatus", mark)).toBe(true);
    expect(tried(document, "ec2:DescribeVolumes", mark)).toBe(false);
  });
});

describe("an action that AWS adds later", () => {
  it("is allowed by the session policy's prefix and the ceiling's pattern, and denied by the role's own policies", async () => {
    const service = serve([ALL, 'permit (principal, action in Action::"ec2:Read", resource);']);
    await service.exchange(DESCRIBES);
    const document = JSON.parse(textOf(service)) as PolicyDocument;
    const mark = heldActions({}, catalogue)?.mark ?? "";
    const future = "ec2:DescribeFutures";
    expect([tried(document, future, mark), most(future)]).toEqual([true, true]);
    expect(["ec2:DescribeVpcs", future].map((action) => isDenied(action))).toEqual([false, true]);
  });

  it("is not even allowed by the session policy in a role of an older or a newer ceiling", async () => {
    const service = serve([ALL, 'permit (principal, action in Action::"ec2:Read", resource);']);
    await service.exchange(DESCRIBES);
    const document = JSON.parse(textOf(service)) as PolicyDocument;
    for (const mark of ["", "0123456789abcdef"]) {
      expect(tried(document, "ec2:DescribeVpcs", mark)).toBe(false);
      expect(tried(document, "ec2:DescribeFutures", mark)).toBe(false);
    }
  });
});

/** Statements of the session policy about the action, in a role with that mark. */
const tried = (document: PolicyDocument, action: string, mark: string): boolean =>
  evaluate(document, { action, resource: "*", context: contextWith(mark) }) === "allowed";

const contextWith = (mark: string) => ({
  "aws:PrincipalTag/valetkey:held": mark,
  "aws:CurrentTime": "2000-01-01T00:00:00Z",
});

const documentOf = (...statements: readonly object[]) =>
  ({ Version: "2012-10-17", Statement: statements }) as unknown as PolicyDocument;

const most = (action: string): boolean =>
  evaluate(documentOf(...ceiling("aws").allow), { action, resource: "*", context: {} }) === "allowed";

function isDenied(action: string): boolean {
  const held = heldActions({}, catalogue);
  const denies = held ? heldDenies(held) : [];
  return denies.some((deny) => evaluate(documentOf(deny), { action, resource: "*", context: {} }) === "explicit deny");
}
