import { TOKEN_TYPES } from "../functions/names.ts";
import type { Cloud } from "./cloud/start-cloud.ts";
import { complete, post, type TokenAnswer } from "./tour.ts";

/** Results of the tour's task for a person: observed, not assumed. */
export interface PeopleReport {
  /** The agent got for one person what both may, and for another person nothing, though it may have it for itself. */
  readonly on_behalf_intersection: boolean;
}

/** The agent works for people: each of them bounds what it gets. */
export async function peopleTour(api: string, cloud: Cloud, say: (line: string) => void): Promise<PeopleReport> {
  const intent = [
    {
      ...{ type: "aws", account: cloud.targetAccount, actions: ["s3:GetObject"] },
      resources: ["arn:aws:s3:::acme-data/reports/*"],
    },
  ];
  const actor = { iss: cloud.agents.issuer, sub: "agent:demo" };
  const askFor = async (sub: string, groups: readonly string[]) =>
    post(api, await cloud.people.mint({ sub, groups, aud: api, may_act: actor }), intent, {
      actor_token: await cloud.agents.mint({ sub: actor.sub }),
      actor_token_type: TOKEN_TYPES.idToken,
    });

  say("\n10. The agent works for people, who say so in tokens of their own: it gets what both may.");
  const forErin = await askFor("person:erin", ["support"]);
  const vended = (await forErin.json()) as Partial<TokenAnswer> & { readonly sub?: string };
  say(`     for Erin of support  -> ${forErin.status}, a key for ${vended.sub ?? "nobody"}`);
  const forDave = await askFor("person:dave", []);
  const { denials = [] } = (await forDave.json()) as { readonly denials?: readonly { readonly reason: string }[] };
  say(`     for Dave, the same   -> ${forDave.status}: ${denials.map(({ reason }) => reason).join(" ")}`);
  if (vended.access_token && vended.task) await complete(api, { access_token: vended.access_token, task: vended.task });
  return {
    on_behalf_intersection:
      (vended.credentials?.length ?? 0) > 0 && vended.sub === "staff|person:erin" && forDave.status === 403,
  };
}
