/** What was tried, one line each, and how it went. */
export class Checks {
  passed = 0;
  failed = 0;

  /** Runs one check and says how it went; its value, or nothing where it failed. A failure does not stop the others. */
  async check<T>(title: string, body: () => Promise<T>): Promise<T | undefined> {
    const from = performance.now();
    const took = () => `${((performance.now() - from) / 1_000).toFixed(1)} s`;
    try {
      const value = await body();
      this.passed++;
      console.log(`  ok    ${title} (${took()})`);
      return value;
    } catch (error) {
      this.failed++;
      console.log(`  FAIL  ${title} (${took()})\n        ${String(error).replaceAll("\n", "\n        ")}`);
      return undefined;
    }
  }

  /** The same, for what the rest cannot do without. */
  async need<T>(title: string, body: () => Promise<T>): Promise<T> {
    const value = await this.check(title, body);
    if (value === undefined) throw new Error(`cannot go on without: ${title}`);
    return value;
  }
}
