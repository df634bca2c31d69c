import { createHash } from "node:crypto";
import { isAgentId } from "../../contract/agent-id.ts";
import { tokenForm } from "../../contract/names.ts";
import { defined } from "../../functions/core/defined.ts";
import { isTaskId, recordOf } from "../task/fields.ts";
import { callService } from "../task/service.ts";
import type { Access, Looked } from "./access.ts";

/** Time for which an introspection counts, from the moment of its request. With the pause between two looks at an open answer: 5 s. */
const COUNTS_MS = 4_000;
const TIMEOUT_MS = 3_000;
/** Largest number of remembered tokens. */
const TOKENS = 1_000;
/** Form of a token. Only texts of this form are sent to the hub, so that strangers' texts cost the hub nothing. */
const PRESENTATION = tokenForm("vkp");

interface Remembered {
  readonly looked: Promise<Looked>;
  readonly untilMs: number;
}

export interface IntrospectionOptions {
  readonly hub: string;
  readonly resource: string;
  readonly server: string;
  /** Returns the tool server's own OIDC token. */
  readonly ownToken: () => Promise<string>;
  readonly onEvent: (event: Readonly<Record<string, unknown>>) => void;
  readonly nowMs: () => number;
}

/** Looks at tokens by the hub's introspection (RFC 7662), and remembers each answer for some seconds. An unclear answer gives no access. */
export class Introspection {
  readonly #options: IntrospectionOptions;
  readonly #remembered = new Map<string, Remembered>();

  constructor(options: IntrospectionOptions) {
    this.#options = options;
  }

  async look(token: string): Promise<Looked> {
    if (!PRESENTATION.test(token)) return "inactive";
    const mark = createHash("sha256").update(token).digest("base64url");
    const now = this.#options.nowMs();
    const known = this.#remembered.get(mark);
    const looked = known && now < known.untilMs ? known.looked : this.#remember(mark, this.#ask(token, mark), now);
    const result = await looked;
    if (typeof result === "object" && result.access.expiresAt * 1_000 <= this.#options.nowMs()) return "inactive";
    return result;
  }

  #remember(mark: string, looked: Promise<Looked>, now: number): Promise<Looked> {
    for (const [each, { untilMs }] of this.#remembered) {
      if (untilMs > now && this.#remembered.size < TOKENS) break;
      this.#remembered.delete(each);
    }
    this.#remembered.delete(mark);
    this.#remembered.set(mark, { looked, untilMs: now + COUNTS_MS });
    return looked;
  }

  async #ask(token: string, mark: string): Promise<Looked> {
    const { hub, ownToken, onEvent } = this.#options;
    try {
      const answer = await callService({
        url: `${hub}/v1/introspect`,
        method: "POST",
        timeoutMs: TIMEOUT_MS,
        bearer: await ownToken(),
        form: { token },
      });
      if (answer?.status === 200 && answer.body.active === false) return "inactive";
      const access = answer?.status === 200 ? accessIn(answer.body, mark, this.#options) : undefined;
      if (access) return { access };
      onEvent({ event: "introspection_failed", status: answer?.status ?? 0, code: answer?.body.code });
    } catch (error) {
      onEvent({ event: "introspection_failed", code: error instanceof Error ? error.name : "unknown" });
    }
    return "unavailable";
  }
}

/** Reads an introspection's answer; undefined unless it is of this hub and for this server. */
function accessIn(
  body: Readonly<Record<string, unknown>>,
  mark: string,
  { hub, resource, server }: IntrospectionOptions,
): Access | undefined {
  const { active, iss, aud, exp, client_id: clientId, sub, act, task, purpose, authorization_details: details } = body;
  if (active !== true || iss !== hub || aud !== server || typeof exp !== "number" || !Array.isArray(details))
    return undefined;
  if (!isAgentId(clientId) || !isTaskId(task)) return undefined;
  const scopes = details.map(recordOf).flatMap(({ type, server: of, tools }) => {
    const isOurs = type === "tool" && of === server && Array.isArray(tools);
    return isOurs ? tools.filter((tool): tool is string => typeof tool === "string") : [];
  });
  return {
    token: mark,
    clientId,
    scopes,
    expiresAt: exp,
    resource: new URL(resource),
    extra: {
      task,
      purpose: String(purpose),
      sub: String(sub),
      ...defined({ act }),
    },
  };
}
