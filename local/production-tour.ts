import { GetObjectCommand } from "@aws-sdk/client-s3";
import type { Cloud } from "./cloud/start-cloud.ts";
import { Voting } from "./issuer/voting.ts";
import { patientFetch } from "./patient-fetch.ts";
import { complete, post, s3With, type TokenAnswer } from "./tour.ts";

/** Result of the tour's account for production: observed, not assumed. */
export interface ProductionReport {
  /** The agent got a key there only after a person other than its owner had accepted its threat model. */
  readonly threat_model_gate: boolean;
}

/** Account for production of `local/valetkey.json`. */
const PRODUCTION = "222233334444";

/** Shows an account for production: the agent gets nothing there before somebody has accepted its threat model. */
export async function productionTour(
  api: string,
  cloud: Cloud,
  consoleUrl: string,
  say: (line: string) => void,
): Promise<ProductionReport> {
  const account = cloud.aws.admin(PRODUCTION);
  account.putBucket("acme-production");
  account.putObject("acme-production", "orders.csv", "order\n");
  const voting = new Voting(api, cloud.people.issuer, consoleUrl);
  const details = [
    { type: "aws", account: PRODUCTION, actions: ["s3:GetObject"], resources: ["arn:aws:s3:::acme-production/*"] },
  ];
  const ask = async () => post(api, await cloud.agents.mint({ sub: "agent:demo" }), details);
  const path = "/v1/agents/demo/threat-model";

  say(
    "\n12. An account for production: policy permits the agent to read there, and nobody has accepted its threat model.",
  );
  const before = await ask();
  const { code, error_description: says = "" } = (await before.json()) as {
    readonly code?: string;
    readonly error_description?: string;
  };
  say(`     the agent asks for a key  -> ${before.status} ${code}: ${says}`);
  const headers = { authorization: `Bearer ${await cloud.people.mint({ sub: "person:alice" })}` };
  const { model } = (await (await patientFetch(`${api}${path}`, { headers })).json()) as { readonly model: object };
  const own = await voting.perform("person:alice", path, model);
  say(`     Alice, who owns the agent, accepts it  -> ${own.status}`);
  const accepted = await voting.perform("person:carol", path, model);
  say(`     Carol, of security, accepts it by a sign-in over its hashes  -> ${accepted.status}`);
  const after = (await (await ask()).json()) as Partial<TokenAnswer>;
  const s3 = s3With(after.credentials?.[0], cloud);
  const read = await s3.send(new GetObjectCommand({ Bucket: "acme-production", Key: "orders.csv" })).then(
    () => "200",
    (error: Error) => error.name,
  );
  s3.destroy();
  say(`     the agent asks again, and s3:GetObject  -> ${read}`);
  if (after.access_token && after.task) await complete(api, { access_token: after.access_token, task: after.task });
  const isHeldBack = before.status === 403 && code === "threat_model_unaccepted" && own.status === 403;
  return { threat_model_gate: isHeldBack && accepted.status === 201 && read === "200" };
}
