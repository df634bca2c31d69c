import type { AccountNames } from "../../contract/decision/account-names.ts";
import { namedGrantInWords } from "../../contract/decision/request-in-words.ts";
import type { Read } from "../../contract/operation.ts";
import type { Reach } from "../../contract/policies.ts";
import { Text } from "../parts/text.tsx";
import { type Line, lineOf, MOST_LINES, withLine } from "./ceiling.ts";

interface ReachLinesProps {
  readonly permits: Read<Reach>["permits"];
  readonly names: AccountNames;
  readonly lines: readonly Line[];
  readonly change: (lines: readonly Line[]) => void;
}

/** Calls that policy permits the agent, in words. A tick puts the call into a line of the ceiling, where it can be edited. */
export function ReachLines({ permits, names, lines, change }: ReachLinesProps) {
  const offers = permits.flatMap(({ policy, details = [] }) =>
    details.flatMap((detail) => {
      const line = lineOf(detail);
      return line ? [{ policy, detail, line }] : [];
    }),
  );
  if (offers.length === 0) return null;
  const taken = lines.map((line) => JSON.stringify(line));
  return (
    <fieldset class="reach-lines whole-row">
      <legend>What policy lets it do</legend>
      {offers.map(({ policy, detail, line }) => {
        const isTaken = taken.includes(JSON.stringify(line));
        return (
          <label class="check">
            <input
              type="checkbox"
              checked={isTaken}
              disabled={!isTaken && lines.length >= MOST_LINES}
              onChange={() => change(withLine(lines, line, !isTaken))}
            />
            <span>
              <Text of={everyWordOf(detail, names)} />{" "}
              <span class="muted">
                by <Text of={policy} />
              </span>
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}

/** Describes a detail in one line, with every value and remark of it. */
function everyWordOf(detail: unknown, names: AccountNames): string {
  const { title, rows } = namedGrantInWords(detail, names);
  const parts = rows.map(({ name, values }) => {
    const texts = values.map(({ text, remark }) => (remark === undefined ? text : `${text} (${remark})`));
    return `${name}: ${texts.join(", ")}`;
  });
  return [title, ...parts].join(". ");
}
