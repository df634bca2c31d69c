import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { PERMISSIONS } from "../../../contract/permissions.ts";
import { CONNECTOR_ACTIONS, DEFINITIONS } from "../../connectors/connectors.ts";
import type { Catalogue } from "../../core/catalogue/catalogue.ts";
import type { CatalogueAction } from "../../core/catalogue/catalogue-action.ts";
import { expandActions } from "../../core/catalogue/expand-actions.ts";
import { groupsOf } from "../../core/catalogue/groups-of.ts";
import { mayNameNone } from "../../core/catalogue/unnamed.ts";
import { remembering } from "./remembering.ts";

type Declaration = { readonly memberOf?: readonly { readonly id: string }[]; readonly appliesTo?: unknown };

type EntityType = { readonly shape: { readonly attributes: Record<string, unknown> } };

const INTENT_CONTEXT = {
  type: "Record",
  attributes: {
    purpose: { type: "String" },
    ttl: { type: "Long" },
    delegation: {
      type: "Record",
      attributes: { depth: { type: "Long" }, chain: { type: "Set", element: { type: "String" } } },
    },
    time: { type: "Record", attributes: { hour: { type: "Long" }, weekday: { type: "Long" } } },
    conditions: { type: "Set", element: { type: "String" } },
    sourceIp: { type: "Extension", name: "ipaddr", required: false },
    // Present only in a task for a person. `onBehalfOf` is the person, in a question about the agent. `actor` is the agent, in one about the person.
    onBehalfOf: {
      type: "Record",
      attributes: {
        issuer: { type: "String" },
        person: { type: "String" },
        groups: { type: "Set", element: { type: "String" } },
      },
      required: false,
    },
    actor: {
      type: "Record",
      attributes: { agent: { type: "String" }, owner: { type: "String" }, team: { type: "String" } },
      required: false,
    },
  },
};
/** Principals of a question to policy: an agent, or the person for whom it acts. */
const PRINCIPALS = ["Agent", "User"] as const;
const EMPTY_CONTEXT = { type: "Record", attributes: {} };
const TEXTS = { type: "Set", element: { type: "String" } };
/** Facts of an operation beside its target: the labels that it adds and removes, or the request that it approves. */
const OPERATION_CONTEXTS: Readonly<Record<string, unknown>> = {
  "valetkey:LabelAgent": { type: "Record", attributes: { added: TEXTS, removed: TEXTS } },
  "valetkey:Approve": {
    type: "Record",
    attributes: { groups: TEXTS, purpose: { type: "String" }, accounts: TEXTS },
  },
};
const operationContext = (name: string) => OPERATION_CONTEXTS[name] ?? EMPTY_CONTEXT;

/** Converts a schema to JSON, each text once. Callers share the answer and must not change it. */
export const schemaOf = remembering(cedar.schemaToJson);

/** Fault of a name that a policy uses. */
export interface SchemaFault {
  readonly name: string;
  readonly problem: string;
}

/** Actions that are always declared, so that a rule on every action is checked against each kind of target. */
const ALWAYS = [
  "s3:GetObject",
  "s3:ListAllMyBuckets",
  "tool:Call",
  ...CONNECTOR_ACTIONS.keys(),
  ...Object.keys(PERMISSIONS),
];

/**
 * Makes the schema for the validation of policies: the entities of `schema.cedarschema` and of the connectors, and the actions that the policies name.
 * With all 22,000 actions, the validation of 200 policies would take 19 seconds; with the named ones, a quarter of a second.
 * @returns the schema, or the fault of each wrong name.
 * @throws {Error} where the entities do not parse. A caller with a file to name checks that first.
 */
export function cedarSchema(
  entities: string,
  named: readonly string[],
  tags: readonly string[],
  catalogue: Catalogue,
): { readonly schema: cedar.SchemaJson<string> } | { readonly faults: readonly SchemaFault[] } {
  const converted = schemaOf(entities);
  if (converted.type === "failure")
    throw new Error(`the schema does not parse: ${converted.errors.map(({ message }) => message).join("; ")}`);
  const actions: Record<string, Declaration> = {};
  const faults: SchemaFault[] = [];
  for (const name of new Set([...ALWAYS, ...named])) {
    const declared = declare(name, catalogue);
    if (typeof declared === "string") faults.push({ name, problem: declared });
    else Object.assign(actions, declared);
  }
  if (faults.length > 0) return { faults };
  const json = structuredClone(converted.json) as Record<
    string,
    { entityTypes: Record<string, EntityType>; actions: unknown }
  >;
  const resource = json.AWS?.entityTypes.Resource;
  // Declares the tags that policies read, each a string. Only AWS knows which tags a resource has.
  if (resource) {
    const attributes = Object.fromEntries([...new Set(tags)].map((name) => [name, { type: "String" }]));
    resource.shape.attributes.tags = { type: "Record", attributes };
  }
  const entityTypes = { ...connectorEntities(), ...json[""]?.entityTypes };
  const schema = { ...json, "": { entityTypes, actions: withGroups(actions) } };
  return { schema: schema as unknown as cedar.SchemaJson<string> };
}

