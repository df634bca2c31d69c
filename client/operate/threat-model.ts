import { ClientError } from "../exit-codes.ts";
import { type OperatorCommand, operatorOf } from "./operator.ts";
import { parseOperator, wordOf } from "./operator-options.ts";

/** `valetkey threat-model <agent> [--registration <file>] [--policies <folder>] [--config <file>] [--format md|json]` */
export const threatModel: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("threat-model", argv, env, ["registration", "policies", "config", "format"], 1);
  const agent = wordOf(options, 0, "which agent", "threat-model");
  const { policies = "policies", config = "valetkey.json", registration: file } = options.option;
  const format = options.isJson ? "json" : (options.option.format ?? "md");
  const models = await loadModels();
  if (!models.isFormat(format)) throw usage(`--format takes ${models.FORMATS.join(", ")}`);
  const registration = file === undefined ? { given: await registered(agent) } : { file };
  try {
    process.stdout.write(models.threatModel({ agent, registration, policies, config, format }));
  } catch (error) {
    if (!(error instanceof models.Problem)) throw error;
    throw new ClientError("usage", "no_model", error.message);
  }
  return 0;

  async function registered(id: string): Promise<unknown> {
    const { api } = await operatorOf(options, env);
    return report.patiently("reading the agent", api.get(`/v1/agents/${encodeURIComponent(id)}`));
  }
};

/** Loads what makes models: it needs the whole checkout. @throws {ClientError} usage where there is none. */
async function loadModels() {
  return import("../../threat/main.ts").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new ClientError(
      "usage",
      "no_checkout",
      "threat models are made in the checkout that a deployment is made from",
    );
  });
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
