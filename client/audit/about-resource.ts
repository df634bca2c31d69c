import type { ArchivedEvent } from "../../functions/core/archive/entry.ts";
import { taskOfEvent } from "../../functions/core/archive/task-of-event.ts";
import type { Fact } from "../../functions/core/journal/event.ts";
import { disjoint, type Glob, globFromIam, matches } from "../../functions/core/text/glob.ts";
import { isFields, items } from "./fact-parts.ts";

/** Part that a resource has in an event. */
export type PartIn = "granted" | "asked" | "denied" | "delegated" | "consented" | "called";

/** Events that name a resource. */
export interface AboutResource {
  /** Parts of the resource, by the hash of the event. */
  readonly parts: ReadonlyMap<string, readonly PartIn[]>;
  /** Paths of tasks with such an event. */
  readonly tasks: ReadonlySet<string>;
}

/**
 * Lists the patterns of the resources that lie inside of a resource and have ARNs of their own: a bucket's objects, a
 * table's indexes, a log group's streams.
 */
export const insideOf = (arn: string): readonly string[] => (/[*/:]$/.test(arn) ? [] : [`${arn}:*`, `${arn}/*`]);

/**
 * Finds the events that name a resource: with a pattern that shares a name with a wanted one, so `acme/*` for `acme/a`,
 * and `acme/a` for `acme/*`. A use of an approval is granted what its request asked for.
 * @param resources ARNs, or patterns of ARNs.
 * @param actions names of actions in lower case, one of which a grant must share; absent for any action.
 */
export function aboutResource(
  events: readonly ArchivedEvent[],
  resources: readonly string[],
  actions?: readonly string[],
): AboutResource {
  const wanted = { resources: resources.map(globFromIam), actions };
  const named = new Map(events.map((event) => [event, partsIn(event, wanted)]));
  const asked = new Set(
    events.filter((event) => named.get(event)?.includes("asked")).map(({ facts }) => approvalOf(facts.approval)),
  );
  const parts = new Map<string, readonly PartIn[]>();
  const tasks = new Set<string>();
  for (const event of events) {
    const approval = event.type === "approval.used" ? approvalOf(event.facts.approval) : undefined;
    const isUse = approval !== undefined && asked.has(approval);
    const found: readonly PartIn[] = isUse ? ["granted"] : (named.get(event) ?? []);
    if (found.length === 0) continue;
    parts.set(event.hash, found);
    const task = taskOfEvent(event);
    if (task !== undefined) tasks.add(task);
  }
  return { parts, tasks };
}

/** Part of the resources in the details of each type of event. */
const DETAILS: Readonly<Record<string, PartIn>> = {
  "task.opened": "granted",
  "approval.asked": "asked",
  "approval.standing": "asked",
  "task.refused": "asked",
  "operation.refused": "asked",
  "delegation.issued": "delegated",
  "consent.given": "consented",
};

/** Calls that are looked for. */
interface Wanted {
  readonly resources: readonly Glob[];
  readonly actions: readonly string[] | undefined;
}

function partsIn({ type, facts }: ArchivedEvent, wanted: Wanted): readonly PartIn[] {
  const isNamed = ({ actions, resources }: Statement) =>
    items(resources).some((each) => typeof each === "string" && sharesName(globFromIam(each), wanted.resources)) &&
    (wanted.actions === undefined || items(actions).some((each) => isOf(each, wanted.actions ?? [])));
  const part = DETAILS[type];
  const denials = items(facts.denials).filter(isFields);
  const isDenied = denials.some(({ action = null, target = null }) =>
    isNamed({ actions: [action], resources: [target] }),
  );
  const { action = null, resource = null } = facts;
  const isCalled = type === "escalation.detected" && isNamed({ actions: [action], resources: [resource] });
  return [
    ...(part !== undefined && statementsIn(facts.details).some(isNamed) ? [part] : []),
    ...(isDenied ? ["denied" as const] : []),
    ...(isCalled ? ["called" as const] : []),
  ];
}

const sharesName = (glob: Glob, wanted: readonly Glob[]): boolean => wanted.some((each) => !disjoint(glob, each));

/** True where the pattern of an action, which IAM reads without case, is of one of the names. */
const isOf = (pattern: Fact, names: readonly string[]): boolean =>
  typeof pattern === "string" && names.some((name) => matches(globFromIam(pattern.toLowerCase()), name));

/** Actions and resources of a grant, as facts that are yet to be checked. */
interface Statement {
  readonly actions?: Fact | undefined;
  readonly resources?: Fact | undefined;
}

/** Lists the statements of the details of an intent that name resources of AWS. */
const statementsIn = (details: Fact | undefined): readonly Statement[] =>
  items(details)
    .filter(isFields)
    .flatMap((detail) => [detail, ...items(detail.statements).filter(isFields)]);

/** Id of the approval that an event names. */
export function approvalOf(approval: Fact | undefined): string | undefined {
  const id = isFields(approval) ? approval.id : approval;
  return typeof id === "string" ? id : undefined;
}
