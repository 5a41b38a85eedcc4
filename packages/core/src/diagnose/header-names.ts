/** Measures how similar two header names are. */

/** The similarity of a found name to a wanted one; 0 for none. */
export function likeness(found: string, wanted: string): number {
  if (found === wanted) return 0;
  const bare = (name: string) =>
    name.replaceAll('_', '-').replace(/^(?:http-|x-(?:original-|forwarded-|amzn-remapped-)?)+/, '');
  if (bare(found) === bare(wanted)) return 100;
  if (bare(found).replaceAll('-', '') === bare(wanted).replaceAll('-', '')) return 90;
  const [ends, wantedEnds] = [found, wanted].map((name) => name.split(/[-_]/).at(-1));
  return ends === wantedEnds && ends !== undefined && ends.length > 1 ? 50 : 0;
}

/** A header's name, for a message; undefined if it is not a valid name. */
export function safeName(name: string): string | undefined {
  return /^[a-z][a-z0-9_-]{0,39}$/.test(name) ? name : undefined;
}
