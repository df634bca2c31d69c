import type { Fact, Facts } from "../../functions/core/journal/event.ts";

/** True for a fact with members. */
export const isFields = (fact: Fact | undefined): fact is Facts =>
  typeof fact === "object" && fact !== null && !Array.isArray(fact);

/** Items of a fact that is a list; none for any other fact. */
export const items = (fact: Fact | undefined): readonly Fact[] => (Array.isArray(fact) ? fact : []);
