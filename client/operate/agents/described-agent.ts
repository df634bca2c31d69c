import { type Shown, shown } from "../print/shown.ts";
import { coloured, table } from "../print/table.ts";

type Body = Readonly<Record<string, unknown>>;

/** Formats an agent: its status, then its fields and bindings. Leaves out the tasks that a request ended, which have a table of their own. */
export function described(agent: Body): Shown {
  const { bindings, ended: _ended, ...rest } = agent;
  const lines = Object.entries(rest).map(([name, value]) => [
    name,
    typeof value === "object" ? JSON.stringify(value) : value,
  ]);
  const bound = (Array.isArray(bindings) ? bindings : []).map((binding) => ["binding", JSON.stringify(binding)]);
  const status = agent.status === "active" ? "green" : "red";
  return shown`${coloured(agent.status ?? "", status)}\n${table(["field", "value"], [...lines, ...bound])}`;
}
