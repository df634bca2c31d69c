import type { ResourcePair } from "../../../../functions/core/intent/pairs.ts";
import { decide } from "../../../../functions/core/policy/decide.ts";
import { cedarOf } from "../cedar-of.ts";
import { anAsker, onObjects } from "./pairs.ts";

export const REPORTS = "arn:aws:s3:::acme/reports/*";
const on = (effect: string, when: string) =>
  `${effect} (principal, action, resource is AWS::Resource) when { ${when} };`;
export const permit = (when: string) => on("permit", when);
export const forbid = (when: string) => on("forbid", when);
export const PERMIT_ALL = permit("true");

export const verdict = (texts: readonly string[], pair: ResourcePair = onObjects(REPORTS)) =>
  decide(pair, anAsker(), cedarOf(texts));
/** Denies that the session policy has to have, or the reason for the denial. */
export function deniesOf(texts: readonly string[], pair?: ResourcePair): unknown {
  const answer = verdict(texts, pair);
  return "permitted" in answer ? answer.permitted.denies : answer.denied.denial.reason;
}
export const taken = (...resources: string[]) => [{ resources, conditions: {} }];
