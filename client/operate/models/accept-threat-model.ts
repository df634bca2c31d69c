import { addressOf } from "../../../contract/address.ts";
import type { OperatorAct } from "../../../contract/decision/act-in-words.ts";
import type { ReadAnswer } from "../../../contract/operations.ts";
import { ClientError } from "../../exit-codes.ts";
import { checkoutOf } from "../../files/checkout.ts";
import type { Reporter } from "../../reporter.ts";
import { perform } from "../approvals/perform.ts";
import { differentFields } from "../is-same.ts";
import { operatorOf } from "../operator.ts";
import type { OperatorOptions } from "../operator-options.ts";
import { shown } from "../print/shown.ts";
import { loadModels, type MODEL_OPTIONS, ofCheckout } from "./load-models.ts";

type Deployed = ReadAnswer<"GET /v1/agents/{agent}/threat-model">;
type Hashes = Deployed["model"];

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
  const { policies, config } = checkoutOf(option, env);
  const models = await loadModels();
  const { api, print } = await operatorOf({ option: {}, words: [], ...options }, env);
  const parameters = { agent };
  const readModel = () => api.call("GET /v1/agents/{agent}/threat-model", { parameters });
  const [given, deployed] = await report.patiently(
    "reading the agent",
    Promise.all([api.call("GET /v1/agents/{agent}", { parameters }), readModel()]),
  );
  const { text, hashes } = ofCheckout(() => models.localModel({ agent, given, policies, config }), models.Problem);
  const differing = differencesOf(hashes, deployed.model);
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
  const act: OperatorAct = {
    path: addressOf("POST /v1/agents/{agent}/threat-model", parameters),
    body: { ...hashes },
  };
  const accepted = await perform({ api, report, act }, async () => findAccepted(await readModel(), hashes));
  print(accepted, () => shown`Accepted: the threat model of ${agent}, by ${accepted.person}.\n`);
  return 0;
}

/** Lists the names of hashes that differ, or that one side lacks. */
function differencesOf(own: Hashes, deployed: Hashes): readonly string[] {
  const named = (model: Hashes): Readonly<Record<string, string>> => ({
    ...Object.fromEntries(Object.entries(model.reach).map(([name, hash]) => [`reach of ${name}`, hash])),
    ...Object.fromEntries(Object.entries(model.connectors).map(([type, hash]) => [`connector ${type}`, hash])),
    ...Object.fromEntries(Object.entries(model.deployment).map(([name, hash]) => [`configuration of ${name}`, hash])),
    registration: model.registration,
  });
  const [one, other] = [named(own), named(deployed)];
  return [...new Set([...differentFields(one, other), ...differentFields(other, one)])];
}

/** Finds the acceptance of exactly these hashes. */
const findAccepted = ({ acceptances }: Deployed, wanted: Hashes): Deployed["acceptances"][number] | undefined =>
  acceptances.find(({ model, covers }) => covers && differencesOf(wanted, model).length === 0);
