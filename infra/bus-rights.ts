import type { FunctionName } from "../contract/names.ts";
import {
  BUS_ENDINGS,
  BUS_REQUESTS,
  BUS_SOURCES,
  CONDITION_EVENT,
  ESCALATION_EVENT,
  OCSF_EVENT,
  PERSON_EVENT,
} from "../contract/names.ts";
import { nameIn, type Prefixed } from "../functions/hub-names.ts";
import { busArn, functionRoleArn, type HubScope, type NamedHub } from "./arns.ts";
import { eventIs, inUnits } from "./rights.ts";
import type { Statement } from "./statement.ts";

/** Statement of the bus's own policy. */
export interface BusStatement extends Statement {
  readonly Principal: "*" | { readonly AWS: readonly string[] };
}

/** Rule on the bus that selects events for `intake`, as EventBridge's pattern: each field must have one of the listed values. */
export interface BusRule {
  readonly name: string;
  readonly description: string;
  readonly pattern: {
    readonly source: readonly string[];
    readonly account: readonly string[];
    readonly "detail-type": readonly string[];
  };
}

/** Type of the events by which CloudTrail reports a call. */
export const CALL_EVENT = "AWS API Call via CloudTrail";

/** Type of the events by which CloudTrail reports that a service acted by itself. */
export const SERVICE_EVENT = "AWS Service Event via CloudTrail";

/** Source of the events of AWS Organizations. */
export const ORGANIZATIONS = "aws.organizations";

/** Role of the management account by which EventBridge forwards that an account has left. */
export const heraldRole = (hub: Prefixed): string => nameIn(hub, "herald");

/** Builds the ARN of that role. */
export const heraldArn = (account: string, hub: NamedHub): string =>
  `arn:${hub.partition}:iam::${account}:role/${heraldRole(hub)}`;

/** Functions that find escalations. Only they report one, and they put nothing else on the bus. */
const DETECTORS = ["observe", "exchange"] as const satisfies readonly FunctionName[];

/** Role of each target account by which EventBridge forwards these events, from every Region of the account. */
export const forwarderRole = (hub: Prefixed): string => nameIn(hub, "forwarder");

/** Builds the ARN of that role. @param account account, or `*` for a pattern of all. */
export const forwarderArn = (account: string, hub: NamedHub): string =>
  `arn:${hub.partition}:iam::${account}:role/${forwarderRole(hub)}`;

