import type { ParsedArn } from "./arn.ts";
import { compileTemplates, couldBe } from "./arn-template.ts";

/** Resources that a call reaches beyond the one that IAM checks. */
export interface FurtherReach {
  /** A set that contains all of these resources. */
  readonly target: string;
  /** `below`: IAM never checks these resources. `name`: the checked resource is another name for them. */
  readonly as: "below" | "name";
  /** Returns whether an IAM pattern matches some of these resources. */
  holds(resource: string): boolean;
}

/**
 * Actions that IAM checks only on a path, group or store, although they return its children; with the ARN form of the
 * children.
 * Source of the first: "How Parameter Store authorizes parameter retrieval", AWS Systems Manager User Guide. Source of
 * the others: the Service Authorization Reference, which lists the parent as their only resource.
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
 * `ANSWERS_BELOW`, compiled for matching. The colon behind the last variable means that no child's name holds a colon.
 * `kind` is the text between the names of a parent and of a child of another kind (`:log-stream:`); undefined where
 * both are of one kind.
 */
const BELOW = new Map(
  [...compileTemplates(WHOLE, "")].map(([action, templates]) => {
    const kind = /\}(.*)\$\{/.exec(templates.map(({ text }) => text).join())?.[1];
    return [action, { templates, kind }] as const;
  }),
);

/**
 * An S3 ARN with an account, such as an access point's. An access point of any kind is another name of a bucket, which
 * its ARN does not name.
 */
const OF_S3 = /^arn:([^:]*):s3(?:-object-lambda)?:[^:]*:\d+:([^*]*)(\*?)/;
const ACCESS_POINT = "accesspoint/";

/**
 * `furtherReach(action: string, target: string): FurtherReach | undefined`
 *
 * Returns the known further resources that an action on the target reaches. These are all children of a path, or the
 * bucket behind an access point.
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
 * True where a pattern below the target covers the children. A pattern that continues a parent's name
 * (`log-group:/audit/*` below `log-group:*`) covers parents, which IAM checks. The pattern of everything does too: only
 * a parent has tags.
 */
function isOfKind(resource: string, kind: string, below: string): boolean {
  const head = below.slice(0, below.indexOf("*"));
  return resource.includes(kind) || (resource !== below && resource.startsWith(`${head}*`));
}

/** Splits a resource for `couldBe`. Escaped text (`${*}`) counts as a wildcard, which can only match more. */
function partsOf(resource: string): ParsedArn {
  const [, partition = "", service = "", region = "", account = "", ...rest] = resource
    .replace(/[${}]/g, "")
    .split(":");
  return { text: resource, partition, service, region, account, resource: rest.join(":"), isPattern: true };
}
