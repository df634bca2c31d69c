import { CONTROLS } from "./controls/controls.ts";

/** Controls that have an event of their own, by the types of events that show them at work. */
const BY_EVENT: ReadonlyMap<string, readonly string[]> = new Map(
  [...new Set(CONTROLS.flatMap(({ events = [] }) => events))].map((type) => [
    type,
    CONTROLS.filter(({ events = [] }) => events.includes(type)).map(
      ({ id, title, verdict }) => `      ${id} ${title} (${verdict.replace("_", " ")})`,
    ),
  ]),
);

/** Lists the controls that an event shows at work, one a line: `NHI5 Overprivileged NHI (met)`. */
export const controlsOf = (type: string): string => (BY_EVENT.get(type) ?? []).map((text) => `${text}\n`).join("");
