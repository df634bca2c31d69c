import { visibleText } from "../../contract/decision/visible-text.ts";
import type { Read } from "../../contract/operation.ts";
import type { Overview } from "../../contract/overview.ts";

interface AgentPickerProps {
  readonly agents: Read<Overview>["agents"];
  /** Id of the agent whose tasks are shown; empty for all. */
  readonly picked: string;
  readonly pick: (id: string) => void;
}

/** Choice of the agent whose live tasks are shown. Agents with the most live tasks come first. */
export const AgentPicker = ({ agents, picked, pick }: AgentPickerProps) => (
  <label class="picker">
    Of{" "}
    <select value={picked} onChange={({ currentTarget }) => pick(currentTarget.value)}>
      <option value="">all agents</option>
      {agents
        .toSorted((a, b) => b.live - a.live)
        .map(({ id, live }) => (
          <option key={id} value={id}>
            {visibleText(id)} ({live})
          </option>
        ))}
    </select>
  </label>
);
