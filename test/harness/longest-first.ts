import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Test files that take longest, mostly by waiting, in the order in which they start. Seconds of a worker, as `.ci/run`
 * measured them: 106 to 15.
 */
export const LONGEST = [
  "test/contract/restored-table.test.ts",
  "test/path/approvals/approval-races.test.ts",
  "test/contract/doctor-in-cloud.test.ts",
  "test/contract/incident-in-cloud.test.ts",
  "test/contract/store.test.ts",
  "test/contract/clients-in-cloud.test.ts",
  "test/property/reach-is-an-upper-bound.test.ts",
  "test/infra/rights-in-use.test.ts",
  "test/contract/login.test.ts",
  "test/infra/stolen-approvals.test.ts",
  "test/contract/package/own-folder.test.ts",
  "test/infra/stolen-uses.test.ts",
  "test/path/races.test.ts",
  "test/contract/operators-in-cloud.test.ts",
  "test/unit/client/ended-elsewhere.test.ts",
  "test/contract/local/start-ends.test.ts",
  "test/unit/openapi/outages.test.ts",
  "test/unit/client/operate/threat-model.test.ts",
  "test/contract/action.test.ts",
  "test/hostile/injected-agent.test.ts",
  "test/unit/client/exec.test.ts",
  "test/contract/sdks-in-cloud.test.ts",
  "test/contract/postgres/postgres-logins.test.ts",
  "test/contract/assumptions.test.ts",
  "test/contract/recipes-for-people.test.ts",
  "test/unit/client/operate/perform.test.ts",
  "test/contract/postgres/outliving-sessions.test.ts",
];

/**
 * Starts the longest files of each project first. In a fresh clone without durations of an earlier run, Vitest goes by
 * the sizes of files. One file of 44 seconds was then the last to start, and two of three workers waited for it.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project))];
    return projects.flatMap((each) =>
      sorted.filter(({ project }) => project === each).sort((one, other) => placeOf(one) - placeOf(other)),
    );
  }
}

const placeOf = ({ moduleId }: TestSpecification): number => {
  const place = LONGEST.findIndex((file) => moduleId.endsWith(`/${file}`));
  return place === -1 ? LONGEST.length : place;
};
