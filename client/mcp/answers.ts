import { plainLine } from "../../contract/decision/plain-line.ts";
import { defined } from "../../functions/core/defined.ts";
import { ClientError, type Denial } from "../exit-codes.ts";
import { detailInWords, groupDenials, groupInWords } from "../task/denial-lines.ts";
import { hintOn } from "../task/narrow-words.ts";

/** Answer of a tool for a model: the facts as data, and the same facts in a few sentences. */
export interface ToolAnswer {
  readonly structuredContent: Readonly<Record<string, unknown>>;
  readonly content: readonly { readonly type: "text"; readonly text: string }[];
  readonly isError?: true;
}

/** Largest number of denials that an answer lists. */
const DENIALS = 20;

/** Replaces characters that a terminal or a reader would obey, and cuts the text. Parts of an answer come from the service or a model. */
export const plain = (text: string, most = 500): string => plainLine(text).slice(0, most);

export const answer = (facts: Readonly<Record<string, unknown>>, text: string): ToolAnswer => ({
  structuredContent: facts,
  content: [{ type: "text", text }],
});

export const failed = (facts: Readonly<Record<string, unknown>>, text: string): ToolAnswer => ({
  ...answer(facts, text),
  isError: true,
});

/** Status of a refusal, by the reason of the client's error. */
const STATUS: Readonly<Record<string, string>> = {
  refused: "denied",
  intent: "invalid",
  usage: "invalid",
  later: "later",
  identity: "no_identity",
  unavailable: "unavailable",
};

/**
 * Writes a refusal: the denied parts with their reasons, and the request to make instead. For any other error, which is a bug, gives only its name.
 * @param instead arguments with which policy would permit the request.
 */
export function refusal(error: unknown, instead: Readonly<Record<string, unknown>> | undefined): ToolAnswer {
  if (!(error instanceof ClientError)) {
    const name = error instanceof Error ? error.name : typeof error;
    return failed({ status: "failed", code: "bug" }, `A bug in valetkey: ${plain(name, 60)}. Nothing was granted.`);
  }
  const denials = error.denials.slice(0, DENIALS).map(plainDenial);
  const status = error.event === "approval_pending" ? "waiting_for_people" : (STATUS[error.reason] ?? "failed");
  const message = plain(error.message);
  const facts = {
    status,
    code: plain(error.event, 60),
    message,
    ...defined({ reason: error.personsReason && plain(error.personsReason), retry_after: error.retryAfterSeconds }),
    ...(denials.length > 0 ? { denials } : {}),
    ...defined({ ask_instead: instead }),
  };
  const lines = [
    ...groupDenials(error.denials.map(plainDenial)).map((group) => {
      const next = group.hint === undefined ? "" : ` ${group.hint}`;
      return `Denied: ${groupInWords(group)}. ${group.reason}${next}`;
    }),
    ...(error.covered ?? []).map((detail) => plain(`Permitted: ${detailInWords(detail)}.`, 1_000)),
  ];
  const next =
    status === "waiting_for_people"
      ? "Call request_access again with the same arguments once they have decided."
      : error.event === "delegation_token_invalid"
        ? "A delegation opens one access. Tell your user, or the agent that delegated to you, that a new one is needed."
        : instead === undefined && error.retryAfterSeconds !== undefined
          ? "Do not repeat the request before then; do something else meanwhile, or tell your user."
          : instead === undefined
            ? "Do not repeat the same request; ask for less, or tell your user."
            : `Ask instead: request_access with ${JSON.stringify(instead)}`;
  return failed(facts, [message, ...lines, next].join("\n"));
}

/** Copies a denial without characters that a terminal would obey. */
export const plainDenial = ({ action, target, reason, hint }: Denial) => ({
  action: plain(action, 128),
  target: plain(target, 512),
  reason: plain(reason),
  ...(hint === undefined ? {} : { hint: plain(hintOn("mcp", hint)) }),
});
