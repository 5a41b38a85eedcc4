/** Structured field values (RFC 8941), as far as message signatures and digests use them: dictionaries and inner lists. */

import { decodeBase64 } from '../../encoding.ts';

/** A bare item. Decimals and tokens stay text. */
export type BareItem = string | number | boolean | Uint8Array | { readonly token: string };

/** Parameters in order, and as text, which a signature base repeats as sent. */
export interface Parameters {
  readonly values: ReadonlyMap<string, BareItem>;
  readonly text: string;
}

/** A member of a dictionary: an item, or an inner list of items. `text` is the member as sent. */
export interface Member {
  readonly item: BareItem | undefined;
  readonly list: readonly ListItem[] | undefined;
  readonly parameters: Parameters;
  readonly text: string;
}

/** An item of an inner list. */
export interface ListItem {
  readonly value: BareItem;
  readonly parameters: Parameters;
  readonly text: string;
}

/** Maximum number of members, items and parameters of one field. */
const maxEntries = 32;

/** Parses a dictionary (section 4.2.2); undefined if it is malformed, or a key is repeated. */
export function parseDictionary(text: string): ReadonlyMap<string, Member> | undefined {
  try {
    return new Reader(text).dictionary();
  } catch {
    return undefined;
  }
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  dictionary(): ReadonlyMap<string, Member> {
    const members = new Map<string, Member>();
    this.#take(/ */y);
    while (this.#at < this.#text.length) {
      const key = this.#take(/[a-z*][a-z0-9_.*-]*/y);
      // In the RFC the last one wins; for signatures, a repeated label is suspicious.
      if (members.has(key) || members.size === maxEntries) throw new Error('repeated or too many');
      members.set(key, this.#member());
      this.#take(/[ \t]*/y);
      if (this.#at === this.#text.length) return members;
      this.#take(/,[ \t]*/y);
      if (this.#at === this.#text.length) throw new Error('ends with a comma');
    }
    return members;
  }

  #member(): Member {
    if (this.#text[this.#at] !== '=') {
      const from = this.#at;
      const parameters = this.#parameters();
      return { item: true, list: undefined, parameters, text: this.#text.slice(from, this.#at) };
    }
    this.#at++;
    const from = this.#at;
    const isList = this.#text[from] === '(';
    const list = isList ? this.#innerList() : undefined;
    const item = isList ? undefined : this.#bareItem();
    const parameters = this.#parameters();
    return { item, list, parameters, text: this.#text.slice(from, this.#at) };
  }

  #innerList(): readonly ListItem[] {
    const items: ListItem[] = [];
    this.#take(/\( */y);
    while (this.#text[this.#at] !== ')') {
      if (items.length === maxEntries) throw new Error('too many');
      const from = this.#at;
      const value = this.#bareItem();
      const parameters = this.#parameters();
      items.push({ value, parameters, text: this.#text.slice(from, this.#at) });
      if (this.#text[this.#at] !== ')') this.#take(/ +/y);
    }
    this.#at++;
    return items;
  }

  #parameters(): Parameters {
    const values = new Map<string, BareItem>();
    const from = this.#at;
    while (this.#text[this.#at] === ';') {
      this.#take(/; */y);
      const key = this.#take(/[a-z*][a-z0-9_.*-]*/y);
      if (values.has(key) || values.size === maxEntries) throw new Error('repeated or too many');
      let value: BareItem = true;
      if (this.#text[this.#at] === '=') {
        this.#at++;
        value = this.#bareItem();
      }
      values.set(key, value);
    }
    return { values, text: this.#text.slice(from, this.#at) };
  }

  #bareItem(): BareItem {
    const first = this.#text[this.#at] ?? '';
    if (first === '"')
      return this.#take(/"(?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"/y)
        .slice(1, -1)
        .replace(/\\(.)/g, '$1');
    if (first === ':') {
      const bytes = decodeBase64(this.#take(/:[A-Za-z0-9+/=]*:/y).slice(1, -1));
      if (bytes === undefined) throw new Error('no canonical base64');
      return bytes;
    }
    if (first === '?') return this.#take(/\?[01]/y) === '?1';
    if (/[0-9-]/.test(first)) {
      const digits = this.#take(/-?\d{1,15}/y);
      if (this.#text[this.#at] === '.') throw new Error('decimals are not used here');
      return Number(digits);
    }
    return { token: this.#take(/[A-Za-z*][A-Za-z0-9:/!#$%&'*+.^_`|~-]*/y) };
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw new Error('malformed');
    this.#at += found.length;
    return found;
  }
}
