/** Number of rows in a new table. A full table doubles. */
const FIRST_ROWS = 1_024;

/**
 * Numbers triples from 0 on, each triple once. Lookups are the most frequent operation of proofs. In a table of plain
 * integers they make no garbage, and the collector does not trace what is cached across proofs.
 */
export class Triples {
  #rows = FIRST_ROWS;
  #one = new Int32Array(FIRST_ROWS);
  #two = new Int32Array(FIRST_ROWS);
  #three = new Int32Array(FIRST_ROWS);
  /** Hash table of the triples' numbers plus 1, with linear probing; 0 marks a free place. */
  #places = new Int32Array(2 * FIRST_ROWS);
  #size = 0;

  /** Number of triples. */
  get size(): number {
    return this.#size;
  }

  oneOf = (number: number): number => this.#one[number] as number;
  twoOf = (number: number): number => this.#two[number] as number;
  threeOf = (number: number): number => this.#three[number] as number;

  /** Returns the triple's number, if it has one. */
  numberOf(one: number, two: number, three: number): number | undefined {
    const found = this.#places[this.#placeOf(one, two, three)] as number;
    return found === 0 ? undefined : found - 1;
  }

  /** Numbers a triple that has no number yet, and returns the number. */
  add(one: number, two: number, three: number): number {
    if (this.#size === this.#rows) this.#grow();
    const number = this.#size;
    this.#one[number] = one;
    this.#two[number] = two;
    this.#three[number] = three;
    this.#size += 1;
    this.#places[this.#placeOf(one, two, three)] = this.#size;
    return number;
  }

  /**
   * Returns the place of the triple, or the free place for it. At least half of all places are free, so the search
   * ends.
   */
  #placeOf(one: number, two: number, three: number): number {
    const last = this.#places.length - 1;
    let place = hashOf(one, two, three) & last;
    for (let found = this.#places[place] as number; found > 0; found = this.#places[place] as number) {
      const number = found - 1;
      if (this.#one[number] === one && this.#two[number] === two && this.#three[number] === three) return place;
      // Stryker disable next-line ArithmeticOperator: places may be looked through either way
      place = (place + 1) & last;
    }
    return place;
  }

  #grow(): void {
    this.#rows *= 2;
    const [one, two, three] = [this.#one, this.#two, this.#three].map((column) => {
      const longer = new Int32Array(this.#rows);
      longer.set(column);
      return longer;
    }) as [Int32Array<ArrayBuffer>, Int32Array<ArrayBuffer>, Int32Array<ArrayBuffer>];
    [this.#one, this.#two, this.#three] = [one, two, three];
    this.#places = new Int32Array(2 * this.#rows);
    for (let number = 0; number < this.#size; number += 1)
      this.#places[this.#placeOf(this.oneOf(number), this.twoOf(number), this.threeOf(number))] = number + 1;
  }
}

/** Mixes all bits, since the numbers in proofs are often consecutive (the finalizer of MurmurHash3). */
function hashOf(one: number, two: number, three: number): number {
  let hash = Math.imul(one, 0x9e3779b1) ^ Math.imul(two, 0x85ebca6b) ^ Math.imul(three, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
