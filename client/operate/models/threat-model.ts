import { ClientError } from "../../exit-codes.ts";
import { checkoutOf } from "../../files/checkout.ts";
import { type OperatorCommand, operatorOf } from "../operator.ts";
import { parseOperator, wordOf } from "../operator-options.ts";
import { loadModels, MODEL_OPTIONS } from "./load-models.ts";

/**
 * Runs `valetkey threat-model <agent> [--registration <file>] [--policies <folder>] [--config <file>] [--format md|json|mermaid]`, or the same with
 * `--connector <type>` or `--delegation <path>` in place of an agent. Also runs `valetkey threat-model accept <agent>` and `valetkey threat-model baseline`.
 */
export const threatModel: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("threat-model", argv, env, MODEL_OPTIONS, 2);
  if (options.words[0] === "accept" && options.words.length === 2)
    return (await import("./accept-threat-model.ts")).acceptThreatModel(options, env, report);
  if (options.words[0] === "baseline" && options.words.length === 1)
    return (await import("./keep-baseline.ts")).keepBaseline(options, env, report);
  const { connector, delegation, registration: file } = options.option;
  const { policies, config } = checkoutOf(options.option, env);
  const format = options.form === "json" ? "json" : (options.option.format ?? "md");
  const models = await loadModels();
  if (!models.isFormat(format)) throw usage(`--format takes ${models.FORMATS.join(", ")}`);
  const paths = Object.entries({ connector, delegation } as const).flatMap(([kind, name]) =>
    name === undefined ? [] : [{ kind: kind as "connector" | "delegation", name }],
  );
  const [path] = paths;
  if (paths.length + options.words.length > 1) throw usage("give one of an agent, --connector and --delegation");
  const written = async (): Promise<string> => {
    if (path) return models.pathThreats(path.kind, path.name, format);
    const agent = wordOf(options, 0, "which agent", "threat-model");
    const registration = file === undefined ? { given: await registered(agent) } : { file };
    return models.threatModel({ agent, registration, policies, config, format });
  };
  try {
    process.stdout.write(await written());
  } catch (error) {
    if (!(error instanceof models.Problem)) throw error;
    throw new ClientError("usage", "no_model", error.message);
  }
  return 0;

  async function registered(id: string): Promise<unknown> {
    const { api } = await operatorOf(options, env);
    return report.patiently("reading the agent", api.call("GET /v1/agents/{agent}", { parameters: { agent: id } }));
  }
};

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
