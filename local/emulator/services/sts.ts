import { queryAnswer } from "../answers.ts";
import type { Service } from "../service.ts";
import { ServiceError } from "../service-error.ts";
import { sessionArn, sessionUserId } from "../sessions.ts";
import { type AssumeRolePorts, assumeRole, STS_NAMESPACE } from "./assume-role.ts";
import { QueryInput } from "./query-input.ts";
import { scopedCredentials } from "./scoped-credentials.ts";

/** STS: AssumeRole, GetScopedCredentials and GetCallerIdentity. */
export function stsService(ports: AssumeRolePorts): Service {
  return {
    name: "sts",
    format: "query",
    open(request, caller) {
      const query = new QueryInput(request);
      const { session } = caller;
      if (query.action === "AssumeRole") return assumeRole(query, caller, ports);
      if (query.action === "GetScopedCredentials") return scopedCredentials(query, caller, ports);
      if (query.action !== "GetCallerIdentity")
        throw new ServiceError("InvalidAction", `The embedded STS does not do ${query.action || "that"}.`, 400);
      return {
        operation: "GetCallerIdentity",
        needs: [{ action: "sts:GetCallerIdentity", resource: "*", resourceAccount: caller.account }],
        perform: () =>
          queryAnswer(
            "GetCallerIdentity",
            { Arn: sessionArn(session), UserId: sessionUserId(session), Account: caller.account },
            STS_NAMESPACE,
          ),
      };
    },
  };
}
