import type { Policies } from "../../functions/core/policy/query.ts";
import { FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, DEPLOYMENT, fakeWorld, policiesWith } from "../fakes/world/world.ts";

/** The agent may read all reports; people of support may read those of the north, and Pat those of the south besides. */
export const POLICIES = policiesWith(`
@id("agents") permit (principal in Team::"demo", action == Action::"s3:GetObject", resource is AWS::Resource)
when { resource.arn like "arn:aws:s3:::acme-data/reports/*" };
@id("support") permit (principal is User in Group::"staff|support", action == Action::"s3:GetObject", resource is AWS::Resource)
when { resource.arn like "arn:aws:s3:::acme-data/reports/north/*" || resource.arn like "arn:aws:s3:::acme-data/private/*" };
@id("pat") permit (principal == User::"staff|pat", action == Action::"s3:GetObject", resource is AWS::Resource)
when { resource.arn like "arn:aws:s3:::acme-data/reports/south/*" };
@id("closed") forbid (principal is User, action == Action::"s3:GetObject", resource is AWS::Resource)
when { resource.arn like "*/reports/north/closed/*" };
`);

/** Service under these policies. */
export const serve = (policies: Policies = POLICIES, deployment = DEPLOYMENT) =>
  new FakeService(fakeWorld({ policies, deployment }));
/** Intent to read these objects. */
export const reads = (...names: readonly string[]) => ({
  authorization_details: JSON.stringify([
    {
      type: "aws",
      account: ACCOUNT,
      actions: ["s3:GetObject"],
      resources: names.map((name) => `arn:aws:s3:::acme-data/${name}`),
    },
  ]),
});
export const NORTH = reads("reports/north/*");
