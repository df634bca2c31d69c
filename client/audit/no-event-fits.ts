import { visibleText } from "../../contract/decision/visible-text.ts";
import type { ArchivedEvent } from "../../functions/core/archive/entry.ts";
import { peopleOf } from "../../functions/core/archive/selection.ts";
import { defined } from "../../functions/core/defined.ts";
import type { Values } from "./command-line.ts";
import { coverageOf } from "./coverage.ts";
import { type StorySelection, select } from "./story.ts";

/** Most names of people that an answer has. */
const MOST_NAMES = 5;

/**
 * Words why a selection has no event: the time that the log covers, and each part of the selection that fits none by
 * itself.
 * @param wanted selection that fits no event.
 * @param values options, as they were typed.
 */
export function noEventFits(events: readonly ArchivedEvent[], wanted: StorySelection, values: Values): string {
  const covers = coverageOf(events);
  if (!covers) return "No event fits: the log has none that can be read.\n";
  const { sinceMs, untilMs } = wanted;
  const found = PARTS.filter(({ member }) => wanted[member] !== undefined);
  const unfit = found.filter(({ member }) => select(events, { [member]: wanted[member] }).length === 0);
  const isGap = select(events, defined({ sinceMs, untilMs })).length === 0;
  const blamed = unfit.length === 0 && isGap ? [GAP] : unfit;
  const lines = [
    `No event fits. The log covers ${covers.from} to ${covers.to}: ${events.length} events.`,
    ...blamed.map(({ option, says }) => `--${option}${values[option] === true ? "" : ` ${values[option]}`}: ${says}.`),
    ...(blamed.length === 0 ? ["Each selection fits some event, and no event fits all of them."] : []),
    ...alikeOf(events, [wanted.person, wanted.approver]),
  ];
  return lines.map((line) => `${visibleText(line)}\n`).join("");
}

/** Option that asks for a part of a selection, with the sentence for a part that fits no event. */
interface Part {
  readonly option: keyof Values;
  readonly says: string;
}

/** Part of a selection that both of its ends make. */
const GAP: Part = { option: "since", says: "nothing happened between it and --until" };

/** Parts of a selection. */
const PARTS: readonly (Part & { readonly member: keyof StorySelection })[] = [
  { member: "sinceMs", option: "since", says: "the log ends before" },
  { member: "untilMs", option: "until", says: "the log begins after it" },
  { member: "aliveAtMs", option: "at", says: "no task had keys then" },
  { member: "task", option: "task", says: "no event is of this task or approval" },
  { member: "agent", option: "agent", says: "no event names this agent" },
  { member: "person", option: "person", says: "no event names this person" },
  { member: "approver", option: "approver", says: "this person decided nothing" },
  { member: "about", option: "resource", says: "no event names this resource, or one inside of it" },
  { member: "isDenied", option: "denied", says: "nothing was refused, denied or found void" },
];

/** Lists the people whom the log has in another case. An issuer's names are compared exactly. */
function alikeOf(events: readonly ArchivedEvent[], asked: readonly (string | undefined)[]): readonly string[] {
  const names = new Set(events.flatMap(({ facts }) => peopleOf(facts)));
  return asked.flatMap((text) => {
    if (!text) return [];
    const alike = [...names].filter((name) => name.toLowerCase().includes(text.toLowerCase()) && !name.includes(text));
    return alike.length === 0
      ? []
      : [`Names are compared with case. The log has ${alike.slice(0, MOST_NAMES).join(", ")}.`];
  });
}
