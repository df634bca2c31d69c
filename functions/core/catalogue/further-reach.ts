import type { ParsedArn } from "./arn.ts";
import { compileTemplates, couldBe } from "./arn-template.ts";

/** Resources that a call gives beside the one that IAM is asked about. */
export interface FurtherReach {
  /** A set that holds every one of them. */
  readonly target: string;
  /** `below`: IAM is never asked about them. `name`: they are what the resource asked about stands for. */
  readonly as: "below" | "name";
  /** True where the pattern, as IAM reads it, names some of them. */
  holds(resource: string): boolean;
}

/**
 * Actions that IAM decides by the path, group or store that they are asked of, and not by what lies below and is in their answer; with the form of
 * what lies below. Sources: "How Parameter Store authorizes parameter retrieval", AWS Systems Manager User Guide, for the first; for the others the
 * Service Authorization Reference, which gives them the parent as their only resource.
 */
const ANSWERS_BELOW: Readonly<Record<string, string>> = {
  "ssm:GetParametersByPath": "parameter/${Name}",
  "logs:FilterLogEvents": "log-group:${Group}:log-stream:${Stream}",
  "logs:GetQueryResults": "log-group:${Group}:log-stream:${Stream}",
  "logs:StartLiveTail": "log-group:${Group}:log-stream:${Stream}",
  "logs:StartQuery": "log-group:${Group}:log-stream:${Stream}",
  "cases:SearchAllRelatedItems": "domain/${Domain}/case/${Case}",
  "cases:SearchCases": "domain/${Domain}/case/${Case}",
  "connect:SearchContacts": "instance/${Instance}/contact/${Contact}",
  "iottwinmaker:ExecuteQuery": "workspace/${Workspace}/entity/${Entity}",
  "medical-imaging:SearchImageSets": "datastore/${Datastore}/imageset/${ImageSet}",
};

const WHOLE = Object.fromEntries(
  Object.entries(ANSWERS_BELOW).map(([action, form]) => [action, `arn:*:*:*:*:${form}:`]),
);

/**
 * The same, ready for matching: no name below holds a colon, which a template says by what follows its last variable. `kind`: what stands between the
 * name of a parent and that of a child of another kind (`:log-stream:`); nothing where both are of one kind.
 */
const BELOW = new Map(
  [...compileTemplates(WHOLE, "")].map(([action, templates]) => {
    const kind = /\}(.*)\$\{/.exec(templates.map(({ text }) => text).join())?.[1];
    return [action, { templates, kind }] as const;
  }),
);

/** Resource that an ARN of S3 with an account names: an access point of any kind stands for a bucket, and nobody here knows for which. */
const OF_S3 = /^arn:([^:]*):s3(?:-object-lambda)?:[^:]*:\d+:([^*]*)(\*?)/;
const ACCESS_POINT = "accesspoint/";

/**
 * `furtherReach(action: string, target: string): FurtherReach | undefined`
 *
 * Finds what the action on the target gives besides, where that is known: everything below a path, or some bucket behind an access point.
 */
export function furtherReach(action: string, target: string): FurtherReach | undefined {
  const answers = BELOW.get(action);
  if (answers) {
    const { templates, kind } = answers;
    const below = kind?.startsWith(":") ? `${target.replace(/:\*?$/, "")}:*` : `${target.replace(/\/\*?$/, "")}/*`;
    const holds = (resource: string) =>
      templates.some((form) => couldBe(form, partsOf(`${resource}:`))) &&
      (kind === undefined || isOfKind(resource, kind, below));
    return { target: below, as: "below", holds };
  }
  const [, partition, begins = "", gap] = OF_S3.exec(target) ?? [];
  const isAccessPoint = begins.startsWith(ACCESS_POINT) || (gap === "*" && ACCESS_POINT.startsWith(begins));
  if (partition === undefined || !isAccessPoint) return undefined;
  return { target: `arn:${partition}:s3:::*`, as: "name", holds: () => true };
}

/**
 * Tells that a pattern below the target is about the children. One that goes on with a parent's own name (`log-group:/audit/*` of `log-group:*`) is about
 * parents, which IAM is asked about; so is one of all, by tags that only a parent has.
 */
function isOfKind(resource: string, kind: string, below: string): boolean {
  const head = below.slice(0, below.indexOf("*"));
  return resource.includes(kind) || (resource !== below && resource.startsWith(`${head}*`));
}

/** Text that IAM would write out (`${*}`) counts as a wildcard: that can only hold more. */
function partsOf(resource: string): ParsedArn {
  const [, partition = "", service = "", region = "", account = "", ...rest] = resource
    .replace(/[${}]/g, "")
    .split(":");
  return { text: resource, partition, service, region, account, resource: rest.join(":"), isPattern: true };
}
