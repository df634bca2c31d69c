import type { PolicyDocument } from "./policy-document.ts";
import { randomText } from "./random-text.ts";

/** What a role is made from; `permissions` stand for managed policies, which no call through the API changes. */
export interface RoleSpec {
  readonly name: string;
  readonly trust: PolicyDocument;
  readonly permissions?: Readonly<Record<string, PolicyDocument>>;
  /** Policies of the role's own, as PutRolePolicy puts them. */
  readonly inline?: Readonly<Record<string, PolicyDocument>>;
  readonly boundary?: PolicyDocument;
  /** The managed policy that the boundary is: `iam:PermissionsBoundary` of calls that change the role. */
  readonly boundaryArn?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface InlinePolicy {
  /** As it was put, white space included. */
  readonly text: string;
  readonly document: PolicyDocument;
}

export interface Role {
  readonly account: string;
  readonly name: string;
  readonly arn: string;
  /** `AROA...`: the first half of `aws:userid`. */
  readonly id: string;
  readonly createdAt: number;
  readonly trust: PolicyDocument;
  readonly permissions: Readonly<Record<string, PolicyDocument>>;
  readonly inline: Map<string, InlinePolicy>;
  readonly boundary?: PolicyDocument;
  /** The managed policy that the boundary is: `iam:PermissionsBoundary` of calls that change the role. */
  readonly boundaryArn?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Every role of every account, found by ARN. */
export class Roles {
  readonly #byArn = new Map<string, Role>();

  create(account: string, spec: RoleSpec, createdAt: number): Role {
    const arn = `arn:aws:iam::${account}:role/${spec.name}`;
    if (this.#byArn.has(arn)) throw new Error(`role ${arn} exists already`);
    const role: Role = {
      account,
      name: spec.name,
      arn,
      id: `AROA${randomText(17)}`,
      createdAt,
      trust: spec.trust,
      permissions: spec.permissions ?? {},
      inline: new Map(
        Object.entries(spec.inline ?? {}).map(([name, document]) => [
          name,
          { text: JSON.stringify(document), document },
        ]),
      ),
      tags: spec.tags ?? {},
      ...(spec.boundary === undefined ? {} : { boundary: spec.boundary }),
      ...(spec.boundaryArn === undefined ? {} : { boundaryArn: spec.boundaryArn }),
    };
    this.#byArn.set(arn, role);
    return role;
  }

  find(arn: string): Role | undefined {
    return this.#byArn.get(arn);
  }

  /** How many an account has. */
  count(account: string): number {
    return [...this.#byArn.values()].filter((role) => role.account === account).length;
  }

  named(account: string, name: string): Role | undefined {
    return this.#byArn.get(`arn:aws:iam::${account}:role/${name}`);
  }
}
