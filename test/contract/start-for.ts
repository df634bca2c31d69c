import { TOKEN_TYPES } from "../../contract/names.ts";
import { ACCOUNT, BUCKET, type RunningCloud, type StartedTask } from "./running-cloud.ts";

/** Permit for people of support, through the agents of team `demo`. */
const REPORTS = {
  type: "aws",
  account: ACCOUNT,
  actions: ["s3:GetObject"],
  resources: [`arn:aws:s3:::${BUCKET}/reports/*`],
};

/** Mints a person's token that lets the agent act for the person. */
export const personsToken = ({ cloud, url }: RunningCloud, sub: string, agent = "demo"): Promise<string> =>
  cloud.people.mint({
    sub,
    groups: ["support"],
    aud: url,
    may_act: { iss: cloud.agents.issuer, sub: `agent:${agent}` },
  });

/** Starts a task of an agent for a person. @param more further parameters, such as another intent. */
export async function startFor(
  running: RunningCloud,
  sub: string,
  more: Readonly<Record<string, string>> = {},
  agent = "demo",
): Promise<StartedTask> {
  return running.start({
    subject_token: await personsToken(running, sub, agent),
    actor_token: await running.cloud.agents.mint({ sub: `agent:${agent}` }),
    actor_token_type: TOKEN_TYPES.idToken,
    authorization_details: JSON.stringify([REPORTS]),
    ...more,
  });
}
