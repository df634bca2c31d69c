import type { PolicyDocument } from "./policy-document.ts";
import { randomText } from "./random-text.ts";

/** Definition of a role. `permissions` replace managed policies, which no API call changes. */
export interface RoleSpec {
  readonly name: string;
  readonly trust: PolicyDocument;
  readonly permissions?: Readonly<Record<string, PolicyDocument>>;
  /** Policies of the role's own, as PutRolePolicy puts them. */
  readonly inline?: Readonly<Record<string, PolicyDocument>>;
  readonly boundary?: PolicyDocument;
  /** ARN of the boundary, a managed policy: `iam:PermissionsBoundary` in calls that change the role. */
  readonly boundaryArn?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface InlinePolicy {
  /** Text as it was written, white space included. */
  readonly text: string;
  readonly document: PolicyDocument;
}

type Inline = ReadonlyMap<string, InlinePolicy>;

/**
 * Inline policies of a role. A write is visible to reads at once, and takes effect later. Instants are epoch
 * milliseconds.
 */
export class InlinePolicies {
  /** Inline policies in the order of their writes. */
  #states: readonly { readonly actsAt: number; readonly policies: Inline }[];

  constructor(policies: Inline) {
    this.#states = [{ actsAt: Number.NEGATIVE_INFINITY, policies }];
  }

  /** True where there is no inline policy, neither in effect nor written and not yet in effect. */
  get isEmpty(): boolean {
    return this.#states.every(({ policies }) => policies.size === 0);
  }

  /** Inline policies as reads return them: a write is visible at once. */
  get written(): Inline {
    return this.#states.at(-1)?.policies ?? new Map();
  }

  /** Inline policies that decide calls: those of the last write in effect. */
  actingAt(now: number): Inline {
    return this.#states.findLast(({ actsAt }) => actsAt <= now)?.policies ?? new Map();
  }

  put(name: string, policy: InlinePolicy, when: WrittenAt): void {
    this.#write(new Map([...this.written, [name, policy]]), when);
  }

  /** @returns true where a policy of that name existed. */
  delete(name: string, when: WrittenAt): boolean {
    if (!this.written.has(name)) return false;
    this.#write(new Map([...this.written].filter(([other]) => other !== name)), when);
    return true;
  }

  #write(policies: Inline, { now, actsAt }: WrittenAt): void {
    const acting = this.#states.findLastIndex((state) => state.actsAt <= now);
    this.#states = [...this.#states.slice(acting), { actsAt, policies }];
  }
}

/** Moments at which a write was made and takes effect. */
export interface WrittenAt {
  readonly now: number;
  readonly actsAt: number;
}

export interface Role {
  readonly account: string;
  readonly name: string;
  readonly arn: string;
  /** `AROA...`: the first half of `aws:userid`. */
  readonly id: string;
  readonly createdAt: number;
  readonly trust: PolicyDocument;
  /** Managed policies of the last deployment. */
  permissions: Readonly<Record<string, PolicyDocument>>;
  readonly inline: InlinePolicies;
  readonly boundary?: PolicyDocument;
  /** ARN of the boundary, a managed policy: `iam:PermissionsBoundary` in calls that change the role. */
  readonly boundaryArn?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Roles of all accounts, found by ARN, and the managed policies that callers made. */
export class Roles {
  readonly #byArn = new Map<string, Role>();
  /** Managed policies by ARN. */
  readonly policies = new Map<string, PolicyDocument>();

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
      inline: new InlinePolicies(
        new Map(
          Object.entries(spec.inline ?? {}).map(([name, document]) => [
            name,
            { text: JSON.stringify(document), document },
          ]),
        ),
      ),
      tags: spec.tags ?? {},
      ...(spec.boundary === undefined ? {} : { boundary: spec.boundary }),
      ...(spec.boundaryArn === undefined ? {} : { boundaryArn: spec.boundaryArn }),
    };
    this.#byArn.set(arn, role);
    return role;
  }

  remove(arn: string): void {
    this.#byArn.delete(arn);
  }

  find(arn: string): Role | undefined {
    return this.#byArn.get(arn);
  }

  /** Replaces the permissions of a role. The new ones apply to its sessions at once. */
  replacePermissions(account: string, name: string, permissions: Role["permissions"]): void {
    const role = this.named(account, name);
    if (!role) throw new Error(`account ${account} has no role ${name}`);
    role.permissions = permissions;
  }

  /** True for a managed policy that bounds a role. */
  isBoundary(arn: string): boolean {
    return [...this.#byArn.values()].some(({ boundaryArn }) => boundaryArn === arn);
  }

  /** Number of an account's roles. */
  count(account: string): number {
    return [...this.#byArn.values()].filter((role) => role.account === account).length;
  }

  named(account: string, name: string): Role | undefined {
    return this.#byArn.get(`arn:aws:iam::${account}:role/${name}`);
  }
}
