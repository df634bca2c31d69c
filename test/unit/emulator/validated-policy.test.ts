import { runSimulation } from "@cloud-copilot/iam-simulate";
import { expect, it } from "vitest";
import { identityPolicy, resourcePolicy } from "../../../local/emulator/validated-policy.ts";

const document = (more: object) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*", ...more }],
});

const outcome = (identity: object, ofResource?: object) =>
  runSimulation(
    {
      request: {
        principal: "arn:aws:iam::111122223333:role/reader",
        action: "s3:ListAllMyBuckets",
        resource: { resource: "*", accountId: "111122223333" },
        contextVariables: {},
      },
      identityPolicies: [{ name: "rights", policy: identity }],
      ...(ofResource ? { resourcePolicy: ofResource } : {}),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );

it.each([
  ["valid", {}, "single"],
  ["without an effect that IAM knows", { Effect: "Permit" }, "error"],
  ["with a principal", { Principal: "*" }, "error"],
])("a policy %s is to the evaluator what its document is, as a role's and as a resource's", async (_, more, result) => {
  const plain = document(more);
  const asIdentity = await outcome(identityPolicy(plain));
  expect(asIdentity).toEqual(await outcome(plain));
  expect(asIdentity.resultType).toBe(result);
  expect(await outcome(document({}), resourcePolicy(plain))).toEqual(await outcome(document({}), plain));
});

it("a document is validated once", () => {
  const plain = document({});
  expect(identityPolicy(plain)).toBe(identityPolicy(plain));
  expect(identityPolicy(plain)).not.toBe(identityPolicy({ ...plain }));
});
