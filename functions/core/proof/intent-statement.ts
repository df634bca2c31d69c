import { OWN_ACCOUNT } from "./condition-lines.ts";
import { actionMatcher } from "./iam-pattern.ts";
import type { Statement } from "./iam-text.ts";
import type { StatedRequest } from "./question.ts";

/**
 * Reads a part of the intent as IAM would read an Allow of it. The Allow holds in the intent's account alone, since an
 * ARN without an account may be of any account.
 */
export const intentStatement = ({ account, actions, resources, conditions = {} }: StatedRequest): Statement => ({
  effect: "Allow",
  actions: { isNot: false, patterns: actions },
  appliesTo: actionMatcher(actions),
  resources: { isNot: false, patterns: resources },
  conditions: [
    { operator: "StringLike", key: OWN_ACCOUNT, values: [account] },
    ...Object.entries(conditions).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => ({ operator, key, values })),
    ),
  ],
});
