import { isDeepStrictEqual } from "node:util";
import { counted } from "../../../contract/decision/counted.ts";
import { decidingBundle } from "../../../functions/policy/bundle.ts";
import { answerTo } from "../../../functions/policy/decide/answer.ts";
import { EXIT, Problem } from "../../../functions/policy/problem.ts";
import { type Case, casesIn, readCases } from "../cases/read-cases.ts";
import type { Options } from "../options.ts";
import { type ChangedPolicy, changedPolicies, decidersOf } from "./changed-policies.ts";
import { type Change, changesBetween } from "./changes.ts";
import { requestsOf } from "./derived-requests.ts";

interface Changed {
  readonly file: string;
  readonly line: number;
  readonly title: string;
  /** Answers before and after; equal where only the terms change. */
  readonly from: "allowed" | "denied";
  readonly to: "allowed" | "denied";
  readonly changes: readonly Change[];
}

interface Counts {
  /** Number of cases. */
  readonly requests: number;
  /** Number of requests made from the policies that differ. */
  readonly derived: number;
}

type Unseen = Pick<ChangedPolicy, "id" | "how" | "file" | "line">;
type AnyRequest = Omit<Case, "column"> & Partial<Pick<Case, "column">> & { readonly policy?: string };

/** Runs `valetkey policy diff`. @returns 0 where every request gets the same answer from both folders, and no policy differs unseen; else 3. */
export async function diffCommand(
  { folders, withFiles, config, requests: files, json }: Options,
  print: (text: string) => void,
): Promise<number> {
  const [before, after, ...others] = folders;
  if (before === undefined || after === undefined || others.length > 0)
    throw new Problem("diff takes two folders: before and after");
  const [old, next] = [decidingBundle(before, withFiles, config), decidingBundle(after, withFiles, config)];
  const cases =
    files.length > 0
      ? files.flatMap((file) => readCases(file, file, next.conditions))
      : unique([...casesIn(before, old.conditions), ...casesIn(after, next.conditions)]);
  const policies = changedPolicies(old, next);
  const derived = policies.flatMap(({ versions, file, line }) =>
    versions.flatMap((version) =>
      requestsOf(
        version,
        cases.map(({ agent }) => agent),
        next.catalogue,
      ).map((request) => ({ ...request, file, line })),
    ),
  );
  if (cases.length + policies.length === 0)
    throw new Problem("neither folder holds cases; name requests with --requests");
  const requests = unique([...cases, ...derived]);
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
  const counts = { requests: cases.length, derived: requests.length - cases.length };
  print(json ? `${JSON.stringify({ ...counts, changed, unseen }, null, 2)}\n` : text(counts, changed, unseen));
  return changed.length + unseen.length > 0 ? EXIT.changed : EXIT.good;
}

/** Removes requests that occur twice. The expectation of a case is not part of its request. */
function unique(cases: readonly AnyRequest[]): readonly AnyRequest[] {
  const requestOf = ({
    expected: _expected,
    file: _file,
    line: _line,
    column: _column,
    title: _title,
    policy: _policy,
    ...request
  }: AnyRequest) => request;
  return cases.filter(
    (one, index) => cases.findIndex((other) => isDeepStrictEqual(requestOf(other), requestOf(one))) === index,
  );
}

function text(counts: Counts, changed: readonly Changed[], unseen: readonly Unseen[]): string {
  const blocks = changed.map(({ file, line, title, from, to, changes }) => {
    const lines = changes.map(({ what, before, after }) => `  ${what}\n    - ${show(before)}\n    + ${show(after)}\n`);
    return `${from === to ? `${from}, on other terms` : `${from} -> ${to}`}: ${title} (${file}:${line})\n${lines.join("")}\n`;
  });
  const hidden = unseen.map(
    ({ id, how, file, line }) => `${how}, and no request shows the effect: ${id} (${file}:${line}); write a case\n`,
  );
  return `${blocks.join("")}${hidden.join("")}${summary(counts)}, ${answersChange(changed.length)}\n`;
}

const summary = ({ requests, derived }: Counts): string => {
  const count = counted(requests, "request");
  return derived === 0 ? count : `${count} and ${derived} made from the policies that differ`;
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
