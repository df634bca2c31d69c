import { actionMatcher } from "./iam-pattern.ts";
import type { Statement } from "./iam-text.ts";
import type { Asking } from "./question.ts";

/** Reads a part of the intent as IAM would read an Allow of it, in its account alone: a resource that names no account may be anybody's. */
export const askedStatement = ({ account, actions, resources, conditions = {} }: Asking): Statement => ({
  effect: "Allow",
  actions: { isNot: false, patterns: actions },
  appliesTo: actionMatcher(actions),
  resources: { isNot: false, patterns: resources },
  conditions: [
    { operator: "StringLike", key: "aws:ResourceAccount", values: [account] },
    ...Object.entries(conditions).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => ({ operator, key, values })),
    ),
  ],
});
