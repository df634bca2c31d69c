import type { Catalogue } from "../catalogue/catalogue.ts";
import type { Connectors } from "../connectors/connector.ts";
import type { ConditionBlock, Detail } from "../intent/detail.ts";
import { spreadIntent } from "../intent/spread-intent.ts";
import type { Permitted } from "../policy/decide.ts";
import type { Bound } from "./contain.ts";
import { joinConditions } from "./inherit-conditions.ts";

/** What was permitted of one detail, as the measure of what may be opened below. */
export const boundOf = (detail: Detail, permitted: readonly Permitted[]): Bound =>
  permitted.map(({ pair, conditions, denies }) => ({
    pair,
    conditions: conditions.map((way) => joinConditions(statedIn(detail), way)),
    denies,
  }));

/** What details allow by themselves, whatever policy says of them: those of a delegation, which says what may be asked for at most. */
export const boundOfDetails = (details: readonly Detail[], catalogue: Catalogue, connectors: Connectors = {}): Bound =>
  spreadIntent(details, catalogue, connectors).flatMap(({ detail, pairs }) =>
    pairs.map((pair) => ({ pair, conditions: [statedIn(detail)], denies: [] })),
  );

/** The conditions that a detail states itself. */
export const statedIn = (detail: Detail): ConditionBlock =>
  detail.type === "aws" ? (detail.conditions ?? NONE) : NONE;

const NONE: ConditionBlock = {};
