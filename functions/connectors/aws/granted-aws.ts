import type { AwsDetail } from "../../core/intent/detail.ts";
import type { SessionPolicy } from "../../core/policy/compile.ts";
import type { Permitted } from "../../core/policy/decide.ts";

/** Granted part of one AWS detail. */
export interface GrantedAws {
  readonly detail: AwsDetail;
  /** Index of the detail in the granted intent. */
  readonly index: number;
  readonly permitted: readonly Permitted[];
}

/** Compiles the session policy of permitted pairs, within the limits of one session. */
export type Compile = (permitted: readonly Permitted[]) => SessionPolicy;
