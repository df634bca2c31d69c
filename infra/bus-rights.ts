import { BUS_REQUESTS, BUS_SOURCES } from "../functions/names.ts";
import { busArn, eventIs, functionRoleArn, type HubScope, type Statement } from "./rights.ts";

/** One statement of the bus's own policy. */
export interface BusStatement extends Statement {
  readonly Principal: "*" | { readonly AWS: readonly string[] };
}

/** A rule on the bus: what an event must be, for `intake` to be given it. EventBridge's pattern: each field one of these. */
export interface BusRule {
  readonly name: string;
  readonly description: string;
  readonly pattern: {
    readonly source: readonly string[];
    readonly account: readonly string[];
    readonly "detail-type": readonly string[];
  };
}

/**
 * Who may put events on the bus. The relay has its right from its own role; publishers have theirs from here, for requests alone. And
 * everybody else is denied, since within the hub's account any role with `events:PutEvents` on `*` could speak otherwise.
 */
export function busPolicy(scope: HubScope): BusStatement[] {
  const Action = ["events:PutEvents"];
  const Resource = [busArn(scope)];
  const relay = functionRoleArn("relay", scope.partition, scope.account);
  const principals = scope.publishers.map((publisher) => principalArn(publisher, scope, "root"));
  // `aws:PrincipalArn` is a role's own ARN in all of its sessions.
  const allowed = scope.publishers.map((publisher) => principalArn(publisher, scope, "*"));
  const requests: BusStatement = {
    Sid: "PublishersRequest",
    Effect: "Allow",
    Principal: { AWS: principals },
    Action,
    Resource,
    Condition: eventIs(BUS_SOURCES.request, BUS_REQUESTS),
  };
  const denied = { Effect: "Deny", Principal: "*", Action, Resource } as const;
  return [
    ...(principals.length > 0 ? [requests] : []),
    { ...denied, Sid: "NobodyElse", Condition: { ArnNotLike: { "aws:PrincipalArn": [relay, ...allowed] } } },
    {
      ...denied,
      Sid: "OnlyRequests",
      Condition: {
        ArnNotEquals: { "aws:PrincipalArn": [relay] },
        "ForAnyValue:StringNotEquals": { "events:source": BUS_SOURCES.request },
      },
    },
  ];
}

/** An account is `root` as a principal, which stands for all that the account lets do so, and any of its principals in a condition. */
const principalArn = (publisher: string, { partition }: HubScope, name: "root" | "*"): string =>
  publisher.startsWith("arn:") ? publisher : `arn:${partition}:iam::${publisher}:${name}`;

/** What is handed to `intake`: our own events from our own account, and requests from the accounts that are listed, if any. */
export function busRules(scope: HubScope): BusRule[] {
  const accounts = [...new Set(scope.publishers.map((publisher) => publisher.split(":")[4] ?? publisher))];
  const own: BusRule = {
    name: "valetkey-own-events",
    description: "valetkey: what it says to itself",
    pattern: { source: [BUS_SOURCES.own], account: [scope.account], "detail-type": ["task.end"] },
  };
  const requests: BusRule = {
    name: "valetkey-requests",
    description: "valetkey: endings that are asked for from outside",
    pattern: { source: [BUS_SOURCES.request], account: accounts, "detail-type": BUS_REQUESTS },
  };
  return accounts.length > 0 ? [own, requests] : [own];
}
