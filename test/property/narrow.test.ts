import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import type { AwsDetail } from "../../functions/core/intent/detail.ts";
import { spreadIntent } from "../../functions/core/intent/spread-intent.ts";
import { grantedParts } from "../../functions/core/policy/grant-details.ts";
import { spelled } from "../fakes/samples/spelled.ts";
import { catalogue } from "../unit/core/catalogue/load-catalogue.ts";
import { asPermitted } from "../unit/core/policy/pairs.ts";

const ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:ListAllMyBuckets", "sqs:SendMessage"];
const RESOURCES = [
  ...["arn:aws:s3:::acme", "arn:aws:s3:::acme/a", "arn:aws:s3:::acme/b/*", "*"],
  "arn:aws:sqs:us-east-1:111122223333:jobs",
];

/** Any subset of a detail's pairs, as policy could have permitted it. */
const granted = fc
  .record({ actions: fc.subarray(ACTIONS, { minLength: 1 }), keep: fc.array(fc.boolean(), { minLength: 25 }) })
  .map(({ actions, keep }) => {
    const detail: AwsDetail = {
      type: "aws",
      account: accountId("111122223333"),
      actions: spelled(...actions),
      resources: RESOURCES,
    };
    const fits = (resource: string, action: string) => {
      const kind = action.startsWith("sqs:") ? /sqs/ : /List/.test(action) ? /acme$|^\*$/ : /acme\//;
      return kind.test(resource) && (resource === "*") === (action === "s3:ListAllMyBuckets");
    };
    const resources = RESOURCES.filter((resource) => actions.some((action) => fits(resource, action)));
    const [spread] = spreadIntent([{ ...detail, resources }], catalogue);
    return { detail, pairs: (spread?.pairs ?? []).filter((_, index) => keep[index]) };
  });

const named = (pairs: readonly { readonly action: string; readonly target: string }[]) =>
  new Set(pairs.map(({ action, target }) => `${action} on ${target}`));

describe("the details of a grant", () => {
  it("expand to exactly the granted pairs when they are read again, so a renewal grants no more", () => {
    fc.assert(
      fc.property(granted, ({ detail, pairs }) => {
        const details = grantedParts(detail, pairs.map(asPermitted)).map((part) => part.detail);
        const again = spreadIntent(details, catalogue).flatMap((spread) => spread.pairs);
        expect(named(again)).toEqual(named(pairs));
        expect(again).toHaveLength(pairs.length);
      }),
    );
  });

  it("expand to more pairs, and the property fails, where actions share a detail whatever their resources", () => {
    const widens = fc.property(granted, ({ detail, pairs }) => {
      const resources = [...new Set(pairs.map(({ target }) => target))];
      const one = { ...detail, actions: spelled(...new Set(pairs.map(({ action }) => action))), resources };
      const again = pairs.length === 0 ? [] : spreadIntent([one], catalogue).flatMap((spread) => spread.pairs);
      return again.length === pairs.length;
    });
    expect(fc.check(widens, { seed: 1 }).failed).toBe(true);
  });
});
