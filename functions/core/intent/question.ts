import type { Entity } from "../entity.ts";

/** Question for policy: one action on one target. */
export interface Question {
  /** Cedar action: `postgres:Select`. */
  readonly action: string;
  /** Groups of actions that policies may name: `postgres:Read`. */
  readonly groups: readonly string[];
  /** Name of the resource in denials and records: `orders/public.invoices`. */
  readonly target: string;
  readonly resource: Entity;
}
