import { Text } from "../parts/text.tsx";
import type { Moment } from "./moments.ts";

/** Life of a task as a list of moments, each with its time as a text and as a place on a bar. */
export function Timeline({ moments }: { readonly moments: readonly Moment[] }) {
  const lastMs = Math.max(1, moments.at(-1)?.afterMs ?? 1);
  return (
    <ol class="timeline">
      {moments.map(({ at, afterMs, says, tone }, nth) => (
        <li key={`${nth} ${at}`} class={tone}>
          <time dateTime={at} title={at}>
            +{afterMs.toLocaleString("en")} ms
          </time>
          <span class="moment">
            <Text of={says} />
          </span>
          <span class="place" aria-hidden="true">
            <span style={{ left: `${(100 * afterMs) / lastMs}%` }} />
          </span>
        </li>
      ))}
    </ol>
  );
}
