import { runSimulation } from "@cloud-copilot/iam-simulate";
import { SESSION_TAGS } from "../../../../functions/names.ts";
import { remembering } from "../../../../functions/policy/read/remembering.ts";
import { identityPolicy } from "../../../../local/emulator/validated-policy.ts";

const ALLOW_ALL = identityPolicy({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});

/** Most policies are tried on many sessions, and to validate one anew takes as long as to decide by it. */
const policyOf = remembering((text: string) => identityPolicy(JSON.parse(text)));

/** Returns whether a role may still do anything in this session, with this inline policy and every right besides. */
export async function mayStillAct(
  inline: string | undefined,
  session: {
    readonly path: string;
    /** When its STS call was begun; epoch seconds. */
    readonly startedAt: number;
    /** AWS's issue time of the session, or of a copy that it has made of itself; unless given, of a much later copy. */
    readonly issuedAt?: number;
    readonly agent?: string;
    /** Set where the session is not the agent's own, but has the agent's tag. */
    readonly sourceIdentity?: string;
  },
): Promise<boolean> {
  const outcome = await runSimulation(
    {
      request: {
        principal: `arn:aws:sts::111122223333:assumed-role/valetkey-task-0/${session.path}`,
        action: "s3:ListAllMyBuckets",
        resource: { resource: "*", accountId: "111122223333" },
        contextVariables: {
          "aws:userid": `AROAEXAMPLEEXAMPLE:${session.path}`,
          "aws:TokenIssueTime": new Date((session.issuedAt ?? session.startedAt + 3_000) * 1_000).toISOString(),
          "aws:SourceIdentity": session.sourceIdentity ?? session.agent ?? "demo",
          [`aws:PrincipalTag/${SESSION_TAGS.agent}`]: session.agent ?? "demo",
          [`aws:PrincipalTag/${SESSION_TAGS.started}`]: String(Math.floor(session.startedAt)),
        },
      },
      identityPolicies: [
        { name: "all", policy: ALLOW_ALL },
        ...(inline === undefined ? [] : [{ name: "valetkey-revocations", policy: policyOf(inline) }]),
      ],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (outcome.resultType !== "single") throw new Error(JSON.stringify(outcome));
  return outcome.overallResult === "Allowed";
}
