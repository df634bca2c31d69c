import { compileSessionPolicy } from "../../../functions/core/policy/compile.ts";
import type { Permitted } from "../../../functions/core/policy/decide.ts";
import { actionName } from "../../fakes/samples/spelled.ts";
import { threadMs } from "../cpu/cpu-time.ts";
import { besideYardstick, yardstick } from "../cpu/yardstick.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { median, percentile } from "../statistics.ts";
import { ACCOUNT } from "./two-hundred-policies.ts";

const [WARM_UP, SAMPLES, TARGET_MS] = [10, 50, 7];

/** Intents by their actions, their buckets, and the Denies of each pair. */
const SHAPES = [
  { what: "250 pairs, 500 Denies", actions: 10, buckets: 25, denies: 2 },
  { what: "250 pairs that no session holds, 1,000 Denies", actions: 1, buckets: 250, denies: 4 },
] as const;

/**
 * Measures the CPU time of compiling a session policy whose Denies have to be packed. The second shape is too long even
 * then.
 */
export async function packDenies({ say }: Run): Promise<readonly Row[]> {
  return SHAPES.map(({ what, ...shape }) => {
    say(`${SAMPLES} compilations of ${what}`);
    const permitted = permittedOf(shape);
    const bareMs: number[] = [];
    const samples = Array.from({ length: WARM_UP + SAMPLES }, () => {
      bareMs.push(threadMs(yardstick).ms);
      return threadMs(() => compileSessionPolicy(permitted, { fenceAt: 0 })).ms;
    }).slice(WARM_UP);
    const ratio = median(samples) / median(bareMs);
    const [p50Ms, p90Ms] = [median(samples), percentile(samples, 0.9)];
    return {
      name: `pack ${what}`,
      measured: `p50 ${p50Ms.toFixed(1)} ms of CPU, p90 ${p90Ms.toFixed(1)} ms`,
      target: `p50 <= ${TARGET_MS} ms`,
      verdict: verdict(p50Ms <= TARGET_MS),
      notes: [
        besideYardstick(ratio),
        "with 18 ms to decide 250 pairs (docs/compiler.md), 25 ms for the largest intent that is allowed",
      ],
      figures: { p50Ms, p90Ms, ratio },
    };
  });
}

/** Makes pairs on all objects of each bucket, each pair with its own Denies. */
const permittedOf = (shape: { readonly actions: number; readonly buckets: number; readonly denies: number }) =>
  numbered(shape.actions).flatMap((action) =>
    numbered(shape.buckets).map((bucket): Permitted => {
      const head = `arn:aws:s3:::acme-${bucket}/`;
      return {
        pair: {
          ...{
            kind: "resource",
            action: actionName(`s3:GetThing${action}`),
            groups: [],
            mints: false,
            isPattern: true,
          },
          target: `${head}*`,
          service: "s3",
          region: "",
          account: ACCOUNT,
          arnNamesAccount: true,
        },
        policies: ["permit"],
        conditions: [{}],
        obligations: { bindIp: false, rotateAfterUse: false },
        denies: numbered(shape.denies).map((deny) => ({
          resources: [`${head}${deny % 2 ? "x" : ""}*part-${deny}-of-${bucket}*`],
          conditions: {},
        })),
      };
    }),
  );

const numbered = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
