import {
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { RevocationPolicies, RoleRef } from "../core/ports.ts";
import { REVOCATION_POLICY, REVOKER_ROLE } from "../names.ts";

/** IAM in the target accounts, reached through each account's revoker role. Errors are thrown on: the queue tries again. */
export class IamRevocations implements RevocationPolicies {
  readonly #clients = new Map<string, IAMClient>();
  readonly #sts = new STSClient({ maxAttempts: 3 });
  readonly #partition: string;

  constructor(partition: string) {
    this.#partition = partition;
  }

  async read({
    account,
    role,
  }: RoleRef): Promise<{ readonly ours: string | undefined; readonly foreign: readonly string[] }> {
    const client = this.#clientFor(account);
    const { PolicyNames: names = [] } = await client.send(new ListRolePoliciesCommand({ RoleName: role }));
    const foreign = names.filter((name) => name !== REVOCATION_POLICY);
    if (!names.includes(REVOCATION_POLICY)) return { ours: undefined, foreign };
    const { PolicyDocument: text = "" } = await client.send(
      new GetRolePolicyCommand({ RoleName: role, PolicyName: REVOCATION_POLICY }),
    );
    return { ours: decodeURIComponent(text), foreign };
  }

  async write({ account, role }: RoleRef, text: string | undefined): Promise<void> {
    const name = { RoleName: role, PolicyName: REVOCATION_POLICY };
    const client = this.#clientFor(account);
    if (text === undefined) await client.send(new DeleteRolePolicyCommand(name));
    else await client.send(new PutRolePolicyCommand({ ...name, PolicyDocument: text }));
  }

  #clientFor(account: string): IAMClient {
    const known = this.#clients.get(account);
    if (known) return known;
    // The SDK asks again when the credentials run out.
    const client = new IAMClient({ maxAttempts: 3, credentials: () => this.#becomeRevoker(account) });
    this.#clients.set(account, client);
    return client;
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
