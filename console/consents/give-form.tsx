import { useState } from "preact/hooks";
import type { AccountList } from "../../contract/accounts.ts";
import type { AgentList } from "../../contract/agents.ts";
import { actInWords } from "../../contract/decision/act-in-words.ts";
import { actLink } from "../../contract/decision/act-link.ts";
import { visibleText } from "../../contract/decision/visible-text.ts";
import type { Read } from "../../contract/operation.ts";
import type { Reach } from "../../contract/policies.ts";
import type { PageProps } from "../page-props.ts";
import { Grants } from "../parts/grants.tsx";
import { NotShown } from "../parts/unpermitted.tsx";
import { useOnce } from "../parts/use-once.ts";
import { type Ceiling, ceilingIn, ceilingOf, EMPTY_LINE, type Line } from "./ceiling.ts";
import { CeilingLines } from "./ceiling-lines.tsx";
import { ReachLines } from "./reach-lines.tsx";

/** Form for a consent. Sends nothing itself, and opens the page that shows the consent in words. There the person signs in for exactly this consent. */
export function GiveForm({ settings, session }: Pick<PageProps, "settings" | "session">) {
  const [fields, setFields] = useState({ agent: "", purpose: "", days: "30" });
  const [lines, setLines] = useState<readonly Line[]>([EMPTY_LINE]);
  const [json, setJson] = useState<string | undefined>(undefined);
  const [fault, setFault] = useState<string | undefined>(undefined);
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const [isUsed, setUsed] = useState(false);
  // Reads what there is to choose once somebody uses the form: most people may not, and a refusal is in the log.
  const at = (path: string) => (isUsed ? path : undefined);
  const { value: agents, fault: hidden } = useOnce<Read<AgentList>>(at("/v1/agents?status=active"), {
    settings,
    session,
  });
  const { value: listed } = useOnce<Read<AccountList>>(at("/v1/accounts"), { settings, session });
  const { value: reach, fault: unknown } = useOnce<Read<Reach>>(chosen && `/v1/agents/${chosen}/reach`, {
    settings,
    session,
  });
  const accounts = listed?.accounts.filter(({ retired }) => !retired);
  const names = namesOf(accounts ?? []);
  const ceiling = json === undefined ? ceilingOf(lines) : ceilingIn(json);
  const go = (event: Event): void => {
    event.preventDefault();
    const made = actOf(fields, ceiling);
    setFault("says" in made ? made.says : undefined);
    if ("act" in made) location.assign(actLink(location.origin, made.act));
  };
  const field = (name: keyof typeof fields, label: string, hint: string) => (
    <p class="field">
      <label for={`give-${name}`}>{label}</label>
      <input
        id={`give-${name}`}
        value={fields[name]}
        placeholder={hint}
        list={name === "agent" ? "give-agents" : undefined}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => setFields({ ...fields, [name]: event.currentTarget.value })}
        onChange={({ currentTarget }) => name === "agent" && setChosen(agentIn(currentTarget.value))}
      />
    </p>
  );
  return (
    <>
      <h2>Let an agent act for you</h2>
      <form class="search-form" onSubmit={go} onFocusIn={() => setUsed(true)} noValidate aria-label="A consent to give">
        <p class="muted whole-row">
          It takes <code>valetkey:GiveConsent</code> on the agent, which the owners of the policies grant.
        </p>
        {hidden && <NotShown what="The list of agents" fault={hidden} />}
        {field("agent", "Agent", "report-agent")}
        <datalist id="give-agents">
          {agents?.agents.map(({ id, name }) => (
            <option key={id} value={id}>
              {visibleText(name)}
            </option>
          ))}
        </datalist>
        {field("purpose", "Purpose, in your words", "summarise my reports")}
        {field("days", "Days, from 1 to 90", "30")}
        <h3 class="whole-row">What it may do for you</h3>
        {json === undefined && reach && (
          <ReachLines permits={reach.permits} names={names} lines={lines} change={setLines} />
        )}
        {unknown && <NotShown what="What policy lets it do" fault={unknown} />}
        {json === undefined ? (
          <CeilingLines lines={lines} change={setLines} accounts={accounts} />
        ) : (
          <p class="whole-row">
            The JSON below counts in place of the lines.{" "}
            <button type="button" onClick={() => setJson(undefined)}>
              Back to the lines
            </button>
          </p>
        )}
        <section class="whole-row" aria-label="The consent in words">
          <h3>At the most</h3>
          {"says" in ceiling ? (
            <p class="muted">{ceiling.says}</p>
          ) : (
            <Grants grants={ceiling.details} names={names} level={4} />
          )}
        </section>
        <details class="whole-row">
          <summary>As JSON</summary>
          <p class="field">
            <label for="give-json">The most that it may get, as JSON (authorization_details)</label>
            <textarea
              id="give-json"
              rows={6}
              value={json ?? ("says" in ceiling ? "" : JSON.stringify(ceiling.details, undefined, 2))}
              spellcheck={false}
              onInput={(event) => setJson(event.currentTarget.value)}
            />
          </p>
        </details>
        <p class="fault whole-row" role="alert">
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

/** Reads an agent's id; undefined for a text that is none. */
const agentIn = (text: string): string | undefined => /^[a-z0-9][a-z0-9-]{0,62}[a-z0-9]$/.exec(text.trim())?.[0];

const namesOf = (accounts: Read<AccountList>["accounts"]): Readonly<Record<string, string>> =>
  Object.fromEntries(accounts.flatMap(({ account, name }) => (name === undefined ? [] : [[account, name]])));

/** Makes the act that the person reads next. @returns a sentence where something is missing. */
function actOf(fields: { readonly agent: string; readonly purpose: string; readonly days: string }, ceiling: Ceiling) {
  const [agent, purpose, days] = [fields.agent.trim(), fields.purpose.trim(), Number(fields.days)];
  if (purpose === "") return { says: "Write the purpose." };
  if (!Number.isInteger(days) || days < 1 || days > 90) return { says: "Days is a whole number from 1 to 90." };
  if ("says" in ceiling) return ceiling;
  const act = { path: "/v1/consents", body: { agent, purpose, authorization_details: ceiling.details, days } };
  return actInWords(act) ? { act } : { says: "Name the agent by its id: a-z, 0-9 and hyphens." };
}
