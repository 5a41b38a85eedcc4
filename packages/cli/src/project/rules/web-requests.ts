/** Finds Requests that h3 1 makes of a request of Node: giving up their body ends the process. */

import type { Finding } from '../finding.ts';
import { isCountersignHandler } from '../known-calls.ts';
import { majorOf, type Project } from '../project-files.ts';
import type { SourceFile } from '../source-file.ts';
import { calledName, childOf, childrenOf, isCall, type Syntax } from '../syntax.ts';

/**
 * request_ends_process
 *
 * @see `getRequestWebStream` of h3 1.15.11: it adds to the stream of a body that has been cancelled, in an event of Node; read and tried 2026-11-27
 */
export function findWebRequests(project: Project): readonly Finding[] {
  return [...project.files.values()].flatMap((file) =>
    file.calls.flatMap((call): Finding[] => {
      if (!isCountersignHandler(file, childOf(call, 'callee'))) return [];
      if (!isMadeByH3(file, childrenOf(call, 'arguments')[0]) || !isFirstMajor(project, file)) return [];
      return [
        {
          rule: 'request_ends_process',
          // On Workers and the like, it is the platform's own request.
          certainty: 'looks_like',
          file: file.path,
          line: call.line,
          what: 'On Node, toWebRequest() of h3 1 throws outside of any handler when a large body is given up, so a stranger can end the process.',
          fix: 'export default fromNodeMiddleware(nodeHandler(receiver, handle)), with nodeHandler from @countersign/http/node.',
        },
      ];
    }),
  );
}

/** Nitro and Nuxt have `toWebRequest` without an import. */
function isMadeByH3(file: SourceFile, node: Syntax | undefined): boolean {
  const made = file.valueOf(node);
  if (!isCall(made) || calledName(made) !== 'toWebRequest') return false;
  const callee = file.calleeOf(made);
  return callee === undefined
    ? file.bindingOf(childOf(made, 'callee') as Syntax) === undefined
    : /^(?:h3|#imports)\./.test(callee);
}

function isFirstMajor(project: Project, file: SourceFile): boolean {
  const h3 = majorOf(project, file.path, 'h3');
  if (h3 !== undefined) return h3 < 2;
  // Nitro 3 has another name than Nitro 2.
  return majorOf(project, file.path, 'nitro') === undefined;
}
