/** Runs checks, prints one line for each, and counts passes and failures. */
export class Checks {
  passed = 0;
  failed = 0;

  /** Runs one check and prints its outcome. A failure does not stop the others. */
  async check(title: string, body: () => Promise<unknown>): Promise<void> {
    await this.#run(title, body);
  }

  /** Runs a check that the rest depends on. Returns its value. @throws {Error} where it failed. */
  async need<T>(title: string, body: () => Promise<T>): Promise<T> {
    const outcome = await this.#run(title, body);
    if (!("value" in outcome)) throw new Error(`cannot go on without: ${title}`);
    return outcome.value;
  }

  async #run<T>(title: string, body: () => Promise<T>): Promise<{ readonly value: T } | { readonly error: unknown }> {
    const from = performance.now();
    const took = () => `${((performance.now() - from) / 1_000).toFixed(1)} s`;
    try {
      const value = await body();
      this.passed++;
      console.log(`  ok    ${title} (${took()})`);
      return { value };
    } catch (error) {
      this.failed++;
      console.log(`  FAIL  ${title} (${took()})\n        ${String(error).replaceAll("\n", "\n        ")}`);
      return { error };
    }
  }
}
