import { counted } from "../../../contract/decision/counted.ts";
import { EVERY_ARN } from "../../../functions/core/catalogue/unnamed.ts";
import { personId } from "../../../functions/core/identity/person.ts";
import { SESSION_POLICY_CHARACTERS } from "../../../functions/core/policy/compile.ts";
import { EVERY_OBLIGATION, type Obligations } from "../../../functions/core/policy/obligations.ts";
import type { Closest } from "../../../functions/policy/explain/closest.ts";
import type { ExplainedPair, Explanation } from "../../../functions/policy/explain/explain.ts";
import { lostText } from "../prove/lost-text.ts";
import { proofText } from "../prove/proof-text.ts";

/** Writes the explanation for a person. */
export function explainText({ request, answer, pairs, proofs = [], converse = [] }: Explanation): string {
  const { agent, purpose, ttlSeconds, atMs, mode, onBehalf, conditions } = request;
  const head = [
    `${agent.id} of team ${agent.team}${onBehalf ? ` for ${personId(onBehalf)}` : ""}, ${new Date(atMs).toISOString()}, ${ttlSeconds} s, mode ${mode}: ${purpose}`,
    ...(answer.answer === "allowed" && answer.labels.length > 0 ? [`labels: ${answer.labels.join(", ")}`] : []),
    ...(conditions === undefined ? [] : [`conditions that hold: ${conditions.join(", ") || "none"}`]),
    answer.answer === "allowed"
      ? `ALLOWED${sessionsText(answer.sessions.length)}${answer.denials.length > 0 ? `, except ${answer.denials.length} of the requested pairs` : ""}`
      : `DENIED (${answer.code}): ${answer.sentence}`,
  ];
  const sessions =
    answer.answer === "denied"
      ? []
      : answer.sessions.map(({ lease, account, policy, characters }) => {
          const percent = Math.round((100 * characters) / SESSION_POLICY_CHARACTERS);
          const size = `${characters} of ${SESSION_POLICY_CHARACTERS} characters (${percent} %)`;
          return `session policy of ${lease}, account ${account}: ${size}\n${JSON.stringify(JSON.parse(policy), null, 2)}`;
        });
  return `${[...head, ...pairs.map(pairText), ...sessions, ...proofs.map(proofText), ...converse.map(lostText)].join("\n\n")}\n`;
}

/** Writes the number of AWS sessions of the request; "" for none. */
const sessionsText = (count: number): string => (count === 0 ? "" : ` in ${counted(count, "session")}`);

function pairText({ action, target, permitted, denial, closest, shadows }: ExplainedPair): string {
  const lines = [`${permitted ? "+" : "-"} ${action} on ${target}`];
  if (permitted) {
    const forbids = permitted.policies.filter((policy) => !permitted.permits.includes(policy));
    lines.push(
      `    permitted by ${permitted.permits.join(", and for the person by ")}`,
      ...obligationLines(permitted.obligations),
    );
    const ways = permitted.conditions
      .filter((each) => Object.keys(each).length > 0)
      .map((each) => JSON.stringify(each));
    if (ways.length > 0) lines.push(`    where ${ways.join(" or ")}`);
    for (const { resources, conditions } of permitted.denies) {
      const where = Object.keys(conditions).length > 0 ? ` where ${JSON.stringify(conditions)}` : "";
      lines.push(
        resources.includes(EVERY_ARN)
          ? "    except calls that name a resource"
          : `    except ${resources.join(", ")}${where}, by ${forbids.join(", ")}`,
      );
    }
  }
  if (denial) lines.push(`    ${denial.reason}${denial.policy === undefined ? "" : ` (${denial.policy})`}`);
  if (closest) lines.push(...closestLines(closest));
  if (denial?.hint !== undefined) lines.push(`    hint: ${denial.hint}`);
  for (const shadow of shadows) lines.push(`    watched: would ${shadow.replace(":", " by ")}`);
  return lines.join("\n");
}

function closestLines({ policy, file, missed, held }: Closest): readonly string[] {
  return [
    `    closest: ${policy} (${file})${missed.length === 0 ? ", every part of which holds" : ""}`,
    ...missed.map(({ part, holds, has }) => {
      const values = Object.entries(has).map(
        ([path, value]) => `${path} is ${value === null ? "not there" : JSON.stringify(value)}`,
      );
      const how = {
        no: "does not hold",
        "in part": "holds for a part only",
        "by tags": "is decided by tags",
        unclear: "is unclear for a set",
      };
      return `      ${holds === "by tags" ? "?" : "x"} ${part}: ${how[holds]}${values.length > 0 ? `; ${values.join(", ")}` : ""}`;
    }),
    ...held.map((part) => `      v ${part}`),
  ];
}

function obligationLines(obligations: Obligations): readonly string[] {
  const terms = EVERY_OBLIGATION.flatMap(({ words }) => words(obligations) ?? []);
  return terms.length === 0 ? [] : [`    on terms: ${terms.join(", ")}`];
}
