import type { Catalogue } from "../catalogue/catalogue.ts";
import { OWN_ACCOUNT } from "./condition-lines.ts";
import { actionMatcher } from "./iam-pattern.ts";
import type { Statement } from "./iam-text.ts";
import type { StatedRequest } from "./question.ts";

/**
 * Reads a part of the intent as IAM would read Allows of it. The Allows hold in the intent's account alone, since an
 * ARN without an account may be of any account. Beside ARNs, `*` requests only the actions that have no resource types:
 * `["s3:ListAllMyBuckets", "s3:GetObject"]` on `["*", "arn:aws:s3:::acme/*"]` requests no object of another bucket.
 */
export function intentStatements(request: StatedRequest, catalogue: Pick<Catalogue, "service">): readonly Statement[] {
  const arns = request.resources.filter((resource) => resource !== "*");
  if (arns.length === 0 || arns.length === request.resources.length) return [statementOf(request)];
  const onNone = statementOf({ ...request, resources: ["*"] });
  const appliesTo = (action: string) => onNone.appliesTo(action) && hasNoTypes(action, catalogue);
  return [statementOf({ ...request, resources: arns }), { ...onNone, appliesTo }];
}

const statementOf = ({ account, actions, resources, conditions = {} }: StatedRequest): Statement => ({
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

function hasNoTypes(action: string, catalogue: Pick<Catalogue, "service">): boolean {
  const [service = "", name = ""] = action.toLowerCase().split(":");
  return catalogue.service(service)?.action(name)?.resourceTypes.length === 0;
}
