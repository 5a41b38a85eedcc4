/** Tells a URL that keeps being asked for from those that strangers make up, each of them once. */

/** Most URLs that are counted, and the longest, in characters; the real ones have some hundred. */
const maxUrls = 4096;
const maxLength = 200;

/** How often URLs were asked for in vain, the one that was asked for longest ago first. */
export class AskedUrls {
  readonly #counts = new Map<string, number>();

  /** Counts one more. @returns whether it was asked for twice at least, and no other more often */
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

  /** It was fetched, so others have their turn. */
  forget(url: string): void {
    this.#counts.delete(url);
  }
}
