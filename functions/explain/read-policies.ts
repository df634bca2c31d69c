import type { PolicyList } from "../../contract/policies.ts";
import { Refusal } from "../core/refusal.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { operation } from "../operators/operation.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";
import type { ExplainPorts } from "./explain-ports.ts";

/** Policies on one page. */
const PAGE = 200;

/** Answers `GET /v1/policies?after=` with the policies in the order of their files, page by page, and the hash of their bundle. */
export const readPolicies = (event: HttpEvent, ports: ExplainPorts): Promise<HttpAnswer> =>
  operation<PolicyList>(event, ports, async (operator) => {
    await authoriseOperation(operator, "valetkey:ReadPolicies", "deployment", ports);
    const after = new URLSearchParams(event.rawQueryString ?? "").get("after") ?? undefined;
    const begins = after === undefined ? 0 : ports.prepared.findIndex(({ id }) => id === after) + 1;
    if (after !== undefined && begins === 0)
      throw new Refusal("malformed_request", { say: "after must be a policy's id: the next of the page before." });
    const page = ports.prepared.slice(begins, begins + PAGE);
    const last = page.at(-1);
    return {
      bundle: ports.policies.hash,
      policies: page.map(({ id, effect, annotations, text }) => ({ id, effect, annotations, text })),
      ...(last && begins + PAGE < ports.prepared.length ? { next: last.id } : {}),
    };
  });
