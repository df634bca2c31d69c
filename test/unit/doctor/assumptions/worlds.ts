import { ASSUMPTIONS } from "../../../../client/doctor/aws/assumptions/list.ts";
import type { ProbePlace } from "../../../../client/doctor/aws/assumptions/probe-place.ts";
import { rightsOfProbes } from "../../../../client/doctor/aws/assumptions/rights.ts";
import type { AssumptionResult, ProbeRun } from "../../../../client/doctor/aws/assumptions/run.ts";
import { probeAssumptions } from "../../../../client/doctor/aws/assumptions/run.ts";
import {
  type EmbeddedAws,
  type EmbeddedAwsOptions,
  startEmbeddedAws,
} from "../../../../local/emulator/embedded-aws.ts";

export const ACCOUNT = "111122223333";
export const HUB = { account: "999900001111", region: "us-east-1", prefix: "valetkey-emea", url: "https://v.example" };
/** Waits of an AWS that knows at once. The tolerance is wide: how long a call takes on a busy machine is no matter of these tests. */
export const WAITS = {
  settleMs: 150,
  pauseMs: 30,
  fenceMs: 500,
  toleratedMs: 30_000,
  longestMs: 4_000,
  delaySeconds: 1,
  outSeconds: 2,
};

export type SeenByIam = Parameters<NonNullable<EmbeddedAwsOptions["iamSees"]>>[0];

export interface ProbedWorld {
  readonly aws: EmbeddedAws;
  /** Answers of the probes named, which run side by side. */
  readonly ask: (ids: readonly string[], more?: Partial<ProbeRun>) => Promise<ReadonlyMap<string, AssumptionResult>>;
  readonly run: (more?: Partial<ProbeRun>) => ReturnType<typeof probeAssumptions>;
  readonly close: () => Promise<void>;
}

export const placeOf = (userId: string): ProbePlace => ({
  account: ACCOUNT,
  region: "us-east-1",
  endpoint: "x",
  isAws: false,
  sdk: "aws-sdk-js/3",
  caller: { arn: `arn:aws:sts::${ACCOUNT}:assumed-role/prober/ann`, userId },
});

/** Statements of the rights that the probes require, which a test may take some from. */
export const RIGHTS = rightsOfProbes({ partition: "aws", account: ACCOUNT, region: "us-east-1" }).Statement;

/** Starts an embedded AWS whose IAM sees the context of the test, and probes it with these rights alone. */
export async function probedWorld(
  iamSees: (seen: SeenByIam) => SeenByIam,
  statements: readonly object[] = RIGHTS,
): Promise<ProbedWorld> {
  const aws = await startEmbeddedAws({ port: 0, iamSees });
  const role = await aws.admin(ACCOUNT).createRole({
    name: "prober",
    trust: { Version: "2012-10-17", Statement: [] },
    permissions: { probes: { Version: "2012-10-17", Statement: statements } },
  });
  const clients = { endpoint: aws.endpoint, credentials: aws.keysFor(role.arn, "ann") };
  const place = placeOf(`${role.id}:ann`);
  const run = (more: Partial<ProbeRun> = {}) =>
    probeAssumptions(place, { say: () => {}, hub: HUB, version: "0.1.0", waits: WAITS, clients, ...more });
  return {
    aws,
    run,
    close: () => aws.close(),
    ask: async (ids, more = {}) => {
      const reports = await Promise.all(
        ids.map((id) => run({ assumptions: ASSUMPTIONS.filter((each) => each.id === id), ...more })),
      );
      return new Map(reports.flatMap(({ results }) => results.map((result) => [result.id, result] as const)));
    },
  };
}
