import type { ScopeKind } from "../../../contract/names.ts";
import type { DefinedCondition } from "../conditions/defined-condition.ts";
import type { AccountId } from "./account-id.ts";

/** Condition of the world as the deployment defines it. */
export interface DeployedCondition extends DefinedCondition {
  /** Events on the bus that may set it; absent where none may. A condition that permits has none. */
  readonly bus?: BusOfCondition;
}

/** Events on the bus that may set a condition. */
interface BusOfCondition {
  readonly publishers: readonly AccountId[];
  /** Kinds of places in which they may set it. Of accounts, each publisher may name its own alone. */
  readonly scopes: readonly ScopeKind[];
  /** Upper bound on the tasks that end within an hour because of these events. */
  readonly endsAnHour: number;
}
