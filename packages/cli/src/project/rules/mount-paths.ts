/** The relations between paths of middleware and of routes. */

/** True if middleware on one path runs for another. Express and Hono compare by whole segments and ignore case. */
export function covers(parser: string | null | undefined, route: string | null | undefined): boolean {
  if (parser === undefined || parser === '' || parser === '/') return true;
  if (parser === null || route === null || route === undefined) return false;
  const [left, right] = [segmentsOf(parser), segmentsOf(route)];
  return left.every((segment, at) => {
    const other = right[at];
    if (/^(?:\*.*|\{?\*.*\}?|\(\.\*\))$/.test(segment)) return true;
    return other !== undefined && (segment === other || segment.startsWith(':') || other.startsWith(':'));
  });
}

function segmentsOf(path: string): readonly string[] {
  return path
    .toLowerCase()
    .split('/')
    .filter((segment) => segment !== '');
}

/** One path after another; undefined means all paths, null one that is not known. */
export function joinPaths(prefix: string | null, path: string | null | undefined): string | null | undefined {
  if (path === null || prefix === null) return null;
  if (path === undefined) return prefix === '' ? undefined : prefix;
  return `${prefix.replace(/\/$/, '')}/${path.replace(/^\//, '')}`;
}
