import type { Catalogue } from "../catalogue/catalogue.ts";
import { OWN_ACCOUNT } from "./condition-lines.ts";
import { actionMatcher } from "./iam-pattern.ts";
import type { Statement } from "./iam-text.ts";
import type { StatedRequest } from "./question.ts";
import { typesNamed } from "./tag-sources.ts";

/**
 * Reads a part of the intent as IAM would read Allows of it. The Allows hold in the intent's account alone, since an
 * ARN without an account may be of any account. Beside ARNs, `*` requests only the actions of which no ARN of the part may be a resource:
 * `["s3:ListAllMyBuckets", "s3:GetObject"]` on `["*", "arn:aws:s3:::acme/*"]` requests no object of another bucket.
 */
export function intentStatements(request: StatedRequest, catalogue: Pick<Catalogue, "service">): readonly Statement[] {
  const arns = request.resources.filter((resource) => resource !== "*");
  if (arns.length === 0 || arns.length === request.resources.length) return [statementOf(request)];
  const onNone = statementOf({ ...request, resources: ["*"] });
  const appliesTo = (action: string) => onNone.appliesTo(action) && fitsNone(action, arns, catalogue);
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

/** True where no ARN of the detail may be a resource of the action. Then only `*` can request it. */
function fitsNone(action: string, arns: readonly string[], catalogue: Pick<Catalogue, "service">): boolean {
  const [service = "", name = ""] = action.toLowerCase().split(":");
  const known = catalogue.service(service)?.action(name);
  return known !== undefined && arns.every((arn) => typesNamed(known, arn)?.length === 0);
}
