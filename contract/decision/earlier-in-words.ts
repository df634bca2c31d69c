import { counted } from "./counted.ts";

/** Outcomes of an earlier request, in words, in the order in which they are counted. */
const OUTCOMES = {
  approved: "approved",
  uncollected: "approved and not collected",
  denied: "denied",
  withdrawn: "withdrawn",
  expired: "expired",
  cancelled: "ended undecided",
  void: "void",
  pending: "waiting",
} as const;

type Outcome = keyof typeof OUTCOMES;

export const EARLIER_OUTCOMES = Object.keys(OUTCOMES) as [Outcome, ...Outcome[]];

/** Earlier request for the same. */
interface Earlier {
  readonly outcome: string;
  readonly by: readonly string[];
  readonly glass?: true;
}

/** Writes an outcome. One that this program does not know is written as it is. */
const wordOf = (outcome: string): string => (Object.hasOwn(OUTCOMES, outcome) ? OUTCOMES[outcome as Outcome] : outcome);

/**
 * Counts the earlier requests for the same, by outcome.
 * @example earlierInWords(earlier) // "Asked 4 times before, within 30 days: 3 approved, 1 denied."
 */
export function earlierInWords({
  requests,
  cut,
}: {
  readonly requests: readonly Pick<Earlier, "outcome">[];
  readonly cut: boolean;
}): string {
  const older = cut ? " The agent has asked so often that older requests were not read." : "";
  if (requests.length === 0) return `No earlier request for this within 30 days that you may see.${older}`;
  const outcomes = requests.map(({ outcome }) => outcome);
  const counts = [...new Set<string>([...EARLIER_OUTCOMES, ...outcomes])]
    .map((outcome) => ({ outcome, count: outcomes.filter((each) => each === outcome).length }))
    .filter(({ count }) => count > 0)
    .map(({ outcome, count }) => `${count} ${wordOf(outcome)}`);
  const times = `${cut ? "at least " : ""}${counted(requests.length, "time")}`;
  return `Asked ${times} before, within 30 days: ${counts.join(", ")}.${older}`;
}

/**
 * Writes the outcome of one earlier request, and who decided.
 * @param nameOf writes a person, such as `staff|bob`.
 * @example outcomeInWords(request, String) // "denied by staff|bob"
 */
export function outcomeInWords({ outcome, by, glass }: Earlier, nameOf: (person: string) => string): string {
  const people = by.length === 0 ? "" : ` by ${by.map(nameOf).join(" and ")}`;
  return `${wordOf(outcome)}${people}${glass ? " alone, who broke the glass" : ""}`;
}
