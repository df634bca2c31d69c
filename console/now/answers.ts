import type { Read } from "../../contract/operation.ts";
import type { PanicState } from "../../contract/panic.ts";

/** Overview, as the API answers it. */
export interface Overview {
  readonly live: number;
  readonly agents: readonly { readonly id: string; readonly name: string; readonly live: number }[];
  readonly approvals: readonly { readonly group: string; readonly waiting: number }[];
  /** Number of the last day's escalations among the latest; `more` where there are more. */
  readonly escalations: { readonly found: number; readonly more: boolean };
  readonly panic: Read<PanicState>;
  readonly halted_accounts: readonly HaltedAccount[];
}

export interface HaltedAccount {
  readonly account: string;
  readonly region: string;
  readonly halted_at?: string;
  readonly halted_by?: string;
  readonly reason?: string;
}