/** Makes the entity types of the connectors' actions. @throws {Error} where a definition's entities do not parse. */
function connectorEntities(): Readonly<Record<string, EntityType>> {
  const converted = schemaOf(DEFINITIONS.map(({ entities }) => entities).join("\n"));
  if (converted.type === "failure")
    throw new Error(`connectors' entities do not parse: ${converted.errors.map(({ message }) => message).join("; ")}`);
  return (converted.json as Record<string, { entityTypes: Record<string, EntityType> }>)[""]?.entityTypes ?? {};
}

function declare(name: string, catalogue: Catalogue): Readonly<Record<string, Declaration>> | string {
  if (name === "tool:Call")
    return { [name]: { appliesTo: { principalTypes: PRINCIPALS, resourceTypes: ["Tool"], context: INTENT_CONTEXT } } };
  const connected = CONNECTOR_ACTIONS.get(name);
  if (connected) {
    const appliesTo = { principalTypes: PRINCIPALS, resourceTypes: [connected.resource], context: INTENT_CONTEXT };
    return { [name]: { memberOf: connected.groups.map((id) => ({ id })), appliesTo } };
  }
  // Groups of connectors' actions are declared with their members, which are always declared.
  if ([...CONNECTOR_ACTIONS.values()].some(({ groups }) => groups.includes(name))) return {};
  if (Object.hasOwn(PERMISSIONS, name)) {
    const memberOf = PERMISSIONS[name as keyof typeof PERMISSIONS].map((id) => ({ id }));
    return {
      [name]: {
        memberOf,
        appliesTo: {
          principalTypes: ["User"],
          resourceTypes: ["Agent", "Deployment"],
          context: operationContext(name),
        },
      },
    };
  }
  if (Object.values(PERMISSIONS).some((groups) => (groups as readonly string[]).includes(name))) return {};
  const members = groupMembers(name, catalogue);
  if (members.length > 0) return Object.assign({}, ...members.map(declareAws));
  if (NO_GROUP.test(name))
    return `\`${name}\` is no group: each such action outlives the task; name it, with \`@outlives("why this is meant")\`.`;
  if (name.includes("*"))
    return `There is no action \`${name}\`: Cedar knows no wildcards there; ${groupsFor(name, catalogue)}.`;
  const found = expandActions(catalogue, [name]);
  if ("problem" in found) return found.problem;
  const [action] = found.actions;
  if (!action || action.name !== name)
    return `There is no action \`${name}\`; did you mean \`${action?.name}\`? Cedar compares names exactly, and a group is \`s3:Read\` or \`aws:Read\`.`;
  return declareAws(action);
}

/** Describes what to write in place of `s3:*`: the groups of the service. */
function groupsFor(name: string, catalogue: Catalogue): string {
  const [service = ""] = name.split(":");
  const prefix = catalogue.service(service) ? service : "aws";
  return `write groups (\`${prefix}:List\`, \`${prefix}:Read\`, \`${prefix}:Write\`), or each action by its name`;
}

const declareAws = (action: CatalogueAction): Readonly<Record<string, Declaration>> => ({
  [action.name]: {
    memberOf: groupsOf(action).map((id) => ({ id })),
    appliesTo: {
      principalTypes: PRINCIPALS,
      resourceTypes: [
        ...(action.resourceTypes.length > 0 ? ["AWS::Resource"] : []),
        ...(action.resourceTypes.length === 0 || mayNameNone(action) ? ["AWS::Account"] : []),
      ],
      context: INTENT_CONTEXT,
    },
  },
});

/** Names of levels that are no group, since every action of these levels mints. */
const NO_GROUP = /^[a-z0-9-]+:(?:Tagging|PermissionsManagement)$/;

const LEVELS = new Set(["List", "Read", "Write", "Tagging", "PermissionsManagement"]);

/** Finds one member of a group such as `s3:Read` for each kind of target. One is enough, since all AWS actions of a kind have the same types. */
function groupMembers(name: string, catalogue: Catalogue): readonly CatalogueAction[] {
  const [service = "", level = ""] = name.split(":");
  if (!LEVELS.has(level)) return [];
  const samples = service === "aws" ? ["s3", "ec2"] : [service];
  const members = samples.flatMap((prefix) => {
    const all = catalogue.service(prefix) ? expandActions(catalogue, [`${prefix}:*`]) : { actions: [] };
    return "problem" in all ? [] : all.actions.filter((action) => groupsOf(action).includes(name));
  });
  return [
    members.find(({ resourceTypes }) => resourceTypes.length > 0),
    members.find(({ resourceTypes }) => resourceTypes.length === 0),
  ].filter((member) => member !== undefined);
}

/** Adds a declaration of every group that an action is in. */
function withGroups(actions: Readonly<Record<string, Declaration>>): Readonly<Record<string, Declaration>> {
  const groups = new Set(Object.values(actions).flatMap(({ memberOf = [] }) => memberOf.map(({ id }) => id)));
  return { ...Object.fromEntries([...groups].map((id) => [id, {}])), ...actions };
}
