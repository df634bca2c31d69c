import { createHash } from "node:crypto";
import { canonicalJson } from "../../../contract/canonical-json.ts";
import { defined } from "../defined.ts";
import type { UseRow } from "../ledger/ledger.ts";
import { endpointOf } from "./ocsf.ts";
import type { Hub, OcsfEvent } from "./ocsf-event.ts";
import { ocsfHead } from "./ocsf-head.ts";
import type { OcsfRow } from "./ocsf-mapping.ts";
import { PlainFacts } from "./plain-facts.ts";

/** First use by a task of one action on one resource, from the task's ledger. */
export interface FirstUse extends Pick<UseRow, "action" | "resource" | "denied" | "first" | "sourceIp"> {
  readonly task: string;
  readonly region: string;
  readonly errorCode?: string | undefined;
}

/** OCSF's activities of an API, by the verb that an action begins with. */
const VERBS = [
  [/^(?:Get|List|Describe|Head|BatchGet|Query|Scan|Select|Lookup)/, 2, "Read"],
  [/^(?:Create|Run|Allocate|Register|Import)/, 1, "Create"],
  [/^(?:Delete|Terminate|Remove|Deregister|Release)/, 4, "Delete"],
  [/^(?:Put|Update|Modify|Set|Attach|Detach|Tag|Untag|Start|Stop|Enable|Disable)/, 3, "Update"],
] as const;

/** Writes a first use as OCSF. Accepts whatever the ledger holds and never throws. */
export function ocsfOfUse(use: FirstUse, hub: Hub): OcsfEvent {
  const facts = new PlainFacts(use);
  const [service = "unknown", name = "unknown"] = (facts.text("action") ?? "").split(":");
  const [, activity, verb] = VERBS.find(([pattern]) => pattern.test(name)) ?? [undefined, 99, "Call"];
  const isDenied = use.denied > 0;
  const error = facts.text("errorCode");
  const row: OcsfRow = {
    class: "api",
    activity,
    name: verb,
    says: isDenied ? "AWS denied a task's first such call." : "A task made its first such call.",
    ...(isDenied ? { severity: "low" as const } : {}),
  };
  const own = {
    action_id: isDenied ? 2 : 1,
    disposition_id: isDenied ? 2 : 1,
    status_id: isDenied ? 2 : 1,
    ...defined({ status_code: error }),
    actor: { session: { uid: facts.text("task") ?? "unknown" } },
    api: { operation: name || "unknown", service: { name: service || "unknown" } },
    resources: [{ uid: facts.text("resource") ?? "unknown", region: facts.text("region") ?? "unknown" }],
    src_endpoint: endpointOf(facts.text("sourceIp") ?? "") ?? { name: facts.text("sourceIp") ?? "unknown" },
  };
  const { task, action, resource } = use;
  const identity = {
    uid: createHash("sha256")
      .update(canonicalJson(["use", task, action, resource]))
      .digest("base64url"),
    original_event_uid: facts.plain(`uses/${task}/${action}`),
    event_code: "use.first",
    log_name: "uses",
  };
  return { ...ocsfHead(row, use.first * 1_000, { ...identity, isTruncated: facts.isTruncated }, hub), ...own };
}
