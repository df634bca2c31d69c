import { setTimeout as sleep } from "node:timers/promises";
import {
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  ListRolePoliciesCommand,
  NoSuchEntityException,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import type { Deployment } from "../../core/deployment/deployment.ts";
import type { Clock } from "../../core/ports.ts";
import type { RevocationPolicies } from "../../core/revocation/policy-writes.ts";
import type { RoleRef } from "../../core/revocation/roles.ts";
import { REVOCATION_POLICY } from "../../names.ts";
import { RevokerSessions } from "../sts/revoker-sessions.ts";
import { writeUntilKnown } from "./write-until-known.ts";

/**
 * Revocation policies in the target accounts' IAM. Rethrows errors: the queue delivers the role again once no earlier
 * write can still land.
 */
export class IamRevocations implements RevocationPolicies {
  readonly #sessions: RevokerSessions;
  readonly #pause: (ms: number) => Promise<void>;

  constructor(
    hub: Pick<Deployment, "partition" | "prefix">,
    clock: Clock,
    pause: (ms: number) => Promise<void> = sleep,
  ) {
    this.#sessions = new RevokerSessions(hub, clock);
    this.#pause = pause;
  }

  async read({
    account,
    role,
  }: RoleRef): Promise<{ readonly ours: string | undefined; readonly foreign: readonly string[] }> {
    const client = this.#sessions.reader(account);
    const { PolicyNames: names = [] } = await client.send(new ListRolePoliciesCommand({ RoleName: role }));
    const foreign = names.filter((name) => name !== REVOCATION_POLICY);
    if (!names.includes(REVOCATION_POLICY)) return { ours: undefined, foreign };
    const name = { RoleName: role, PolicyName: REVOCATION_POLICY };
    const found = await client.send(new GetRolePolicyCommand(name)).catch(unlessNothingIsThere);
    return { ours: found && decodeURIComponent(found.PolicyDocument ?? ""), foreign };
  }

  async write(
    { account, role }: RoleRef,
    text: string | undefined,
    untilMs: number,
  ): Promise<"done" | "may land again"> {
    const name = { RoleName: role, PolicyName: REVOCATION_POLICY };
    const client = await this.#sessions.writer(account, untilMs);
    return writeUntilKnown(
      () =>
        text === undefined
          ? client.send(new DeleteRolePolicyCommand(name)).catch(unlessNothingIsThere)
          : client.send(new PutRolePolicyCommand({ ...name, PolicyDocument: text })),
      this.#pause,
    );
  }
}

/** Ignores the error that the policy does not exist, since the policy was removed already. */
function unlessNothingIsThere(error: unknown): undefined {
  if (error instanceof NoSuchEntityException) return undefined;
  throw error;
}
