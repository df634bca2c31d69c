import { checkoutOf } from "../../files/checkout.ts";
import type { Reporter } from "../../reporter.ts";
import { operatorOf } from "../operator.ts";
import type { OperatorOptions } from "../operator-options.ts";
import { shown } from "../print/shown.ts";
import { loadModels, type MODEL_OPTIONS, ofCheckout } from "./load-models.ts";

/**
 * Runs `valetkey threat-model baseline`: writes the parts of this checkout's reach that people have accepted into `threat-baseline.json`, beside the
 * configuration. With it, the build proves that a later, narrower reach lies within the accepted one.
 */
export async function keepBaseline(
  { option, words: _, ...options }: OperatorOptions<(typeof MODEL_OPTIONS)[number]>,
  env: NodeJS.ProcessEnv,
  report: Reporter,
): Promise<number> {
  const { policies, config } = checkoutOf(option, env);
  const models = await loadModels();
  const { api, print } = await operatorOf({ option: {}, words: [], ...options }, env);
  const agents = await report.patiently("listing agents", api.list("GET /v1/agents", "agents", {}));
  const accepted = new Set<string>();
  for (const { id } of agents) {
    const reading = api.call("GET /v1/agents/{agent}/threat-model", { parameters: { agent: id } });
    const { acceptances } = await report.patiently("reading acceptances", reading);
    for (const { model } of acceptances) for (const hash of Object.values(model.reach)) accepted.add(hash);
  }
  const kept = ofCheckout(() => models.keepAccepted({ accepted, policies, config }), models.Problem);
  print(
    kept,
    () => shown`${kept.file}: ${kept.parts.length === 0 ? "nothing new" : `keeps ${kept.parts.join(", ")}`}.\n`,
  );
  return 0;
}
