import { queryAnswer } from "../answers.ts";
import { parsePolicy, parseTrust } from "../policy-document.ts";
import { encodeRfc3986 } from "../rfc3986.ts";
import type { Role, Roles, WrittenAt } from "../roles.ts";
import type { Call, Caller, Service } from "../service.ts";
import { ServiceError } from "../service-error.ts";
import type { Answer } from "../wire-request.ts";
import type { XmlTree } from "../xml.ts";
import { QueryInput } from "./query-input.ts";

const NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/";
/** Characters of all inline policies of a role, white space not counted. Source: IAM quotas. */
const INLINE_LIMIT_CHARACTERS = 10_240;
const ROLE_NAME = /^[\w+=,.@-]{1,64}$/;
const POLICY_NAME = /^[\w+=,.@-]{1,128}$/;

type Operation = (role: Role, query: QueryInput, when: WrittenAt, roles: Roles) => XmlTree | Promise<XmlTree>;

/** Describes a role. IAM sends policies percent-encoded. */
function describedRole(role: Role): XmlTree {
  return {
    Role: {
      Path: "/",
      RoleName: role.name,
      RoleId: role.id,
      Arn: role.arn,
      CreateDate: new Date(role.createdAt).toISOString(),
      AssumeRolePolicyDocument: encodeRfc3986(JSON.stringify(role.trust)),
      MaxSessionDuration: 3600,
      ...(role.boundaryArn === undefined
        ? {}
        : {
            PermissionsBoundary: {
              PermissionsBoundaryType: "Policy",
              PermissionsBoundaryArn: role.boundaryArn,
            },
          }),
    },
  };
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  GetRole: describedRole,
  ListAttachedRolePolicies: (role) => ({
    AttachedPolicies: {
      member: Object.keys(role.permissions).map((name) => ({
        PolicyName: name,
        PolicyArn: `arn:aws:iam::${role.account}:policy/${name}`,
      })),
    },
    IsTruncated: "false",
  }),
  ListRolePolicies: (role) => ({ PolicyNames: { member: [...role.inline.written.keys()] }, IsTruncated: "false" }),
  GetRolePolicy: (role, query) => {
    const name = policyName(query);
    const policy = role.inline.written.get(name) ?? notFound(`The role policy with name ${name} cannot be found.`);
    return { RoleName: role.name, PolicyName: name, PolicyDocument: encodeRfc3986(policy.text) };
  },
  PutRolePolicy: async (role, query, when) => {
    await putInlinePolicy(role, policyName(query), query.text("PolicyDocument") ?? "", when);
    return {};
  },
  DeleteRole: (role, _, __, roles) => {
    if (role.inline.written.size + Object.keys(role.permissions).length > 0)
      throw new ServiceError("DeleteConflict", "Cannot delete entity, must delete policies first.", 409);
    roles.remove(role.arn);
    return {};
  },
  DeleteRolePolicy: (role, query, when) => {
    const name = policyName(query);
    if (!role.inline.delete(name, when)) notFound(`The role policy with name ${name} cannot be found.`);
    return {};
  },
};

/**
 * IAM: roles, their inline policies, managed policies that bound roles, and the account summary.
 * @param when moment of now, and the moment at which a write of now takes effect.
 */
export function iamService(roles: Roles, when: () => WrittenAt): Service {
  return {
    name: "iam",
    format: "query",
    open(request, caller): Call {
      const query = new QueryInput(request);
      const operation = query.action;
      if (operation === "GetAccountSummary") return accountSummary(caller, roles);
      if (operation === "CreateRole") return createRole(query, caller, roles, when);
      if (operation === "CreatePolicy" || operation === "DeletePolicy")
        return managedPolicyCall(operation, query, caller, roles);
      const run = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
      if (!run) throw new ServiceError("InvalidAction", `The embedded IAM does not do ${operation || "that"}.`, 400);
      const roleName = query.text("RoleName") ?? "";
      if (!ROLE_NAME.test(roleName)) throw invalid("roleName", roleName);
      return iamCall(operation, caller, roleName, roles, (role) => run(role, query, when(), roles));
    },
  };
}

/**
 * CreateRole, without a path or managed policies. The role has only inline policies, within a boundary that a caller
 * made.
 */
