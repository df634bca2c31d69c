import type { RevocationPolicies } from "../../../functions/core/revocation/policy-writes.ts";
import type { RoleRef } from "../../../functions/core/revocation/roles.ts";

/** Fake of the task roles' inline policies, by `account/role`. */
export class FakeRevocations implements RevocationPolicies {
  readonly texts = new Map<string, string>();
  readonly foreign = new Map<string, readonly string[]>();
  /** `account/role` of every write, in order. */
  readonly writes: string[] = [];
  /** Outcome of a write that succeeds. */
  outcome: "done" | "may land again" = "done";
  before: (method: string, role: RoleRef) => void | Promise<void> = () => undefined;

  async read(role: RoleRef): Promise<{ readonly ours: string | undefined; readonly foreign: readonly string[] }> {
    await this.before("read", role);
    return { ours: this.texts.get(nameOf(role)), foreign: this.foreign.get(nameOf(role)) ?? [] };
  }

  async write(role: RoleRef, text: string | undefined, _untilMs: number): Promise<"done" | "may land again"> {
    await this.before("write", role);
    this.writes.push(nameOf(role));
    if (text === undefined) this.texts.delete(nameOf(role));
    else this.texts.set(nameOf(role), text);
    return this.outcome;
  }
}

const nameOf = ({ account, role }: RoleRef): string => `${account}/${role}`;
