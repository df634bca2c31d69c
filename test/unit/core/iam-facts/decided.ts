import { regionNamed } from "../../../../functions/core/deployment/region.ts";
import type { AwsDetail } from "../../../../functions/core/intent/detail.ts";
import { spreadIntent } from "../../../../functions/core/intent/spread-intent.ts";
import { decide } from "../../../../functions/core/policy/decide.ts";
import type { Deny } from "../../../../functions/core/policy/decide-set.ts";
import { spelled } from "../../../fakes/samples/spelled.ts";
import { catalogue } from "../catalogue/load-catalogue.ts";
import { cedarOf } from "../cedar-of.ts";
import { ACCOUNT, anAsker } from "../policy/pairs.ts";
import { PERMIT_ALL } from "../policy/sets.ts";

/** Decides a pair under a permit of everything and the forbids. */
export function verdictOn(action: string, resource: string, ...forbids: readonly string[]) {
  const detail: AwsDetail = { type: "aws", account: ACCOUNT, actions: spelled(action), resources: [resource] };
  const [pair] = spreadIntent([detail], catalogue, {}, [{ id: ACCOUNT, region: regionNamed("us-east-1") }]).flatMap(
    ({ pairs }) => pairs,
  );
  if (pair === undefined) throw new Error(`nothing is asked for: ${action} on ${resource}`);
  return decide(pair, anAsker(), cedarOf([PERMIT_ALL, ...forbids]));
}

/** Returns the Denies with which the pair is granted. */
export function decided(action: string, resource: string, ...forbids: readonly string[]): readonly Deny[] {
  const verdict = verdictOn(action, resource, ...forbids);
  if ("denied" in verdict) throw new Error(verdict.denied.denial.reason);
  return verdict.permitted.denies;
}
