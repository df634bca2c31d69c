import type { RevocationQueue, RoleRef } from "../../../functions/core/revocation/roles.ts";

/** Fake queue that records its messages, one batch for each call. */
export class FakeRevocationQueue implements RevocationQueue {
  readonly sent: RoleRef[][] = [];
  before: () => void | Promise<void> = () => undefined;

  async send(roles: readonly RoleRef[]): Promise<void> {
    await this.before();
    this.sent.push([...roles]);
  }
}
