import { ClientError } from "../exit-codes.ts";
import { type OperatorCommand, operatorOf } from "./operator.ts";
import { parseOperator } from "./operator-options.ts";
import { coloured } from "./table.ts";

/** `valetkey panic [--reason <text> --yes | --lift --yes]`: nothing is handed out, and nothing that was works; without options, whether that is so. */
export const panic: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("panic", argv, env, ["reason", "lift", "yes"]);
  const { reason, lift, yes } = options.option;
  if (lift && reason !== undefined) throw usage("give --reason or --lift, not both");
  if ((lift || reason !== undefined) && !yes)
    throw usage(
      lift ? "say --yes: agents will be served again" : "say --yes: every session of every agent stops working",
    );
  const { api, print } = await operatorOf(options, env);
  const asked = lift
    ? api.post("/v1/panic/lift")
    : reason === undefined
      ? api.get("/v1/panic")
      : api.post("/v1/panic", { reason });
  const state = await report.patiently("waiting for valetkey", asked);
  print(state, () =>
    isDeclared(state)
      ? `${coloured("Panic is declared", "red")}: nothing is handed out, and nothing that was works.\n`
      : `${coloured("No panic is declared", "green")}.\n`,
  );
  return 0;
};

const isDeclared = (state: Readonly<Record<string, unknown>>): boolean =>
  state.declared === true || state.status === "declared" || state.halted === true;

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
