import { describe, expect, it } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import type { AwsDetail, ToolDetail } from "../../../../functions/core/intent/detail.ts";
import { spreadIntent } from "../../../../functions/core/intent/spread-intent.ts";
import { grantedDetails, grantedParts } from "../../../../functions/core/policy/grant-details.ts";
import { spelled } from "../../../fakes/samples/spelled.ts";
import { catalogue } from "../catalogue/load-catalogue.ts";
import { ACCOUNT, asPermitted, onAccount, onObjects, onTool } from "./pairs.ts";

const AWS: AwsDetail = {
  type: "aws",
  account: ACCOUNT,
  actions: spelled("s3:*Object"),
  resources: ["arn:aws:s3:::acme/*"],
  conditions: { Bool: { "aws:SecureTransport": ["true"] } },
};
const get = (target: string) => asPermitted(onObjects(target));
const detailsOf = (permitted: Parameters<typeof grantedParts>[1]) =>
  grantedParts(AWS, permitted).map(({ detail }) => detail);
const put = (target: string) => asPermitted(onObjects(target, { action: "s3:PutObject" }));

describe("the details that were granted", () => {
  it("name actions together only where they were permitted on the same resources", () => {
    expect(detailsOf([get("arn:aws:s3:::acme/a"), put("arn:aws:s3:::acme/a")])).toEqual([
      { ...AWS, actions: spelled("s3:GetObject", "s3:PutObject"), resources: ["arn:aws:s3:::acme/a"] },
    ]);
    expect(detailsOf([get("arn:aws:s3:::acme/b"), get("arn:aws:s3:::acme/a"), put("arn:aws:s3:::acme/a")])).toEqual([
      { ...AWS, actions: spelled("s3:GetObject"), resources: ["arn:aws:s3:::acme/a", "arn:aws:s3:::acme/b"] },
      { ...AWS, actions: spelled("s3:PutObject"), resources: ["arn:aws:s3:::acme/a"] },
    ]);
  });

  it("I3: requested again, are the pairs that were permitted and none more", () => {
    const permitted = [get("arn:aws:s3:::acme/b"), get("arn:aws:s3:::acme/a"), put("arn:aws:s3:::acme/a")];
    const pairs = spreadIntent(detailsOf(permitted), catalogue).flatMap((each) => each.pairs);
    const named = ({ action, target }: { action: string; target: string }) => `${action} ${target}`;
    expect(pairs.map(named).toSorted()).toEqual(permitted.map(({ pair }) => named(pair)).toSorted());
  });

  it("are none where nothing was permitted", () => {
    expect(detailsOf([])).toEqual([]);
    expect(grantedDetails({ type: "tool", server: agentId("tickets"), tools: ["search"] }, [])).toEqual([]);
  });

  it("of a tool server name the tools that were permitted", () => {
    const detail: ToolDetail = { type: "tool", server: agentId("tickets"), tools: ["search", "close"] };
    const permitted = [asPermitted(onTool("tickets", "search")), asPermitted(onAccount())];
    expect(grantedDetails(detail, permitted)).toEqual([{ ...detail, tools: ["search"] }]);
  });
});

describe("the permitted part of a connector's detail", () => {
  const detail = { type: "secret", identifiers: ["a"] } as const;

  it("is what its connector makes of the permitted questions, and of no other pair", () => {
    const requests: unknown[] = [];
    const narrow = (_: unknown, questions: readonly unknown[]) => {
      requests.push(...questions);
      return [detail];
    };
    const question = { action: "secret:Read", target: "a" };
    const permitted = [{ pair: { kind: "connector", question } }, get("arn:aws:s3:::acme/a")] as never;
    expect(grantedDetails(detail, permitted, { secret: { narrow } as never })).toEqual([detail]);
    expect(requests).toEqual([question]);
  });

  it("is nothing without that connector", () => {
    expect(grantedDetails(detail, [])).toEqual([]);
  });
});
