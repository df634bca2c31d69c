import { useState } from "preact/hooks";
import { actInWords } from "../../contract/decision/act-in-words.ts";
import { actLink } from "../../contract/decision/act-link.ts";

const FIELDS = {
  agent: ["Agent", "report-agent"],
  purpose: ["Purpose, in your words", "summarise my reports"],
  days: ["Days, from 1 to 90", "30"],
} as const;

/** Form for a consent. Sends nothing itself, and opens the page that shows the consent in words. There the person signs in for exactly this consent. */
export function GiveForm() {
  const [fields, setFields] = useState({ agent: "", purpose: "", days: "30" });
  const [ceiling, setCeiling] = useState("");
  const [fault, setFault] = useState<string | undefined>(undefined);
  const go = (event: Event): void => {
    event.preventDefault();
    const [agent, purpose, days] = [fields.agent.trim(), fields.purpose.trim(), Number(fields.days)];
    const act = {
      path: "/v1/consents",
      body: { agent, purpose, authorization_details: jsonIn(ceiling), days },
    };
    const missing =
      purpose === ""
        ? "Write the purpose."
        : !Number.isInteger(days) || days < 1 || days > 90
          ? "Days is a whole number from 1 to 90."
          : actInWords(act)
            ? undefined
            : "Name the agent by its id, and write the most that it may get as a JSON list of authorization_details.";
    setFault(missing);
    if (missing === undefined) location.assign(actLink(location.origin, act));
  };
  return (
    <>
      <h2>Let an agent act for you</h2>
      <form class="search-form" onSubmit={go} aria-label="A consent to give">
        {Object.entries(FIELDS).map(([name, [label, hint]]) => (
          <p class="field">
            <label for={`give-${name}`}>{label}</label>
            <input
              id={`give-${name}`}
              value={fields[name as keyof typeof FIELDS]}
              placeholder={hint}
              spellcheck={false}
              autocomplete="off"
              onInput={(event) => setFields({ ...fields, [name]: event.currentTarget.value })}
            />
          </p>
        ))}
        <p class="field whole-row">
          <label for="give-ceiling">The most that it may get (authorization_details, JSON)</label>
          <textarea
            id="give-ceiling"
            rows={4}
            value={ceiling}
            spellcheck={false}
            onInput={(event) => setCeiling(event.currentTarget.value)}
            aria-describedby="give-fault"
          />
        </p>
        <p id="give-fault" class="fault whole-row" role="alert">
          {fault}
        </p>
        <div class="actions">
          <button type="submit" class="primary">
            Read it, then sign
          </button>
        </div>
      </form>
    </>
  );
}

/** Reads JSON that a person typed; undefined where it is none. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