function createRole(query: QueryInput, { account }: Caller, roles: Roles, when: () => WrittenAt): Call {
  const name = query.text("RoleName") ?? "";
  if (!ROLE_NAME.test(name)) throw invalid("roleName", name);
  if ((query.text("Path") ?? "/") !== "/")
    throw new ServiceError("InvalidAction", "The embedded IAM makes no role with a path.", 400);
  const boundaryArn = query.text("PermissionsBoundary");
  return {
    operation: "CreateRole",
    needs: [{ action: "iam:CreateRole", resource: `arn:aws:iam::${account}:role/${name}`, resourceAccount: account }],
    perform: async () => {
      if (roles.named(account, name)) throw new ServiceError("EntityAlreadyExists", `Role ${name} exists.`, 409);
      const trust = parseTrust(query.text("AssumeRolePolicyDocument") ?? "");
      const boundary = boundaryArn === undefined ? undefined : roles.policies.get(boundaryArn);
      if (boundaryArn !== undefined && !boundary) notFound(`Policy ${boundaryArn} does not exist.`);
      const spec = { name, trust, tags: Object.fromEntries(query.pairs("Tags")) };
      const bounded = boundary === undefined || boundaryArn === undefined ? {} : { boundary, boundaryArn };
      const role = roles.create(account, { ...spec, ...bounded }, when().now);
      return queryAnswer("CreateRole", await describedRole(role), NAMESPACE);
    },
  };
}

/** CreatePolicy and DeletePolicy: managed policies, which are boundaries of roles and are never attached. */
function managedPolicyCall(operation: string, query: QueryInput, { account }: Caller, roles: Roles): Call {
  const isNew = operation === "CreatePolicy";
  const arn = isNew ? `arn:aws:iam::${account}:policy/${policyName(query)}` : (query.text("PolicyArn") ?? "");
  return {
    operation,
    needs: [{ action: `iam:${operation}`, resource: arn, resourceAccount: account }],
    perform: async () => {
      if (isNew === roles.policies.has(arn))
        throw isNew ? new ServiceError("EntityAlreadyExists", `Policy ${arn} exists.`, 409) : notFound(`No ${arn}.`);
      if (isNew) roles.policies.set(arn, parsePolicy(query.text("PolicyDocument") ?? ""));
      else if (roles.isBoundary(arn)) throw new ServiceError("DeleteConflict", "The policy bounds a role.", 409);
      else roles.policies.delete(arn);
      return queryAnswer(operation, isNew ? { Policy: { Arn: arn } } : {}, NAMESPACE);
    },
  };
}

/** Answers GetAccountSummary, with the entries that valetkey reads. */
const accountSummary = ({ account }: Caller, roles: Roles): Call => ({
  operation: "GetAccountSummary",
  needs: [{ action: "iam:GetAccountSummary", resource: "*", resourceAccount: account }],
  perform: () => {
    const entry = [
      { key: "Roles", value: String(roles.count(account)) },
      { key: "RolesQuota", value: "1000" },
    ];
    return queryAnswer("GetAccountSummary", { SummaryMap: { entry } }, NAMESPACE);
  },
});

function iamCall(
  operation: string,
  caller: Caller,
  roleName: string,
  roles: Roles,
  run: (role: Role) => XmlTree | Promise<XmlTree>,
): Call {
  const role = roles.named(caller.account, roleName);
  const tags = Object.entries(role?.tags ?? {}).map(([key, value]) => [`aws:ResourceTag/${key}`, value]);
  return {
    operation,
    needs: [
      {
        action: `iam:${operation}`,
        resource: `arn:aws:iam::${caller.account}:role/${roleName}`,
        resourceAccount: caller.account,
        context: {
          ...Object.fromEntries(tags),
          ...(role?.boundaryArn === undefined ? {} : { "iam:PermissionsBoundary": role.boundaryArn }),
        },
      },
    ],
    perform: async (): Promise<Answer> => {
      const result = await run(role ?? notFound(`The role with name ${roleName} cannot be found.`));
      return queryAnswer(operation, result, NAMESPACE);
    },
  };
}

async function putInlinePolicy(role: Role, name: string, text: string, when: WrittenAt): Promise<void> {
  const document = parsePolicy(text);
  const others = [...role.inline.written].filter(([other]) => other !== name).map(([, policy]) => policy.text);
  const characters = [...others, text].join("").replace(/\s/g, "").length;
  if (characters > INLINE_LIMIT_CHARACTERS)
    throw new ServiceError(
      "LimitExceeded",
      `Maximum policy size of ${INLINE_LIMIT_CHARACTERS} bytes exceeded for role ${role.name}`,
      409,
    );
  role.inline.put(name, { text, document }, when);
}

function policyName(query: QueryInput): string {
  const name = query.text("PolicyName") ?? "";
  if (!POLICY_NAME.test(name)) throw invalid("policyName", name);
  return name;
}

const invalid = (name: string, value: string): ServiceError =>
  new ServiceError("ValidationError", `Value '${value}' at '${name}' failed to satisfy constraint`, 400);
const notFound = (message: string): never => {
  throw new ServiceError("NoSuchEntity", message, 404);
};
