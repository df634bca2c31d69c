import type { ParsedArn } from "../catalogue/arn.ts";
import { compileTemplates, couldBe } from "../catalogue/arn-template.ts";
import { REACHES_BELOW } from "../iam-facts/reach.ts";

/** Resources that a call reaches beyond the one that IAM checks. */
export interface FurtherReach {
  /** A set that contains all of these resources. */
  readonly target: string;
  /** `below`: IAM never checks these resources. `name`: the checked resource is another name for them. */
  readonly as: "below" | "name";
  /** Returns whether an IAM pattern matches some of these resources. */
  holds(resource: string): boolean;
}

const WHOLE = Object.fromEntries(
  REACHES_BELOW.flatMap(({ actions, children }) =>
    actions.map((action) => [action, `arn:*:*:*:*:${children.replaceAll("NAME", "$" + "{Name}")}:`] as const),
  ),
);

/**
 * The rows, compiled for matching. The colon behind the last variable means that no child's name holds a colon.
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
 * (`log-group:/audit/*` below `log-group:*`) covers parents, which IAM checks, unless it has a star before its end: that
 * star may match past the parent's name (`log-group:/a*secret*`). The pattern of everything covers parents too: only a
 * parent has tags.
 */
function isOfKind(resource: string, kind: string, below: string): boolean {
  const head = below.slice(0, below.indexOf("*"));
  if (resource.includes(kind)) return true;
  return resource !== below && resource.startsWith(head) && /^\*|\*[^*]/.test(resource.slice(head.length));
}

/** Splits a resource for `couldBe`. Escaped text (`${*}`) counts as a wildcard, which can only match more. */
function partsOf(resource: string): ParsedArn {
  const [, partition = "", service = "", region = "", account = "", ...rest] = resource
    .replace(/[${}]/g, "")
    .split(":");
  return { text: resource, partition, service, region, account, resource: rest.join(":"), isPattern: true };
}
