import type { Catalogue } from "../catalogue/catalogue.ts";
import { expandActions } from "../catalogue/expand-actions.ts";
import { isProblem } from "../catalogue/problem.ts";
import type { Account, Deployment } from "../deployment/deployment.ts";
import type { HeldActions } from "../deployment/held-in.ts";
import { digestOf } from "../deployment/manifest.ts";
import { ceilingPlaceOf } from "./ceiling.ts";
import { DEFAULT_CEILING } from "./ceiling-actions.ts";
import { exceptionsOf } from "./exceptions.ts";
import { heldLists } from "./held-lists.ts";

/**
 * Lists the actions of an account's ceiling by the catalogue, its exceptions included. The task roles are held to the
 * names by a Deny of everything else.
 * @returns undefined where the names do not fit into the managed policies of a role. Tasks are then held to the
 * ceiling's patterns alone.
 */
export function heldActions(
  { ceiling = DEFAULT_CEILING, exceptions }: Pick<Account, "ceiling" | "exceptions">,
  catalogue: Catalogue,
): HeldActions | undefined {
  const excepted = exceptionsOf(exceptions).map(({ action }) => action);
  const key = JSON.stringify([ceiling, excepted]);
  const own = known.get(catalogue) ?? new Map<string, HeldActions | undefined>();
  known.set(catalogue, own);
  if (!own.has(key)) own.set(key, spelledOut(ceiling, excepted, catalogue));
  return own.get(key);
}

/** Cache by catalogue: most accounts of a deployment have the same ceiling. */
const known = new WeakMap<Catalogue, Map<string, HeldActions | undefined>>();

function spelledOut(
  ceiling: readonly string[],
  excepted: readonly string[],
  catalogue: Catalogue,
): HeldActions | undefined {
  // A ceiling that allows everything cannot be spelled out.
  if (ceiling.includes("*")) return undefined;
  const within = ceiling
    .flatMap((entry) => namesOf(entry, catalogue))
    .filter((action) => ceilingPlaceOf(action, { ceiling }) === "within");
  const actions = [...new Set([...within, ...excepted])].sort();
  if (heldLists(actions) === undefined) return undefined;
  return { mark: digestOf(actions.join("\n")).slice(0, 16), actions };
}

/** Adds to a deployment the names to which each account's task roles are held. */
export function withHeldActions<T extends Pick<Deployment, "accounts">>(
  deployment: T,
  catalogue: Catalogue,
): T & Pick<Deployment, "accounts" | "held"> {
  const found = deployment.accounts.map((account) => ({ account, names: heldActions(account, catalogue) }));
  return {
    ...deployment,
    accounts: found.map(({ account, names }) => (names ? { ...account, held: names.mark } : account)),
    held: Object.fromEntries(found.flatMap(({ names }) => (names ? [[names.mark, names.actions]] : []))),
  };
}

/**
 * Returns the actions that an entry of a ceiling names. A name that the catalogue lacks stays: the platform team may
 * know better.
 */
function namesOf(entry: string, catalogue: Catalogue): readonly string[] {
  const expanded = expandActions(catalogue, [entry]);
  if (!isProblem(expanded)) return expanded.actions.map(({ name }) => name);
  return entry.includes("*") ? [] : [entry];
}
