import fc from "fast-check";
import { expect, it } from "vitest";
import { arbitraryScenario } from "./arbitrary/scenarios.ts";
import { BROKEN } from "./broken-pipelines.ts";
import { vendAndTry, REAL } from "./vend-and-try.ts";
it("s", async () => {
  const rows: any = {};
  const total: any = {};
  const t = performance.now();
  await fc.assert(fc.asyncProperty(arbitraryScenario, async (s) => { const r = await vendAndTry(s, REAL); for (const n of ["vended","sets","asked","allowed"] as const) total[n] = (total[n] ?? 0) + r[n]; expect(r.violations).toEqual([]); }), { numRuns: 250 });
  console.log(total, performance.now() - t);
  for (const [name, build] of Object.entries(BROKEN)) {
    const pipeline = await build();
    for (let seed = 1; seed <= 8; seed++) {
      const t = performance.now();
      const r = await fc.check(fc.asyncProperty(arbitraryScenario, async (s) => (await vendAndTry(s, pipeline)).violations.length === 0), { numRuns: 250, seed, endOnFailure: true });
      (rows[name] ??= []).push(r.failed ? `${r.numRuns}/${Math.round(performance.now() - t)}` : "-");
    }
  }
  console.log(JSON.stringify(rows));
}, 900000);
