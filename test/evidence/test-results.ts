/** Tests of one run by their file, each with its path of titles, `describe > it`, and its status. */
export type TestResults = ReadonlyMap<string, readonly TestResult[]>;

export interface TestResult {
  readonly title: string;
  readonly status: string;
}

/** Report of `vitest --reporter=json`, with the parts that are read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
    }[];
  }[];
}

/**
 * Reads the JSON report of a test run.
 * @param root folder of the repository, with which the report's paths begin.
 */
export function readResults(report: string, root: string): TestResults {
  const { testResults } = JSON.parse(report) as Report;
  return new Map(
    testResults.map(({ name, assertionResults }) => [
      name.replaceAll("\\", "/").slice(root.replaceAll("\\", "/").replace(/\/$/, "").length + 1),
      assertionResults.map(({ ancestorTitles, title, status }) => ({
        title: [...ancestorTitles, title].join(" > "),
        status,
      })),
    ]),
  );
}

/** Splits a test's name into its file and the start of its titles: `test/a.test.ts > group > title`. */
export function partsOf(test: string): { readonly file: string; readonly title: string } {
  const [file = "", ...titles] = test.split(" > ");
  return { file, title: titles.join(" > ") };
}

/** Lists the results that a test's name covers: those whose path of titles starts with it. */
export function resultsOf(test: string, results: TestResults): readonly TestResult[] {
  const { file, title } = partsOf(test);
  return (results.get(file) ?? []).filter((each) => each.title.startsWith(title));
}
