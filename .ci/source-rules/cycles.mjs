/** Finds circles in a graph of files. */

/**
 * Each circle of imports, types counted, is reported once, with the way around.
 *
 * @param {Map<string, { path: string, line: number }[]>} edges
 * @returns {import('./directions.mjs').Violation[]}
 */
export function findCycles(edges) {
  const violations = [];
  const done = new Set();
  const trail = [];
  const visit = (path, line) => {
    const start = trail.findIndex((step) => step.path === path);
    if (start >= 0) {
      const way = [...trail.slice(start).map((step) => step.path), path].join(' -> ');
      const sentence = `Imports go in a circle: ${way}.`;
      violations.push({ file: trail[trail.length - 1].path, line, rule: 'cycle', sentence });
      return;
    }
    if (done.has(path)) return;
    trail.push({ path });
    for (const edge of edges.get(path) ?? []) visit(edge.path, edge.line);
    trail.pop();
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, 1);
  return violations;
}
