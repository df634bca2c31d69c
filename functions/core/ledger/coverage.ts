import type { AwsDetail, Detail } from "../intent/detail.ts";

/** Pair of action and resource that an agent asked for. */
export interface AskedPair {
  readonly action: string;
  readonly resource: string;
}

/** Pair that a task was granted in an account. */
export interface GrantedPair extends AskedPair {
  readonly account: string;
}

/** Lists the pairs of an AWS detail; none of any other. */
export function pairsOf(detail: Detail): readonly GrantedPair[] {
  if (!isAws(detail)) return [];
  const { account, actions, resources } = detail;
  return actions.flatMap((action) => resources.map((resource) => ({ account, action, resource })));
}

const isAws = (detail: Detail): detail is AwsDetail => detail.type === "aws";
