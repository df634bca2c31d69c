/** Program that judges valetkey and that others wrote. */
export interface Judge {
  /** Claim that it judges, in a line. */
  readonly judges: string;
  /** Programs that have to be installed besides Node and npm. */
  readonly needs: readonly ("cargo" | "go" | "python3")[];
  /** True where `.ci/run` runs it. All such judges together take under two minutes. */
  readonly isQuick: boolean;
}

/** Judges by name. Each is a folder here, with a `run.ts` that exits with 0 where it found nothing. */
export const JUDGES = {
  botocore: {
    judges: "requests to AWS of a whole tour, their signatures, and the answers of the embedded AWS: AWS's own models",
    needs: ["python3"],
    isQuick: true,
  },
  "cedar-go": {
    judges: "decisions of valetkey's policies and of generated ones: Cedar in Go, a second engine",
    needs: ["go"],
    isQuick: true,
  },
  "cfn-lint": {
    judges: "templates of 1, 21 and 500 accounts, with all options and with none, by the schemas of CloudFormation",
    needs: ["python3"],
    isQuick: false,
  },
  flips: {
    judges: "an archive of 200 events, each byte of which is flipped, one at a time",
    needs: [],
    isQuick: false,
  },
  lambda: {
    judges: "every function as it is deployed, by events of all its triggers, in Lambda's own runtime and emulator",
    needs: ["go", "python3"],
    isQuick: false,
  },
  localemu: {
    judges: "decisions of 2,000 generated session policies: LocalEmu's evaluator",
    needs: ["python3"],
    isQuick: false,
  },
  moto: {
    judges: "the table and the S3 of the embedded AWS, and the contracts of the store: moto, a second AWS",
    needs: ["python3"],
    isQuick: false,
  },
  nono: {
    judges: "files of credentials that valetkey serve writes: nono's proxy reads and injects one",
    needs: ["cargo"],
    isQuick: false,
  },
  signing: {
    judges:
      "signatures that the hub gives, hosts of AWS and operations of requests: botocore signs, resolves and sends",
    needs: ["python3"],
    isQuick: false,
  },
  tlog: {
    judges: "a log of 100,000 events, and what is changed in it: Go's sumdb",
    needs: ["go"],
    isQuick: false,
  },
  "tool-servers": {
    judges: "the guard of tool servers in real servers of Express and Hono",
    needs: [],
    isQuick: false,
  },
  "way-back": {
    judges: "plans of the way back, run by sh and the aws command on versioned buckets of moto",
    needs: ["python3"],
    isQuick: false,
  },
} as const satisfies Readonly<Record<string, Judge>>;

export type JudgeName = keyof typeof JUDGES;

export const JUDGE_NAMES = Object.keys(JUDGES) as readonly JudgeName[];
