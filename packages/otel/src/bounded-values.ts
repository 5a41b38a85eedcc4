/** Keeps attributes from having any number of values: each value is a time series that someone pays for. */

/** The value for all that came after the limit was reached. */
const others = '_OTHER';

/** Longest value that is passed on, in characters. */
const longest = 128;

/** Passes on the first values of each attribute, and `_OTHER` for all that come later. */
export class BoundedValues {
  readonly #limit: number;
  readonly #seen = new Map<string, Set<string>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  pass(attribute: string, value: string | undefined): string | undefined {
    if (value === undefined) return undefined;
    let seen = this.#seen.get(attribute);
    if (seen === undefined) {
      seen = new Set();
      this.#seen.set(attribute, seen);
    }
    if (seen.has(value)) return value;
    if (seen.size >= this.#limit || value.length > longest) return others;
    seen.add(value);
    return value;
  }
}
