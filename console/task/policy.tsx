import { useState } from "preact/hooks";
import type { Read } from "../../contract/operation.ts";
import type { Explanation, PolicyList, PolicyQuestion } from "../../contract/policies.ts";
import type { ShownTask, TaskEvent } from "../../contract/tasks.ts";
import { ApiFault, call } from "../api.ts";
import type { PageProps } from "../page-props.ts";
import { Lines } from "../parts/lines.tsx";
import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";
import { statementsOf } from "./statements.ts";
import { type Comparison, compareWithVended, comparisonInWords } from "./vended-policy.ts";

interface PolicyProps extends Pick<PageProps, "settings" | "session"> {
  readonly task: Read<ShownTask>;
  /** Events of the task's tree. */
  readonly events: readonly Read<TaskEvent>[];
}

interface Explained {
  readonly explanation: Read<Explanation>;
  /** Comparisons with the texts that AWS received, by lease. */
  readonly compared: ReadonlyMap<string, Comparison>;
  /** Texts of the policies, by id; none where the person may not read them. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Session policies of a task's request, with the Cedar policies of each statement. Requested once, when a person presses the button. */
export function Policy({ task, events, settings, session }: PolicyProps) {
  const [explained, setExplained] = useState<Explained | undefined>(undefined);
  const [fault, setFault] = useState<string | undefined>(undefined);
  const [isAsking, setAsking] = useState(false);
  const ask = async (): Promise<void> => {
    setAsking(true);
    setFault(undefined);
    try {
      const { agent, purpose, authorization_details: details } = task;
      const question: PolicyQuestion = { agent, purpose, authorization_details: details };
      const { value } = await call<Read<Explanation>>(settings.api, "/v1/policies/explain", session.token, question);
      const own = events.filter(({ task: of }) => of === task.id);
      const compared = await Promise.all(
        value.sessions.map(async (each) => [each.lease, await compareWithVended(each, own)] as const),
      );
      const texts = await readTexts(settings.api, session.token);
      setExplained({ explanation: value, compared: new Map(compared), texts });
    } catch (error) {
      if (!(error instanceof ApiFault)) throw error;
      setFault(error.message);
    }
    setAsking(false);
  };
  if (explained) return <Statements {...explained} />;
  return (
    <>
      {fault !== undefined && (
        <Notice tone="bad" title="The policy cannot be shown">
          <p>
            <Text of={fault} />
          </p>
        </Notice>
      )}
      <div class="actions">
        <button type="button" disabled={isAsking} onClick={ask}>
          {isAsking ? "Deciding…" : "Show the policy, and where it comes from"}
        </button>
      </div>
    </>
  );
}

/** Reads the texts of all policies; none where policy does not let the person read them. */
async function readTexts(api: string, token: string): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  let after: string | undefined;
  try {
    do {
      const query = after === undefined ? "" : `?after=${encodeURIComponent(after)}`;
      const { value } = await call<Read<PolicyList>>(api, `/v1/policies${query}`, token);
      for (const { id, text } of value.policies) texts.set(id, text);
      after = value.next;
    } while (after !== undefined);
  } catch (error) {
    if (!(error instanceof ApiFault)) throw error;
  }
  return texts;
}

function Statements({ explanation, compared, texts }: Explained) {
  // Text of the statement under the pointer. Equal statements come from the same policies.
  const [pointedAt, setPointedAt] = useState<string | undefined>(undefined);
  const traced = explanation.sessions.map((session) => ({
    ...session,
    statements: statementsOf(session.policy, explanation.pairs),
  }));
  const lit = traced.flatMap(({ statements }) => statements).find(({ text }) => text === pointedAt)?.policies ?? [];
  const ids = [...new Set(traced.flatMap(({ statements }) => statements.flatMap(({ policies }) => policies)))];
  return (
    <>
      <p class="aside">
        As policy decides now, about this agent and this request
        {explanation.answer === "allowed" ? "." : `: no longer allowed. ${explanation.sentence ?? ""}`}
      </p>
      <div class="traced">
        <div>
          <h3>Session policy</h3>
          {traced.map(({ lease, account, statements }) => (
            <div key={lease}>
              <p class={`vended ${compared.get(lease) ?? "unknown"}`}>
                <code>{lease}</code> {comparisonInWords(compared.get(lease) ?? "unknown")}
              </p>
              <ul class="statements" aria-label={`Statements of ${lease}, account ${account}`}>
                {statements.map(({ effect, text, policies }) => (
                  <li key={text}>
                    <button
                      type="button"
                      class={`statement ${effect.toLowerCase()}`}
                      // Uses `move` and not `enter`: a mouse at rest enters elements that scroll below it, and would override the focus.
                      onMouseMove={() => setPointedAt(text)}
                      onFocus={() => setPointedAt(text)}
                      onClick={() => setPointedAt(text)}
                    >
                      <code>
                        <Lines of={text} />
                      </code>
                      <span class="from">
                        {policies.length === 0
                          ? "valetkey’s own: it narrows every session"
                          : `from ${policies.join(", ")}`}
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </div>
        <div>
          <h3>Cedar</h3>
          {ids.map((id) => (
            <section key={id} class={lit.includes(id) ? "cedar lit" : "cedar"} aria-label={`Policy ${id}`}>
              <p>
                <code>{id}</code>
                {lit.includes(id) && <span class="muted"> is where the statement comes from</span>}
              </p>
              <pre>
                <Lines of={texts.get(id) ?? "You may not read this policy (valetkey:ReadPolicies)."} />
              </pre>
            </section>
          ))}
        </div>
      </div>
    </>
  );
}
