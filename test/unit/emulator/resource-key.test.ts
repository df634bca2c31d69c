import { expect, it } from "vitest";
import type { PolicyDocument } from "../../../local/emulator/policy-document.ts";
import { resourceKey } from "../../../local/emulator/resource-key.ts";

const policyOn = (...Resource: string[]): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource }],
});

const areOne = (policy: PolicyDocument, ...resources: string[]): boolean =>
  new Set(resources.map((resource) => resourceKey(resource, [policy]))).size === 1;

it("objects of a bucket that match the same patterns have one key", () => {
  const policy = policyOn("arn:aws:s3:::reports/a/*", "*");
  expect(areOne(policy, "arn:aws:s3:::reports/a/1", "arn:aws:s3:::reports/a/2")).toBe(true);
  expect(areOne(policy, "arn:aws:s3:::reports/a/1", "arn:aws:s3:::reports/b/1")).toBe(false);
});

it.each([
  ["of two buckets", policyOn("*"), "arn:aws:s3:::one/a", "arn:aws:s3:::two/a"],
  ["with a line break", policyOn("arn:aws:s3:::one/a*z"), "arn:aws:s3:::one/a\nz", "arn:aws:s3:::one/b"],
  ["with a colon", policyOn("arn:aws:s3:::one/a:?"), "arn:aws:s3:::one/a:b", "arn:aws:s3:::one/a:bc"],
  ["with a dot", policyOn("arn:aws:s3:::one/a.b"), "arn:aws:s3:::one/a.b", "arn:aws:s3:::one/axb"],
  ["where a pattern is no whole ARN", policyOn("arn:aws:s3:*/secret"), "arn:aws:s3:::one/secret", "arn:aws:s3:::one/a"],
])("objects %s have two keys, since a policy could distinguish them", (_, policy, one, other) => {
  expect(areOne(policy, one, other)).toBe(false);
});

it("the key of another resource is its whole name", () => {
  expect(resourceKey("arn:aws:sqs:us-east-1:111122223333:jobs", [policyOn("*")])).toBe(
    "arn:aws:sqs:us-east-1:111122223333:jobs",
  );
});
