/** Values in the order of their keys, each key once. */
export class SortedList<K, V> {
  readonly #compare: (a: K, b: K) => number;
  readonly #keyOf: (value: V) => K;
  readonly #values: V[] = [];

  constructor(keyOf: (value: V) => K, compare: (a: K, b: K) => number) {
    this.#keyOf = keyOf;
    this.#compare = compare;
  }

  get length(): number {
    return this.#values.length;
  }

  get(key: K): V | undefined {
    const at = this.firstFrom(key);
    return this.#isAt(at, key) ? this.#values[at] : undefined;
  }

  /** Replaces the value of the same key, if there is one. */
  put(value: V): void {
    const key = this.#keyOf(value);
    const at = this.firstFrom(key);
    this.#values.splice(at, this.#isAt(at, key) ? 1 : 0, value);
  }

  delete(key: K): void {
    const at = this.firstFrom(key);
    if (this.#isAt(at, key)) this.#values.splice(at, 1);
  }

  at(index: number): V | undefined {
    return this.#values[index];
  }

  /** Index of the first value whose key is the given one or a later one. */
  firstFrom(key: K): number {
    return this.#first((each) => this.#compare(each, key) >= 0);
  }

  /** Index of the first value whose key is a later one. */
  firstAfter(key: K): number {
    return this.#first((each) => this.#compare(each, key) > 0);
  }

  #first(holds: (key: K) => boolean): number {
    let [low, high] = [0, this.#values.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(this.#keyAt(middle))) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #isAt(index: number, key: K): boolean {
    return index < this.#values.length && this.#compare(this.#keyAt(index), key) === 0;
  }

  #keyAt(index: number): K {
    return this.#keyOf(this.#values[index] as V);
  }
}
