import { secondsOf } from "./condition-lines.ts";
import type { Statement } from "./iam-text.ts";
import type { Origin, Question, Situation, StatedPolicy } from "./question.ts";

/** Terms of a permit that limit calls. */
export interface Terms {
  /** Epoch seconds. From then on the permit does not hold. */
  readonly endsAt: number;
  readonly isBound: boolean;
  /**
   * True where the permit permits nothing by itself: approval or consent is missing, or its `@maxTtl` cannot be read.
   */
  readonly isNone: boolean;
  readonly outlives: boolean;
}

/** Reads the terms of a permit from its annotations. Source: docs/policies.md. */
export function termsOf({ annotations }: StatedPolicy, { asker }: Pick<Question, "asker">): Terms {
  const { approval, consent, maxTtl, bindIp, outlives } = annotations;
  const duration = /^([1-9][0-9]*)([smh])$/.exec(String(maxTtl));
  const longest =
    duration === null
      ? asker.ttlSeconds
      : Number(duration[1]) * (duration[2] === "s" ? 1 : duration[2] === "m" ? 60 : HOUR);
  return {
    endsAt: asker.openedAt + Math.min(longest, asker.ttlSeconds),
    isBound: bindIp !== undefined,
    isNone:
      !areGiven(approval, asker.approved) ||
      (consent !== undefined && !isGivenByPerson(asker)) ||
      (maxTtl !== undefined && duration === null),
    outlives: outlives !== undefined,
  };
}

/** True where the votes that an annotation requires (`sre=2,security`) were given. */
const areGiven = (approval: string | undefined, approved: Question["asker"]["approved"]): boolean =>
  approval === undefined ||
  approval.split(",").every((entry) => {
    const vote = /^([a-z0-9-]+)(?:=([1-9]))?$/.exec(entry);
    return approved?.some(({ group, count }) => group === vote?.[1] && count >= Number(vote?.[2] ?? 1)) === true;
  });

/** True where the person for whom the agent acts has voted. False where the agent acts for nobody. */
const isGivenByPerson = ({ approved, person }: Question["asker"]): boolean =>
  person !== undefined && approved?.some(({ group, count }) => group === "@person" && count >= 1) === true;

const HOUR = 3_600;

/**
 * Returns the situations that the texts or the policies distinguish. The moments are now, and each turn and the second
 * after it. Turns are each full hour, each end of a term, the fence and each time in a text. The origins are the
 * asker's address; elsewhere, where a text or a permit binds to an address; and an AWS service, where a text
 * distinguishes such calls.
 */
export function situationsOf(
  { asker, fenceAt }: Pick<Question, "asker" | "fenceAt">,
  texts: readonly (readonly Statement[])[],
  terms: readonly Terms[],
): readonly Situation[] {
  const startsAt = Math.floor(asker.atMs / 1_000);
  const lines = texts.flat().flatMap(({ conditions }) => conditions);
  const isRead = (name: string) => lines.some(({ key }) => key.toLowerCase() === name);
  const froms: readonly Origin[] = [
    "the asker's address",
    ...(terms.some((each) => each.isBound) || isRead("aws:sourceip") ? (["elsewhere"] as const) : []),
    ...(isRead("aws:viaawsservice") ? (["an AWS service"] as const) : []),
  ];
  const textTimes = lines
    .filter(({ key }) => key.toLowerCase() === "aws:currenttime")
    .flatMap(({ values }) => values.map(secondsOf))
    .filter(Number.isFinite);
  // All seconds between two turns are alike, so one of them, the first after a turn, is checked. AWS has whole seconds,
  // and a text may name a fraction of one.
  const ends = [...new Set(terms.map(({ endsAt }) => endsAt))];
  const turns = new Set([fenceAt, ...ends, ...textTimes, ...fullHours(startsAt, fenceAt)].map(Math.floor));
  const moments = [startsAt, ...[...turns].flatMap((turn) => [turn, turn + 1])].sort((a, b) => a - b);
  const named = new Map<string, Situation>();
  for (const atSeconds of moments.filter((moment) => moment >= startsAt)) {
    // Stryker disable next-line EqualityOperator: a name says as much by the opposite
    const isOver = ends.map((endsAt) => atSeconds < endsAt);
    // Times of the policy count until the fence; the text's own times count always.
    const policy = atSeconds >= fenceAt || [Math.floor(atSeconds / HOUR), ...isOver].join();
    const times = textTimes.map((each) => Math.sign(atSeconds - each)).join();
    for (const from of froms) {
      const text = `${times} ${from}`;
      const name = `${policy} ${text}`;
      if (!named.has(name)) named.set(name, { atSeconds, from, name, text });
    }
  }
  return [...named.values()];
}

function fullHours(from: number, to: number): readonly number[] {
  const hours: number[] = [];
  for (let hour = (Math.floor(from / HOUR) + 1) * HOUR; hour <= to; hour += HOUR) hours.push(hour);
  return hours;
}
