import { visibleText } from "../../contract/decision/visible-text.ts";
import type { Read } from "../../contract/operation.ts";
import type { ExplainedPair, ExplainedSession, Explanation } from "../../contract/policies.ts";
import { Instant } from "../parts/instant.tsx";
import { Link } from "../parts/link.tsx";
import { Text } from "../parts/text.tsx";

/** Explanation for a person: the answer, the policies that decide each part of it, and the session policies that would be issued. */
export const ExplanationView = ({ of: explanation }: { readonly of: Read<Explanation> }) => (
  <>
    <h2>Answer</h2>
    <p class="state">
      <span class={`pill ${explanation.answer === "allowed" ? "approved" : "denied"}`}>{explanation.answer}</span>
      <span>
        {explanation.terms && explanation.terms.length > 0 && `on terms: ${explanation.terms.join(", ")}`}
        {explanation.sentence !== undefined && <Text of={explanation.sentence} />}
      </span>
    </p>
    {explanation.status !== "active" && (
      <p class="standing">The agent is {explanation.status}: it gets nothing, whatever policy permits.</p>
    )}
    {explanation.pairs.map((pair) => (
      <Pair pair={pair} />
    ))}
    {explanation.sessions.map((session) => (
      <Session session={session} />
    ))}
    <p class="aside">
      Decided as of <Instant at={explanation.at} />, by the bundle <code class="hash">{explanation.bundle}</code>.
    </p>
  </>
);

const Named = ({ policies }: { readonly policies: readonly string[] }) => (
  <>
    {policies.map((policy, index) => (
      <>
        {index > 0 && ", "}
        <Link to={`/policies/${encodeURIComponent(policy)}`}>
          <Text of={policy} />
        </Link>
      </>
    ))}
  </>
);

/** Words of the known verdicts. A later version may have others. */
const HOLDS: Readonly<Record<string, string>> = {
  no: "does not hold",
  "in part": "holds for a part only",
  "by tags": "is decided by tags, at the call",
  unclear: "is unclear for a set",
};

const Pair = ({
  pair: { action, target, permitted, denial, closest, shadows },
}: {
  readonly pair: Read<ExplainedPair>;
}) => (
  <article class="pair">
    <h3>
      <span aria-hidden="true">{permitted ? "✓" : "✗"}</span> <Text of={action} />{" "}
      <span class="muted">{permitted ? "permitted on" : "not permitted on"}</span> <Text of={target} />
    </h3>
    {permitted && (
      <ul>
        <li>
          permitted by <Named policies={permitted.permits} />
        </li>
        {permitted.conditions
          .filter((each) => Object.keys(each).length > 0)
          .map((each) => (
            <li>
              where <code>{visibleText(JSON.stringify(each))}</code>, which AWS decides at the call
            </li>
          ))}
        {permitted.denies.map(({ resources }) => (
          <li>
            except <code>{visibleText(resources.join(", "))}</code>, by <Named policies={permitted.forbids} />
          </li>
        ))}
        {permitted.terms.length > 0 && <li>on terms: {visibleText(permitted.terms.join(", "))}</li>}
      </ul>
    )}
    {denial && (
      <p>
        <Text of={denial.reason} /> {denial.policy !== undefined && <Named policies={[denial.policy]} />}
        {denial.hint !== undefined && (
          <>
            {" "}
            <Text of={denial.hint} />
          </>
        )}
      </p>
    )}
    {closest && (
      <>
        <p>
          Closest: <Named policies={[closest.policy]} />
        </p>
        <ul class="parts">
          {closest.missed.map(({ part, holds, has }) => (
            <li>
              <code>
                <Text of={part} />
              </code>{" "}
              <strong>{HOLDS[holds] ?? visibleText(holds)}</strong>
              {Object.entries(has).map(([path, value]) => (
                <>
                  ; <Text of={`${path} is ${value === null ? "not there" : JSON.stringify(value)}`} />
                </>
              ))}
            </li>
          ))}
          {closest.held.map((part) => (
            <li class="muted">
              <code>
                <Text of={part} />
              </code>{" "}
              holds
            </li>
          ))}
        </ul>
      </>
    )}
    {shadows.length > 0 && <p class="muted">Watched, and not enforced: {visibleText(shadows.join(", "))}</p>}
  </article>
);

const PROOFS: Readonly<Record<string, string>> = {
  proven: "proven: it allows nothing that the policies do not permit",
  counterexample: "a counterexample was found, so it would not be issued",
  unknown: "not proven in the time that a question has",
};

const Session = ({
  session: { account, policy, characters, proof, lost },
}: {
  readonly session: Read<ExplainedSession>;
}) => (
  <details class="session">
    <summary>
      Session policy for account {account}: {characters} characters, {PROOFS[proof] ?? visibleText(proof)}
    </summary>
    {typeof lost !== "string" && lost.length > 0 && (
      <p>
        The policy does not allow everything that the permits promise:{" "}
        {lost.map(({ permit, action, resource }) => visibleText(`${permit} on ${action} ${resource}`)).join("; ")}
      </p>
    )}
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
    <section class="cedar" aria-label={`Session policy for account ${account}`} tabIndex={0}>
      <pre>
        <Text of={policy} />
      </pre>
    </section>
  </details>
);
