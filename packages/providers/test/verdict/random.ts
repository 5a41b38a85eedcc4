/** Random choices that come out the same for the same seed, so that a run can be repeated. */

/** Numbers and picks by SplitMix32: good enough for tests, not for secrets. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 32 random bits. */
  bits(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let mixed = this.#state ^ (this.#state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }

  /** A whole number from 0 up to, and without, `end`. */
  below(end: number): number {
    return Math.floor((this.bits() / 4_294_967_296) * end);
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  isOneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  /** @throws RangeError for an empty list */
  pick<Item>(list: readonly Item[]): Item {
    if (list.length === 0) throw new RangeError('There is nothing to pick from.');
    return list[this.below(list.length)] as Item;
  }

  shuffled<Item>(list: readonly Item[]): Item[] {
    const items = [...list];
    for (let at = items.length - 1; at > 0; at--) {
      const other = this.below(at + 1);
      [items[at], items[other]] = [items[other] as Item, items[at] as Item];
    }
    return items;
  }

  /** Text of so many characters of an alphabet. */
  text(alphabet: string, length: number): string {
    let text = '';
    for (let count = 0; count < length; count++) text += alphabet.charAt(this.below(alphabet.length));
    return text;
  }
}
