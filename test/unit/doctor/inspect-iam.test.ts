import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { inspectIam } from "../../../client/doctor/inspect-iam.ts";
import { accountId } from "../../../functions/core/deployment/account-id.ts";
import { IAM_REGIONS } from "../../../functions/core/deployment/partition-of.ts";
import { regionNamed } from "../../../functions/core/deployment/region.ts";

const account = (id: string, fence?: string) => ({
  id: accountId(id),
  region: regionNamed("eu-central-1"),
  taskRoles: 1,
  ...(fence === undefined ? {} : { fence }),
});
const hubIn = (region: string) => ({ account: accountId("999900001111"), region: regionNamed(region) });
const [FIRST, SECOND] = ["111122223333", "444455556666"] as const;

describe("what doctor reports of IAM", () => {
  it.each([
    ["eu-central-1", /of the partition aws, in us-east-1 alone; .*: 15m$/],
    ["cn-north-1", /of the partition aws-cn, in cn-north-1 alone/],
    ["us-gov-east-1", /of the partition aws-us-gov, in us-gov-west-1 alone/],
  ])("names the Region of its control plane, for a hub in %s", (region, found) => {
    expect(inspectIam({ hub: hubIn(region), accounts: [account(FIRST)] })).toMatchObject({
      state: "ok",
      found: expect.stringMatching(found),
    });
  });

  it("names shorter fences, and the longest one only where an account has it", () => {
    const found = (...accounts: ReturnType<typeof account>[]) =>
      inspectIam({ hub: hubIn("eu-central-1"), accounts }).found;
    expect(found(account(FIRST, "2m"), account(SECOND))).toMatch(/: 2m in 111122223333, 15m$/);
    expect(found(account(FIRST, "2m"), account(SECOND, "5m"))).toMatch(/: 2m in 111122223333, 5m in 444455556666$/);
  });

  it.each(Object.entries(IAM_REGIONS))(
    "SECURITY.md and docs/architecture.md have the Region of %s: %s",
    (_, region) => {
      for (const page of ["SECURITY.md", "docs/architecture.md"])
        expect(readFileSync(page, "utf8"), page).toContain(`\`${region}\``);
    },
  );
});
