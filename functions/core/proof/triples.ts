/** Rows that a table has room for at first; each time it is full, the room doubles. */
const FIRST_ROWS = 1_024;

/**
 * Numbers triples of numbers from 0 on, each triple once. A table of plain integers: what proofs ask most often makes no garbage, and what is kept over proofs is no work
 * for the collector.
 */
export class Triples {
  #rows = FIRST_ROWS;
  #one = new Int32Array(FIRST_ROWS);
  #two = new Int32Array(FIRST_ROWS);
  #three = new Int32Array(FIRST_ROWS);
  /** Numbers of triples and 1, each at the first free place from that of its hash on; 0 where none is. */
  #places = new Int32Array(2 * FIRST_ROWS);
  #size = 0;

  /** Number of triples. */
  get size(): number {
    return this.#size;
  }

  oneOf = (number: number): number => this.#one[number] as number;
  twoOf = (number: number): number => this.#two[number] as number;
  threeOf = (number: number): number => this.#three[number] as number;

  /** The number of the triple, if it has one. */
  numberOf(one: number, two: number, three: number): number | undefined {
    const found = this.#places[this.#placeOf(one, two, three)] as number;
    return found === 0 ? undefined : found - 1;
  }

  /** Gives a triple that has no number the next one. */
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

  /** The place of the triple, or the free one where it belongs: half of all places are free. */
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

/** Mixes all bits, since numbers that follow each other are what is asked for (the finalizer of MurmurHash3). */
function hashOf(one: number, two: number, three: number): number {
  let hash = Math.imul(one, 0x9e3779b1) ^ Math.imul(two, 0x85ebca6b) ^ Math.imul(three, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
