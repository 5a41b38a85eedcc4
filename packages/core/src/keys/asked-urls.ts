/** Distinguishes a URL that is requested repeatedly from invented ones, each of which is requested once. */

/** Maximum number of counted URLs, and their maximum length in characters; real URLs have about a hundred. */
const maxUrls = 4096;
const maxLength = 200;

/** Number of failed requests per URL, the least recently requested first. */
export class AskedUrls {
  readonly #counts = new Map<string, number>();

  /** Counts one more request. @returns true if the URL was requested at least twice, and no other more often */
  ask(url: string): boolean {
    if (url.length > maxLength) return false;
    const count = (this.#counts.get(url) ?? 0) + 1;
    this.#counts.delete(url);
    this.#counts.set(url, count);
    if (this.#counts.size > maxUrls) this.#counts.delete(this.#counts.keys().next().value as string);
    if (count < 2) return false;
    for (const other of this.#counts.values()) if (other > count) return false;
    return true;
  }

  /** It was fetched, so it is another URL's turn. */
  forget(url: string): void {
    this.#counts.delete(url);
  }
}
