import { isDeepStrictEqual } from "node:util";
import { decidingBundle } from "../bundle.ts";
import { type Case, casesIn, readCases } from "../cases/read-cases.ts";
import { answerTo } from "../decide/answer.ts";
import type { Options } from "../options.ts";
import { EXIT, Problem } from "../problem.ts";
import { type ChangedPolicy, changedPolicies, decidersOf } from "./changed-policies.ts";
import { type Change, changesBetween } from "./changes.ts";
import { requestsOf } from "./derived-requests.ts";

interface Changed {
  readonly file: string;
  readonly line: number;
  readonly title: string;
  /** `allowed -> denied`; the same twice where only the terms change. */
  readonly from: "allowed" | "denied";
  readonly to: "allowed" | "denied";
  readonly changes: readonly Change[];
}

interface Counts {
  /** Cases. */
  readonly requests: number;
  /** Requests made of the policies that differ. */
  readonly derived: number;
}

type Unseen = Pick<ChangedPolicy, "id" | "how" | "file" | "line">;
type Asked = Omit<Case, "column"> & Partial<Pick<Case, "column">> & { readonly policy?: string };

/** `valetkey policy diff`: 0 where every request gets the same answer from both folders, and no policy differs unseen; else 3. */
export async function diffCommand(
  { folders, withFiles, config, requests: files, json }: Options,
  print: (text: string) => void,
): Promise<number> {
  const [before, after, ...others] = folders;
  if (before === undefined || after === undefined || others.length > 0)
    throw new Problem("diff takes two folders: before and after");
  const [old, next] = [decidingBundle(before, withFiles, config), decidingBundle(after, withFiles, config)];
  const asked =
    files.length > 0 ? files.flatMap((file) => readCases(file, file)) : unique([...casesIn(before), ...casesIn(after)]);
  const policies = changedPolicies(old, next);
  const derived = policies.flatMap(({ versions, file, line }) =>
    versions.flatMap((version) =>
      requestsOf(
        version,
        asked.map(({ agent }) => agent),
        next.catalogue,
      ).map((request) => ({ ...request, file, line })),
    ),
  );
  if (asked.length + policies.length === 0)
    throw new Problem("neither folder holds cases; name requests with --requests");
  const requests = unique([...asked, ...derived]);
  const changed: Changed[] = [];
  const seen = new Set<string>();
  for (const request of requests) {
    const [from, to] = [await answerTo(request, old), await answerTo(request, next)];
    const changes = changesBetween(from, to);
    if (changes.length === 0) continue;
    for (const id of [...decidersOf(from), ...decidersOf(to)]) seen.add(id);
    const { file, line, title } = request;
    changed.push({ file, line, title, from: from.answer, to: to.answer, changes });
  }
  const unseen = policies.filter(({ id }) => !seen.has(id)).map(({ id, how, file, line }) => ({ id, how, file, line }));
  const counts = { requests: asked.length, derived: requests.length - asked.length };
  print(json ? `${JSON.stringify({ ...counts, changed, unseen }, null, 2)}\n` : text(counts, changed, unseen));
  return changed.length + unseen.length > 0 ? EXIT.changed : EXIT.good;
}

/** Each request once: what a case expects is not part of it. */
function unique(cases: readonly Asked[]): readonly Asked[] {
  const asked = ({
    expected: _expected,
    file: _file,
    line: _line,
    column: _column,
    title: _title,
    policy: _policy,
    ...request
  }: Asked) => request;
  return cases.filter(
    (one, index) => cases.findIndex((other) => isDeepStrictEqual(asked(other), asked(one))) === index,
  );
}

function text(counts: Counts, changed: readonly Changed[], unseen: readonly Unseen[]): string {
  const blocks = changed.map(({ file, line, title, from, to, changes }) => {
    const lines = changes.map(({ what, before, after }) => `  ${what}\n    - ${show(before)}\n    + ${show(after)}\n`);
    return `${from === to ? `${from}, on other terms` : `${from} -> ${to}`}: ${title} (${file}:${line})\n${lines.join("")}\n`;
  });
  const hidden = unseen.map(
    ({ id, how, file, line }) => `${how}, and no request shows what that does: ${id} (${file}:${line}); write a case\n`,
  );
  return `${blocks.join("")}${hidden.join("")}${summary(counts)}, ${answersChange(changed.length)}\n`;
}

const summary = ({ requests, derived }: Counts): string => {
  const asked = requests === 1 ? "1 request" : `${requests} requests`;
  return derived === 0 ? asked : `${asked} and ${derived} made of the policies that differ`;
};

function show(value: unknown): string {
  if (typeof value === "string") return value;
  // Session policies are JSON already.
  return Array.isArray(value) && value.every((each) => typeof each === "string")
    ? value.join("\n      ")
    : JSON.stringify(value);
}

const answersChange = (count: number): string =>
  count === 0 ? "no answer changes" : count === 1 ? "1 answer changes" : `${count} answers change`;