/** Rule by which an account and Region forwards these events. In any other state than this one, the rule gets no events of reading calls. */
export const forwardingRule = (hub: Prefixed) =>
  ({ name: nameIn(hub, "calls"), state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" }) as const;

/**
 * Builds the bus's policy, which allows publishers to put requests, and nothing else. The rights of valetkey's own functions are in their roles. The policy denies
 * everybody else: otherwise any role of the hub's account with `events:PutEvents` on `*` could put events.
 */
export function busPolicy(scope: HubScope): BusStatement[] {
  const Action = ["events:PutEvents"];
  const Resource = [busArn(scope)];
  const roleOf = (name: FunctionName) => functionRoleArn(name, scope);
  const [collect, detectors] = [roleOf("collect"), DETECTORS.map(roleOf)];
  const signals = roleOf("signals");
  const own = [roleOf("relay"), ...detectors, ...(scope.siem ? [collect] : []), ...(scope.signals ? [signals] : [])];
  // A session's `aws:PrincipalArn` is the ARN of its role.
  const sessionsOf = (publishers: readonly string[]) => publishers.map((each) => principalArn(each, scope, "*"));
  const [enders, setters] = [sessionsOf(scope.publishers), sessionsOf(scope.conditionPublishers)];
  const requests = (Sid: string, publishers: readonly string[], types: readonly string[]): BusStatement => ({
    Sid,
    Effect: "Allow",
    Principal: { AWS: publishers.map((each) => principalArn(each, scope, "root")) },
    Action,
    Resource,
    Condition: eventIs(BUS_SOURCES.request, types),
  });
  const forwarders = forwarderArn("*", scope);
  const targets = [...new Set(scope.targets.map(({ account }) => account))];
  // No caller of PutEvents can use a source that begins with `aws.`, so EventBridge alone forwards such events.
  const calls: BusStatement = {
    Sid: "TargetsForwardCalls",
    Effect: "Allow",
    Principal: "*",
    Action,
    Resource,
    Condition: {
      StringEquals: { "aws:PrincipalAccount": targets },
      ArnLike: { "aws:PrincipalArn": forwarders },
      "ForAllValues:StringEquals": { "events:detail-type": [CALL_EVENT] },
      "ForAllValues:StringLike": { "events:source": ["aws.*"] },
      Null: { "events:source": "false", "events:detail-type": "false" },
      ...(scope.units ? inUnits("aws:PrincipalOrgPaths", scope.units) : {}),
    },
  };
  const { management } = scope;
  const herald = management === undefined ? [] : [heraldArn(management, scope)];
  const membership: BusStatement = {
    Sid: "ManagementTellsOfAccounts",
    Effect: "Allow",
    Principal: { AWS: [`arn:${scope.partition}:iam::${management}:root`] },
    Action,
    Resource,
    Condition: { ArnEquals: { "aws:PrincipalArn": herald }, ...eventIs(ORGANIZATIONS, [SERVICE_EVENT]) },
  };
  const denied = { Effect: "Deny", Principal: "*", Action, Resource } as const;
  // The journal's events cannot end anything, since `intake` accepts none of this type.
  const onlyOcsf: BusStatement = {
    ...denied,
    Sid: "OnlyOcsf",
    Condition: {
      ArnLike: { "aws:PrincipalArn": collect },
      "ForAnyValue:StringNotEquals": { "events:detail-type": OCSF_EVENT },
    },
  };
  // `signals` passes on transmitters' events about people, and puts nothing else on the bus.
  const onlyPeople: BusStatement = {
    ...denied,
    Sid: "OnlyPeople",
    Condition: {
      ArnLike: { "aws:PrincipalArn": signals },
      "ForAnyValue:StringNotEquals": { "events:detail-type": PERSON_EVENT },
    },
  };
  // The policies of the hub's account permit its principals beside this policy, so that no Allow of it limits them.
  const onlySetters: BusStatement = {
    ...denied,
    Sid: "OnlyTheirPublishersSet",
    Condition: {
      ArnNotLike: { "aws:PrincipalArn": setters },
      "ForAnyValue:StringEquals": { "events:detail-type": CONDITION_EVENT },
    },
  };
  const settersOnly: BusStatement = {
    ...denied,
    Sid: "TheyOnlySet",
    Condition: {
      ArnLike: { "aws:PrincipalArn": setters },
      ArnNotLike: { "aws:PrincipalArn": [...own, forwarders, ...herald, ...enders] },
      "ForAnyValue:StringNotEquals": { "events:detail-type": CONDITION_EVENT },
    },
  };
  return [
    ...(enders.length > 0 ? [requests("PublishersRequest", scope.publishers, BUS_ENDINGS)] : []),
    ...(setters.length > 0 ? [requests("PublishersSet", scope.conditionPublishers, [CONDITION_EVENT])] : []),
    ...(targets.length > 0 ? [calls] : []),
    ...(herald.length > 0 ? [membership] : []),
    {
      ...denied,
      Sid: "NobodyElse",
      Condition: {
        ArnNotLike: { "aws:PrincipalArn": [...own, forwarders, ...herald, ...new Set([...enders, ...setters])] },
      },
    },
    {
      ...denied,
      Sid: "OnlyCalls",
      Condition: {
        ArnLike: { "aws:PrincipalArn": forwarders },
        "ForAnyValue:StringNotEquals": { "events:detail-type": CALL_EVENT },
      },
    },
    ...(scope.siem ? [onlyOcsf] : []),
    ...(scope.signals ? [onlyPeople] : []),
    {
      ...denied,
      Sid: "OnlyRequests",
      Condition: {
        ArnNotLike: { "aws:PrincipalArn": [...own, forwarders, ...herald] },
        "ForAnyValue:StringNotEquals": { "events:source": BUS_SOURCES.request },
      },
    },
    ...(setters.length > 0 ? [onlySetters, settersOnly] : []),
    {
      ...denied,
      Sid: "OnlyDetectorsEscalate",
      Condition: {
        ArnNotLike: { "aws:PrincipalArn": detectors },
        "ForAnyValue:StringEquals": { "events:detail-type": ESCALATION_EVENT },
      },
    },
    {
      ...denied,
      Sid: "DetectorsOnlyEscalate",
      Condition: {
        ArnLike: { "aws:PrincipalArn": detectors },
        "ForAnyValue:StringNotEquals": { "events:detail-type": ESCALATION_EVENT },
      },
    },
  ];
}

/** Makes the rule for the management account's events about accounts that have left. Only EventBridge itself can put an event of such a source. */
const departures = (management: string, hub: Prefixed): BusRule => ({
  name: nameIn(hub, "departures"),
  description: "valetkey: accounts that left the organisation, to intake",
  pattern: { source: [ORGANIZATIONS], account: [management], "detail-type": [SERVICE_EVENT] },
});

/** Builds the ARN of a publisher. For an account: its root as a principal (all that the account permits), or all its principals in a condition. */
const principalArn = (publisher: string, { partition }: HubScope, name: "root" | "*"): string =>
  publisher.startsWith("arn:") ? publisher : `arn:${partition}:iam::${publisher}:${name}`;

/** Lists the rules that feed `intake`: valetkey's own events from the hub's account, and requests from the publishers' accounts, if any. */
export function busRules(scope: HubScope): BusRule[] {
  const publishers = [...scope.publishers, ...scope.conditionPublishers];
  const accounts = [...new Set(publishers.map((publisher) => publisher.split(":")[4] ?? publisher))];
  const types = ["task.end", ESCALATION_EVENT, ...(scope.signals ? [PERSON_EVENT] : [])];
  const own: BusRule = {
    name: nameIn(scope, "own-events"),
    description: "valetkey: its own events, to intake",
    pattern: { source: [BUS_SOURCES.own], account: [scope.account], "detail-type": types },
  };
  const requests: BusRule = {
    name: nameIn(scope, "requests"),
    description: "valetkey: publishers' requests, to intake",
    pattern: { source: [BUS_SOURCES.request], account: accounts, "detail-type": BUS_REQUESTS },
  };
  return [
    own,
    ...(accounts.length > 0 ? [requests] : []),
    ...(scope.management === undefined ? [] : [departures(scope.management, scope)]),
  ];
}
