import { useRef, useState } from "preact/hooks";
import type { ShownAgent } from "../../contract/agents.ts";
import { visibleText } from "../../contract/decision/visible-text.ts";
import type { Read } from "../../contract/operation.ts";
import type { Explanation, PolicyQuestion } from "../../contract/policies.ts";
import { ApiFault, call } from "../api.ts";
import type { PageProps } from "../page-props.ts";
import { Command } from "../parts/command.tsx";
import { Heading } from "../parts/heading.tsx";
import { Link } from "../parts/link.tsx";
import { Notice } from "../parts/notice.tsx";
import { ReadFault } from "../parts/read-fault.tsx";
import { NotShown } from "../parts/unpermitted.tsx";
import { useOnce } from "../parts/use-once.ts";
import { ExplanationView } from "./explanation-view.tsx";
import { commandOf, NO_QUESTION, type QuestionFields, questionOf } from "./question.ts";

interface Outcome {
  readonly body: PolicyQuestion;
  readonly explanation?: Read<Explanation>;
  readonly fault?: ApiFault;
}

/** Form for a request that an agent might make. Shows who decides about it. Nothing is issued. */
export function ExplainPage({ settings, session, id }: PageProps) {
  const [fields, setFields] = useState<QuestionFields>({ ...NO_QUESTION, agent: id });
  const [says, setSays] = useState("");
  const [result, setResult] = useState<Outcome | undefined>(undefined);
  const [isAsking, setAsking] = useState(false);
  const { value: agent, fault: unread } = useOnce<Read<ShownAgent>>(
    result && `/v1/agents/${encodeURIComponent(result.body.agent)}`,
    {
      settings,
      session,
    },
  );
  const outcome = useRef<HTMLDivElement>(null);
  const ask = async (event: Event): Promise<void> => {
    event.preventDefault();
    const question = questionOf(fields);
    setSays("says" in question ? question.says : "");
    if ("says" in question) return;
    const { body } = question;
    setAsking(true);
    try {
      const { value } = await call<Read<Explanation>>(settings.api, "/v1/policies/explain", session.token, body);
      setResult({ body, explanation: value });
    } catch (error) {
      if (!(error instanceof ApiFault)) throw error;
      setResult({ body, fault: error });
    }
    setAsking(false);
    outcome.current?.focus();
  };
  const field = (name: keyof QuestionFields, label: string, hint: string, isLong = false) => {
    const of = {
      id: `ask-${name}`,
      value: fields[name],
      placeholder: hint,
      spellcheck: false,
      autocomplete: "off" as const,
      onInput: (event: { readonly currentTarget: { readonly value: string } }) =>
        setFields({ ...fields, [name]: event.currentTarget.value }),
    };
    return (
      <p class="field">
        <label for={of.id}>{label}</label>
        {isLong ? <textarea rows={3} {...of} /> : <input {...of} />}
      </p>
    );
  };
  return (
    <section>
      <p class="crumb">
        <Link to="/policies">Policies</Link>
      </p>
      <Heading title="Who decides?" />
      <p class="aside">Type an agent and a call. The deployed policies decide about it; nothing is issued.</p>
      <form class="ask-form" onSubmit={ask} noValidate>
        {field("agent", "Agent", "report-agent")}
        {field("account", "Account", "111122223333")}
        {field("actions", "Actions", "s3:GetObject")}
        {field("resources", "Resources", "arn:aws:s3:::acme-data/reports/*")}
        <details>
          <summary>Context, and other kinds of requests</summary>
          <div class="ask-more">
            {field("purpose", "Purpose", "summarise the week")}
            {field("sourceIp", "Source address of the request", "203.0.113.7")}
            {field("at", "Moment, if not now", "2026-11-24T12:00:00Z")}
            {field("person", "Person for whom it acts, and groups", "staff|u-1 support")}
            {field("claims", "Claims of its token, as JSON", '{"ref": "refs/heads/main"}', true)}
            {field("details", "authorization_details as JSON, in place of the three above", "[]", true)}
          </div>
        </details>
        <p class="fault" role="alert">
          {says}
        </p>
        <div class="actions">
          <button type="submit" class="primary" disabled={isAsking}>
            {isAsking ? "Asking…" : "Ask"}
          </button>
        </div>
      </form>
      <div ref={outcome} tabIndex={-1} class="outcome" aria-live="polite">
        {result?.fault?.kind === "down" && (
          <Notice tone="bad" title="No answer now">
            <p>{visibleText(result.fault.message)}</p>
          </Notice>
        )}
        {result?.fault && result.fault.kind !== "down" && (
          <ReadFault fault={result.fault} title="It was not explained" settings={settings} session={session} />
        )}
        {result?.explanation && <ExplanationView of={result.explanation} />}
      </div>
      {result && (
        <>
          <h2>As a command, in a checkout</h2>
          {agent && <Command line={commandOf(result.body, agent)} />}
          {unread && <NotShown fault={unread} />}
        </>
      )}
    </section>
  );
}
