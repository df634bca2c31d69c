import { setTimeout as sleep } from "node:timers/promises";
import {
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  NoSuchEntityException,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { RevocationPolicies, RoleRef } from "../core/ports.ts";
import { REVOCATION_POLICY, REVOKER_ROLE } from "../names.ts";
import { writeUntilKnown } from "./write-until-known.ts";

/** How long one call may take, so that all that a run does ends before the run does. */
const HTTP = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true } as const;

interface Clients {
  readonly reading: IAMClient;
  /** Sends each request once: the SDK's own retries would forget that the first may still be on its way. */
  readonly writing: IAMClient;
}

/**
 * IAM in the target accounts, reached through each account's revoker role. Errors are thrown on: the queue hands the role out again once its
 * visibility time-out is over, and to nobody before, so that nothing is written while the outcome of a write is unknown.
 */
export class IamRevocations implements RevocationPolicies {
  readonly #clients = new Map<string, Clients>();
  readonly #sts = new STSClient({ maxAttempts: 3, requestHandler: HTTP });
  readonly #partition: string;
  readonly #pause: (ms: number) => Promise<void>;

  constructor(partition: string, pause: (ms: number) => Promise<void> = sleep) {
    this.#partition = partition;
    this.#pause = pause;
  }

  async read({
    account,
    role,
  }: RoleRef): Promise<{ readonly ours: string | undefined; readonly foreign: readonly string[] }> {
    const { reading: client } = this.#clientsFor(account);
    const { PolicyNames: names = [] } = await client.send(new ListRolePoliciesCommand({ RoleName: role }));
    const foreign = names.filter((name) => name !== REVOCATION_POLICY);
    if (!names.includes(REVOCATION_POLICY)) return { ours: undefined, foreign };
    const name = { RoleName: role, PolicyName: REVOCATION_POLICY };
    const found = await client.send(new GetRolePolicyCommand(name)).catch(unlessNothingIsThere);
    return { ours: found && decodeURIComponent(found.PolicyDocument ?? ""), foreign };
  }

  async write(where: RoleRef, text: string | undefined): Promise<void> {
    const name = { RoleName: where.role, PolicyName: REVOCATION_POLICY };
    const { writing } = this.#clientsFor(where.account);
    await writeUntilKnown(
      () =>
        text === undefined
          ? writing.send(new DeleteRolePolicyCommand(name)).catch(unlessNothingIsThere)
          : writing.send(new PutRolePolicyCommand({ ...name, PolicyDocument: text })),
      async () => (await this.read(where)).ours === text,
      this.#pause,
    );
  }

  #clientsFor(account: string): Clients {
    const known = this.#clients.get(account);
    if (known) return known;
    // The SDK asks again when the credentials run out.
    const credentials = () => this.#becomeRevoker(account);
    const clients = {
      reading: new IAMClient({ maxAttempts: 3, requestHandler: HTTP, credentials }),
      writing: new IAMClient({ maxAttempts: 1, requestHandler: HTTP, credentials }),
    };
    this.#clients.set(account, clients);
    return clients;
  }

  async #becomeRevoker(account: string) {
    const { Credentials: credentials } = await this.#sts.send(
      new AssumeRoleCommand({
        RoleArn: `arn:${this.#partition}:iam::${account}:role/${REVOKER_ROLE}`,
        RoleSessionName: "valetkey-reconcile",
        DurationSeconds: 900,
      }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration)
      throw new Error("STS answered without credentials");
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    };
  }
}

/** Somebody took it away already. */
function unlessNothingIsThere(error: unknown): undefined {
  if (error instanceof NoSuchEntityException) return undefined;
  throw error;
}
