import { Text } from "../parts/text.tsx";
import type { ProvenRecord } from "./prove-record.ts";

/** Content that a vote signs: the words of the hash that this page has computed, and the record whole. */
export const Signature = ({
  proven: { record, hash, words },
  heading: Part,
}: {
  readonly proven: ProvenRecord;
  readonly heading: "h2" | "h3";
}) => (
  <>
    <Part>What you sign</Part>
    <p>
      Your sign-in signs the hash of this request. This page computed it from what you see;{" "}
      <code>valetkey approvals show</code> on another machine must print the same words.
    </p>
    <ol class="words" aria-label="Words of the hash">
      {words.map((word) => (
        <li>{word}</li>
      ))}
    </ol>
    <details>
      <summary>The record, whole</summary>
      <dl class="facts">
        <div>
          <dt>Hash (SHA-256)</dt>
          <dd>
            <code>{hash}</code>
          </dd>
        </div>
        {Object.entries(record.session_policies).map(([lease, policy]) => (
          <div>
            <dt>
              Policy of <Text of={lease} />
            </dt>
            <dd>
              <code>
                <Text of={policy} />
              </code>
            </dd>
          </div>
        ))}
      </dl>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls is reached by keyboard. */}
      <pre tabIndex={0}>
        {recordText(record).map((line) => (
          <>
            <Text of={line} />
            {"\n"}
          </>
        ))}
      </pre>
    </details>
  </>
);

/** Writes a record as indented JSON, line by line. Escapes line ends and quotes within texts, so that no text can look like another member. */
const recordText = (record: unknown): readonly string[] => JSON.stringify(record, null, 2).split("\n");
