import type { ReadAnswer } from "../../../contract/operations.ts";
import { placeOf } from "../../deployments/address-of.ts";
import { ClientError } from "../../exit-codes.ts";
import { perform } from "../approvals/perform.ts";
import { type OperatorCommand, operatorOf } from "../operator.ts";
import type { OperatorApi } from "../operator-api.ts";
import { parseOperator } from "../operator-options.ts";
import { type Shown, shown } from "../print/shown.ts";
import { coloured } from "../print/table.ts";
import { hubOutageInWords } from "../tasks/receipts.ts";

type State = ReadAnswer<"GET /v1/panic">;

/**
 * Runs `valetkey panic [--reason <text> --yes | --lift --yes]`: declares or lifts a panic, during which no credentials are issued and issued ones are
 * denied. Without options, prints whether one is declared.
 */
export const panic: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("panic", argv, env, ["reason", "lift", "yes"]);
  const { reason, lift, yes } = options.option;
  if (lift && reason !== undefined) throw usage("give --reason or --lift, not both");
  if ((lift || reason !== undefined) && !yes)
    throw usage(
      lift
        ? `give --yes: agents of ${placeOf(options.url, env)} will be served again`
        : `give --yes: every session of every agent of ${placeOf(options.url, env)} stops working`,
    );
  const { api, print } = await operatorOf(options, env, report);
  const request = lift
    ? perform({ api, report, act: { path: "/v1/panic/lift", body: {} } }, async () => {
        const state = await api.call("GET /v1/panic", {});
        return state.lifted_at === undefined ? undefined : state;
      })
    : reason === undefined
      ? api.call("GET /v1/panic", {})
      : api.call("POST /v1/panic", { body: { reason } });
  const answered = await report.patiently("waiting for valetkey", request);
  const state = reason === undefined || lift ? answered : await withOutage(answered, api);
  print(state, () => described(state));
  return 0;
};

/** Adds where IAM cannot be written to a panic that was declared just now. A person who may declare a panic and not read it gets the panic alone. */
async function withOutage(declared: State, api: OperatorApi): Promise<State> {
  try {
    return await api.call("GET /v1/panic", {});
  } catch (error) {
    if (error instanceof ClientError) return declared;
    throw error;
  }
}

/** Formats the latest panic. Removes control characters, which a terminal would obey, from the service's text. */
function described({ halted, reason, declared_at, declared_by, lifted_by, resumes_at, unwritable }: State): Shown {
  const outage = unwritable === undefined ? "" : shown`${coloured(hubOutageInWords(unwritable), "red")}.\n`;
  if (halted !== true) return shown`${coloured("No panic is declared", "green")}.\n${outage}`;
  const end =
    resumes_at === undefined
      ? "until somebody lifts it"
      : `lifted by ${lifted_by}; agents are served again at ${resumes_at}`;
  const text = `no credentials are issued, and issued ones do not work: ${reason} (${declared_by}, ${declared_at}); ${end}`;
  return shown`${coloured("Panic is declared", "red")}: ${text}.\n${outage}`;
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
