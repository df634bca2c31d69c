/** Action on a resource, in an account. */
interface Pair {
  readonly action: string;
  readonly resource: string;
}

/** Row of a ledger, as far as it shows the use of a grant. */
interface LedgerRow extends Pair {
  readonly granted: boolean;
  readonly used: number;
  readonly visibility: string;
  /** Time of the earliest call; absent where there was none. */
  readonly first?: number | undefined;
}

/**
 * Use of a granted pair by one task. `used`: a call was made, or tried and denied. `unused`: a call would have come,
 * and none did. `not_seen`: a call may have been made, since its event could not come, or names the grant in another way.
 */
export type UseOfGrant = "used" | "unused" | "not_seen";

/** Calls beyond the bound of a ledger's rows. */
const BEYOND = "other";
/** End of a service's name in events that IAM has no action for. */
const SUFFIX = ".amazonaws.com";

/**
 * Judges the use of each granted pair by the ledger of one task. Every doubt is `not_seen`.
 * @param rows whole ledger of the task, an hour or more after its end: CloudTrail is late.
 * @param pairs all pairs that the task was granted.
 */
export function usesOfGrants(rows: readonly LedgerRow[], pairs: readonly Pair[]): (pair: Pair) => UseOfGrant {
  // Beyond the bound of rows, a use may have no row of its own.
  const isWhole = !rows.some(({ action }) => action === BEYOND);
  const isExplained = explainedIn(rows, pairs);
  return (pair) => {
    const unused = rows.find(
      (row) => row.action === pair.action && row.resource === pair.resource && row.granted && !isUse(row),
    );
    if (!unused) return "used";
    return isWhole && isVisible(unused) && isExplained(pair) ? "unused" : "not_seen";
  };
}

/** True for a row with calls: only such a row has a first call. */
export const isUse = ({ first }: Pick<LedgerRow, "first">): boolean => first !== undefined;

const isVisible = ({ visibility }: LedgerRow): boolean =>
  visibility === "management" || visibility === "data_event_selected";

/**
 * Finds the pairs whose use is not in doubt. AWS may have allowed a call that no grant names, since CloudTrail names some calls in another way than IAM.
 * Then one of the service's grants allowed the call, and it is unknown which. An event of a service that no pair names puts every pair in doubt.
 * @returns true for a pair without an unexplained use.
 */
function explainedIn(rows: readonly LedgerRow[], pairs: readonly Pair[]): (pair: Pair) => boolean {
  const granted = new Set(pairs.map(serviceOf));
  const unexplained = new Set(
    rows
      .filter(({ action, granted: isGranted, used }) => !isGranted && used > 0 && action !== BEYOND)
      .map((row) => ({ service: serviceOf(row), isMapped: !row.action.includes(SUFFIX) }))
      .filter(({ service, isMapped }) => granted.has(service) || (!isMapped && service !== "sts"))
      .map(({ service }) => (granted.has(service) ? service : "*")),
  );
  return (pair) => !unexplained.has("*") && !unexplained.has(serviceOf(pair));
}

const serviceOf = ({ action }: Pair): string => action.split(":", 1)[0]?.replace(SUFFIX, "") ?? "";
