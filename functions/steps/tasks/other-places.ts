import type { Denial } from "../../../contract/refusals.ts";
import type { Account } from "../../core/deployment/deployment.ts";
import type { Pair, ResourcePair } from "../../core/intent/pairs.ts";
import type { Verdict } from "../../core/policy/decide.ts";

/** Bounds on the decisions that one denial may cost besides its own. */
const MOST = { pairs: 12, places: 20 } as const;

/** Denied pair with its denial. */
export interface DeniedPair {
  readonly pair: Pair;
  readonly denial: Denial;
  /** True where the denial has a hint already. */
  readonly hasHint: boolean;
}

interface Place {
  readonly account: Account["id"];
  readonly region: string;
}

/**
 * Adds a hint to each denied resource that policy would permit in another account, or in another Region. A wrong account is a common first request of a
 * model, and looks like a missing policy.
 * @param decide decides a pair as the request was decided.
 */
export function nameOtherPlaces(
  denied: readonly DeniedPair[],
  accounts: readonly Account[],
  decide: (pair: Pair) => Verdict,
): readonly Denial[] {
  let left: number = MOST.pairs;
  return denied.map(({ pair, denial, hasHint }) => {
    if (hasHint || pair.kind !== "resource" || pair.wantsAll || left === 0) return denial;
    left -= 1;
    const place = placesFor(pair, accounts).find((each) => "permitted" in decide(movedTo(pair, each)));
    return place ? { ...denial, hint: `Policy covers it in ${inWords(pair, place)}: ask for it there.` } : denial;
  });
}

function placesFor({ account, region }: ResourcePair, accounts: readonly Account[]): readonly Place[] {
  const all = accounts
    .filter(({ retired }) => !retired)
    .flatMap(({ id, region: home, regions = [] }) =>
      (region === "" ? [""] : [home, ...regions]).map((each) => ({ account: id, region: each })),
    );
  // Another Region of the same account comes first: one change is easier to see than two.
  const ordered = [
    ...all.filter((each) => each.account === account),
    ...all.filter((each) => each.account !== account),
  ];
  return ordered.filter((each) => each.account !== account || each.region !== region).slice(0, MOST.places);
}

function movedTo(pair: ResourcePair, { account, region }: Place): ResourcePair {
  const parts = pair.target.split(":");
  if (pair.region !== "") parts[3] = region;
  if (pair.arnNamesAccount) parts[4] = account;
  return { ...pair, account, region, target: parts.join(":") };
}

function inWords(pair: ResourcePair, { account, region }: Place): string {
  const named = [
    ...(account === pair.account ? [] : [`account ${account}`]),
    ...(region === pair.region ? [] : [`Region ${region}`]),
  ];
  return named.join(", ");
}
