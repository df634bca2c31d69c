import type { EventType } from "../../../contract/journal-types.ts";
import type { ControlId, FrameworkName } from "./frameworks.ts";

/** Verdicts on a control: fulfilled, fulfilled in part, the duty of somebody else, or missing. */
export type Verdict = "met" | "partly" | "not_ours" | "gap";

/** Change of a mechanism's code that switches the mechanism off. */
export interface SwitchOff {
  readonly file: string;
  /** Text that is in the file exactly once. */
  readonly find: string;
  readonly put: string;
}

/**
 * Test that attacks a claim: its file and the start of its titles, `test/path/panic.test.ts > while everything is
 * halted (I5)`.
 */
export interface Attack {
  readonly test: string;
  /** Change with which the attack succeeds, so that the test turns red. */
  readonly without: SwitchOff;
}

/** Claim of valetkey about a control. */
export interface Claim {
  readonly title: string;
  readonly verdict: Verdict;
  readonly claim: string;
  /** Places of the code that fulfil the claim: `functions/tasks/introspect.ts#introspect`. */
  readonly mechanism: readonly string[];
  readonly attacks: readonly Attack[];
  /** Ids of controls whose mechanisms and attacks cover this one as well. */
  readonly through?: readonly ControlId[];
  /** Types of journal events in which an auditor sees the control at work. */
  readonly events?: readonly EventType[];
  /** Parts of the control that are missing. */
  readonly limits?: string;
  /** Work that is left to the operators of a deployment. */
  readonly yours: string;
}

/** Claims about the controls of every framework. */
export type Claims = { readonly [Name in FrameworkName]: { readonly [Id in ControlId<Name>]: Claim } };

/** Control of a framework, with valetkey's claim about it. */
export interface Control extends Claim {
  readonly framework: FrameworkName;
  readonly id: ControlId;
}
