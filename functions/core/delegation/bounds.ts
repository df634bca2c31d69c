import type { Catalogue } from "../catalogue/catalogue.ts";
import type { Connectors } from "../connectors/connector.ts";
import type { ConditionBlock, Detail } from "../intent/detail.ts";
import { spreadIntent } from "../intent/spread-intent.ts";
import type { Permitted } from "../policy/decide.ts";
import type { Bound } from "./contain.ts";
import { joinConditions } from "./inherit-conditions.ts";

/** Makes a bound of the pairs that were permitted of a detail: the most that tasks below may get. */
export const boundOf = (detail: Detail, permitted: readonly Permitted[]): Bound =>
  permitted.map(({ pair, conditions, denies }) => ({
    pair,
    conditions: conditions.map((way) => joinConditions(statedIn(detail), way)),
    denies,
  }));

/** Makes a bound of details alone, whatever policy permits of them: the most that may be requested with a delegation. */
export const boundOfDetails = (details: readonly Detail[], catalogue: Catalogue, connectors: Connectors = {}): Bound =>
  spreadIntent(details, catalogue, connectors).flatMap(({ detail, pairs }) =>
    pairs.map((pair) => ({ pair, conditions: [statedIn(detail)], denies: [] })),
  );

/** Returns the conditions that a detail states itself. */
export const statedIn = (detail: Detail): ConditionBlock =>
  detail.type === "aws" ? (detail.conditions ?? NONE) : NONE;

const NONE: ConditionBlock = {};
