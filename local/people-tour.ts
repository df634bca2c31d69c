import { TOKEN_TYPES } from "../contract/names.ts";
import type { Cloud } from "./cloud/start-cloud.ts";
import { Voting } from "./issuer/voting.ts";
import { complete, get, post, s3With, type TokenAnswer, untilRefused } from "./tour.ts";

/** Results of the tour's task for a person: observed, not assumed. */
export interface PeopleReport {
  /**
   * The agent got the rights that it shares with one person. For another person it got none, though its own rights
   * would suffice.
   */
  readonly on_behalf_intersection: boolean;
  /**
   * The agent read for a person only what the person had consented to. After the withdrawal its key was refused, and it
   * got no other.
   */
  readonly consent_withdrawn_refused: boolean;
}

/** Shows tasks for people: the agent gets only rights that the person has too. */
export async function peopleTour(
  api: string,
  cloud: Cloud,
  consoleUrl: string,
  say: (line: string) => void,
): Promise<PeopleReport> {
  const actor = { iss: cloud.agents.issuer, sub: "agent:demo" };
  const askFor: AskFor = async (sub, groups, object = "*", may_act = actor) =>
    post(api, await cloud.people.mint({ sub, groups, aud: api, may_act: may_act ?? undefined }), reads(cloud, object), {
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
    consent_withdrawn_refused: await consentTour(
      (object) => askFor("person:erin", ["support"], object, null),
      cloud,
      new Voting(api, cloud.people.issuer, consoleUrl),
      say,
    ),
  };
}

/**
 * Requests a key to reports for a person.
 * @param mayAct actor that the person's token names; null where it names nobody.
 */
type AskFor = (
  sub: string,
  groups: readonly string[],
  object?: string,
  mayAct?: { readonly iss: string; readonly sub: string } | null,
) => Promise<Response>;

const reads = (cloud: Cloud, object: string) => [
  {
    type: "aws",
    account: cloud.targetAccount,
    actions: ["s3:GetObject"],
    resources: [`arn:aws:s3:::acme-data/reports/${object}`],
  },
];

/** Shows a consent: Erin, whose token names no agent, lets one act for her, and withdraws the consent. */
async function consentTour(
  ask: (object: string) => Promise<Response>,
  cloud: Cloud,
  voting: Voting,
  say: (line: string) => void,
): Promise<boolean> {
  const erin = "person:erin";
  const codeOf = async (answer: Response) => ((await answer.json()) as { readonly code?: string }).code;
  const before = await codeOf(await ask("weekly.csv"));
  say(`\n11. Erin's token names no agent. Without a consent of hers       -> ${before}`);
  const given = await voting.perform(erin, "/v1/consents", {
    agent: "demo",
    purpose: "read the weekly report",
    days: 1,
    authorization_details: reads(cloud, "weekly.csv"),
  });
  const { id } = (await given.json()) as { readonly id?: string };
  say(`     she signs in for a consent to one report          -> ${given.status}, consent ${id?.slice(0, 8)}…`);
  const beyond = await codeOf(await ask("*"));
  say(`     the agent asks for all reports                    -> ${beyond}`);
  const { credentials = [] } = (await (await ask("weekly.csv")).json()) as Partial<TokenAnswer>;
  const s3 = s3With(credentials[0], cloud);
  const read = await get(s3, "reports/weekly.csv");
  say(`     the agent asks for that one, and s3:GetObject     -> ${read}`);
  const withdrawnAt = performance.now();
  const withdrawn = await voting.send(erin, `/v1/consents/${id}/withdraw`, {});
  const isRefused = await untilRefused(s3, withdrawnAt);
  const after = await codeOf(await ask("weekly.csv"));
  s3.destroy();
  say(
    `     she withdraws it: its key -> ${isRefused ? "AccessDenied" : "still allowed"} (${Math.round(performance.now() - withdrawnAt)} ms), and a new one -> ${after}`,
  );
  const refused = [before, after].every((code) => code === "actor_not_allowed") && beyond === "policy_denied";
  return refused && given.status === 201 && read === "200" && withdrawn.status === 200 && isRefused;
}
