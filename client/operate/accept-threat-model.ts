import type { OperatorAct } from "../../decision/act-in-words.ts";
import { ClientError } from "../exit-codes.ts";
import type { Reporter } from "../reporter.ts";
import { recordOf } from "../task/fields.ts";
import { differentFields } from "./is-same.ts";
import { loadModels, type MODEL_OPTIONS, ofCheckout } from "./load-models.ts";
import { operatorOf } from "./operator.ts";
import type { OperatorOptions } from "./operator-options.ts";
import { perform } from "./perform.ts";
import { listOf } from "./receipts.ts";
import { shown } from "./shown.ts";

type Body = Readonly<Record<string, unknown>>;

/**
 * Runs `valetkey threat-model accept <agent>`. Makes the model of this checkout, compares its hashes with the deployed ones, and prints it. The person
 * then accepts exactly these hashes on the console's page.
 * @throws {ClientError} refused where this checkout differs from the deployment, so that nobody accepts another model than the printed one.
 */
export async function acceptThreatModel(
  { option, words: [, agent = ""], ...options }: OperatorOptions<(typeof MODEL_OPTIONS)[number]>,
  env: NodeJS.ProcessEnv,
  report: Reporter,
): Promise<number> {
  if (option.registration ?? option.connector ?? option.delegation ?? option.format)
    throw new ClientError(
      "usage",
      "usage",
      "threat-model accept takes the agent as it is registered: leave the options out",
    );
  const { policies = "policies", config = "valetkey.json" } = option;
  const models = await loadModels();
  const { api, print } = await operatorOf({ option: {}, words: [], ...options }, env);
  const path = `/v1/agents/${encodeURIComponent(agent)}`;
  const [given, deployed] = await report.patiently(
    "reading the agent",
    Promise.all([api.get(path), api.get(`${path}/threat-model`)]),
  );
  const { text, hashes } = ofCheckout(() => models.localModel({ agent, given, policies, config }), models.Problem);
  const wanted: Body = { ...hashes };
  const differing = differencesOf(wanted, recordOf(deployed.model));
  if (differing.length > 0)
    throw new ClientError(
      "refused",
      "threat_model_differs",
      `this checkout is not what is deployed (${differing.join(", ")}): check out the deployed version, and run the command again`,
    );
  if (deployed.status === "accepted") {
    print(deployed, () => shown`The deployed threat model of ${agent} is accepted already.\n`);
    return 0;
  }
  if (options.form !== "json") process.stdout.write(`${text}\n`);
  const act: OperatorAct = { path: `${path}/threat-model`, body: wanted };
  const accepted = await perform({ api, report, act }, () => findAccepted(api.get(`${path}/threat-model`), wanted));
  print(accepted, () => shown`Accepted: the threat model of ${agent}, by ${accepted.person}.\n`);
  return 0;
}

/** Lists the names of hashes that differ, or that one side lacks. */
function differencesOf(own: Body, deployed: Body): readonly string[] {
  const named = (model: Body): Body => ({
    ...Object.fromEntries(Object.entries(recordOf(model.reach)).map(([name, hash]) => [`reach of ${name}`, hash])),
    ...Object.fromEntries(
      Object.entries(recordOf(model.connectors)).map(([type, hash]) => [`connector ${type}`, hash]),
    ),
    ...Object.fromEntries(
      Object.entries(recordOf(model.deployment)).map(([name, hash]) => [`configuration of ${name}`, hash]),
    ),
    registration: model.registration,
  });
  const [one, other] = [named(own), named(deployed)];
  return [...new Set([...differentFields(one, other), ...differentFields(other, one)])];
}

/** Finds the acceptance of exactly these hashes. */
async function findAccepted(reading: Promise<Body>, wanted: Body): Promise<Body | undefined> {
  const { acceptances } = await reading;
  return listOf(acceptances)
    .map(recordOf)
    .find(({ model, covers }) => covers === true && differencesOf(wanted, recordOf(model)).length === 0);
}
