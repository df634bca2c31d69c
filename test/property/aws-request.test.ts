import { expect, it } from "vitest";
import { type Call, requestsOf } from "./aws-request.ts";

const INSTANCE = "arn:aws:ec2:us-east-1:111122223333:instance/";
const call = (name: string): Call => ({
  action: "ec2:StartInstances",
  resource: `${INSTANCE}${name}`,
  resourceAccount: "111122223333",
  tags: { env: "prod" },
  bucketTags: {},
  hasAbac: false,
  atMs: 0,
  sourceIp: undefined,
});

it.each(["i-0", "a/b", "x\ny", "\n", "x\u2028y"])("AWS sends the tags of a resource with the name %j", async (name) => {
  const requests = await requestsOf(call(name));
  expect(requests.map(({ context }) => context["aws:ResourceTag/env"])).toEqual(["prod"]);
});
