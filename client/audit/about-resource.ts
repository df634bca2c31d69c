import type { ArchivedEvent } from "../../functions/core/archive/entry.ts";
import { taskOfEvent } from "../../functions/core/archive/task-of-event.ts";
import type { Fact } from "../../functions/core/journal/event.ts";
import { disjoint, type Glob, globFromIam } from "../../functions/core/text/glob.ts";
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
 * Finds the events that name a resource: with a pattern that shares a name with the wanted one, so `acme/*` for
 * `acme/a`, and `acme/a` for `acme/*`. A use of an approval is granted what its request asked for.
 * @param wanted ARN, or a pattern of ARNs.
 */
export function aboutResource(events: readonly ArchivedEvent[], wanted: string): AboutResource {
  const glob = globFromIam(wanted);
  const named = new Map(events.map((event) => [event, partsIn(event, glob)]));
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

function partsIn({ type, facts }: ArchivedEvent, wanted: Glob): readonly PartIn[] {
  const isNamed = (named: readonly unknown[]) =>
    named.some((each) => typeof each === "string" && !disjoint(globFromIam(each), wanted));
  const part = DETAILS[type];
  const isDenied = isNamed(items(facts.denials).map((each) => (isFields(each) ? each.target : undefined)));
  const isCalled = type === "escalation.detected" && isNamed([facts.resource]);
  return [
    ...(part !== undefined && isNamed(resourcesIn(facts.details)) ? [part] : []),
    ...(isDenied ? ["denied" as const] : []),
    ...(isCalled ? ["called" as const] : []),
  ];
}

/** Lists the resources of AWS that the details of an intent name. */
const resourcesIn = (details: Fact | undefined): readonly Fact[] =>
  items(details)
    .filter(isFields)
    .flatMap(({ statements, resources }) => [
      ...items(resources),
      ...items(statements)
        .filter(isFields)
        .flatMap((each) => items(each.resources)),
    ]);

/** Id of the approval that an event names. */
function approvalOf(approval: Fact | undefined): string | undefined {
  const id = isFields(approval) ? approval.id : approval;
  return typeof id === "string" ? id : undefined;
}
