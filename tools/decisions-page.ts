/** Decision, as the head of its page has it. */
export interface Decision {
  readonly number: number;
  readonly title: string;
  /** Name of the page in `docs/decisions/`. */
  readonly page: string;
  /** Day of the decision, as `2026-11-25`. */
  readonly day: string;
  readonly status: "Accepted" | "Replaced";
  /** Later decisions that changed it or took its place, as links; empty for most. */
  readonly later: string;
}

const HEAD =
  /^# (\d+)\. (.+)\n\n(Accepted|Replaced), (\d{4}-\d{2}-\d{2})(?:; (?:changed in part|replaced) by (\[decision [^.]+?\]\([\w-]+\.md\)(?: and \[decision [^.]+?\]\([\w-]+\.md\))*))?\.(?:\s|$)/;

/**
 * Reads the head of a decision's page: its title, and below it `Accepted, 2026-11-25.` or `Accepted, 2026-11-25; changed
 * in part by [decision 13](0013-….md).`
 * @throws {Error} where the page has no such head, or another number than its name.
 */
export function decisionOf(page: string, text: string): Decision {
  const [, number = "", title = "", status, day = "", later = ""] = HEAD.exec(text) ?? [];
  if (status === undefined || Number(number) !== Number(page.slice(0, 4)))
    throw new Error(`docs/decisions/${page} lacks a head as "# 7. Title", and below it "Accepted, 2026-11-25."`);
  return { number: Number(number), title, page, day, status: status === "Replaced" ? status : "Accepted", later };
}

/** Renders the index of decisions: one line each. */
export function decisionsPage(decisions: readonly Decision[]): string {
  const numbers = new Set(decisions.map(({ number }) => number));
  const gaps = Array.from({ length: Math.max(...numbers) }, (_, index) => index + 1).filter((n) => !numbers.has(n));
  return `# Decisions

For who wants to change something and asks why it is so. \`npm run decisions\` writes this list from the head of each
page. No decision has the number ${gaps.join(", ")}.

| | decision | status | of | changed by |
|---|---|---|---|---|
${decisions.map(({ number, title, page, status, day, later }) => `| ${number} | [${title}](${page}) | ${status.toLowerCase()} | ${day} |${later && ` ${later}`} |`).join("\n")}
`;
}
