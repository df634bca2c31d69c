import { counted } from "../../contract/decision/counted.ts";
import { visibleText } from "../../contract/decision/visible-text.ts";
import type { Read } from "../../contract/operation.ts";
import type { Reach } from "../../contract/policies.ts";
import { Text } from "../parts/text.tsx";
import { type Binding, BOX, cut, reachLayout } from "./reach-layout.ts";

interface ReachProps {
  readonly agent: string;
  readonly bindings: readonly Binding[];
  readonly reach: Read<Reach>;
}

/** Largest number of characters in a box. */
const MOST_CHARACTERS = 28;

/** Reach of an agent as a picture, and in words. The words also describe the picture to readers who cannot see it. */
export function ReachGraph({ agent, bindings, reach }: ReachProps) {
  const { boxes, lines, width, height } = reachLayout(agent, bindings, reach);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
      <section class="reach" aria-label="Picture of the reach, which scrolls" tabIndex={0}>
        <svg
          role="img"
          aria-labelledby="reach-title"
          aria-describedby="reach-words"
          viewBox={`-2 -2 ${width + 4} ${height + 4}`}
          width={width + 4}
          height={height + 4}
        >
          <title id="reach-title">
            {`${counted(bindings.length, "identity", "identities")} can be ${visibleText(agent)}, and ${counted(reach.permits.length, "policy permits", "policies permit")} it something`}
          </title>
          {lines.map(([from, to]) => {
            const [a, b] = [boxes[from], boxes[to]];
            if (!a || !b) return null;
            const [x, y, u, v] = [a.x + BOX.width, a.y + BOX.height / 2, b.x, b.y + BOX.height / 2];
            const bend = (x + u) / 2;
            return <path class="reach-line" d={`M${x} ${y} C${bend} ${y} ${bend} ${v} ${u} ${v}`} />;
          })}
          {boxes.map(({ kind, text, x, y }) => (
            <g class={`reach-box ${kind}`}>
              <title>{visibleText(text)}</title>
              <rect x={x} y={y} width={BOX.width} height={BOX.height} rx="8" />
              <text x={x + 10} y={y + BOX.height / 2 + 4}>
                {cut(visibleText(text), MOST_CHARACTERS)}
              </text>
            </g>
          ))}
        </svg>
      </section>
      <ul class="reach-words" id="reach-words">
        {reach.permits.map(({ policy, reach: entries, needs }) => (
          <li>
            <p>
              <a href={`/policies/${encodeURIComponent(policy)}`}>
                <Text of={policy} />
              </a>{" "}
              permits
            </p>
            <Entries of={entries} />
            {needs !== "" && (
              <p class="muted">
                on terms: <Text of={needs} />
              </p>
            )}
          </li>
        ))}
        {reach.except.map(({ policy, reach: entries }) => (
          <li>
            <p>
              but <Text of={policy} /> forbids
            </p>
            <Entries of={entries} />
          </li>
        ))}
      </ul>
      {reach.uncounted.length > 0 && (
        <p class="aside">
          Depending on the request, these may forbid more: <Text of={reach.uncounted.join(", ")} />.
        </p>
      )}
    </>
  );
}

/** List of a reach's entries, in words. */
const Entries = ({ of: entries }: { readonly of: readonly string[] }) => (
  <ul>
    {entries.map((entry) => (
      <li>
        <code>
          <Text of={entry} />
        </code>
      </li>
    ))}
  </ul>
);
