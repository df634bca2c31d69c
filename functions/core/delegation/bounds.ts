import type { Catalogue } from "../catalogue/catalogue.ts";
import type { Deployment } from "../deployment/deployment.ts";
import type { Detail } from "../intent/detail.ts";
import type { DetailReaders } from "../intent/detail-reader.ts";
import { spreadIntent } from "../intent/spread-intent.ts";
import type { Permitted } from "../policy/decide.ts";
import type { Bound } from "./contain.ts";
import { joinConditions } from "./inherit-conditions.ts";

/** Makes a bound from permitted pairs: the most that tasks below may be granted. */
export const boundOf = (permitted: readonly Permitted[]): Bound =>
  permitted.map(({ pair, conditions, denies }) => ({
    pair,
    conditions: conditions.map((way) => joinConditions(pair.stated ?? {}, way)),
    denies,
  }));

/** Makes a bound from details alone, without policy: the most that may be requested with a delegation. */
export const boundOfDetails = (
  details: readonly Detail[],
  catalogue: Catalogue,
  readers: DetailReaders = {},
  accounts: Deployment["accounts"] = [],
): Bound =>
  spreadIntent(details, catalogue, readers, accounts).flatMap(({ pairs }) =>
    pairs.map((pair) => ({ pair, conditions: [pair.stated ?? {}], denies: [] })),
  );
