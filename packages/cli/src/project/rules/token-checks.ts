/** Finds webhooks in Edge Functions of Supabase behind its check of tokens, which no sender has. */

import type { Finding } from '../finding.ts';
import { findHandwrittenCheck } from '../known-calls.ts';
import { findReached } from '../module-exports.ts';
import type { Project } from '../project-files.ts';
import type { SourceFile } from '../source-file.ts';

/**
 * token_check_on
 *
 * @see https://supabase.com/docs/guides/functions/function-configuration (a token is required unless verify_jwt is false, read 2026-11-27)
 */
export function findTokenChecks(project: Project): readonly Finding[] {
  return [...project.files.values()].flatMap((file): Finding[] => {
    const [, folder, name] = /^((?:.*\/)?)supabase\/functions\/([^/]+)\/index\.[jt]sx?$/.exec(file.path) ?? [];
    if (folder === undefined || name === undefined) return [];
    if (![...findReached(project, file)].some(receivesWebhooks)) return [];
    const config = project.supabaseConfigs.get(folder);
    if (config !== undefined && isOff(config, name)) return [];
    return [
      {
        rule: 'token_check_on',
        // It may be deployed with --no-verify-jwt.
        certainty: 'looks_like',
        file: file.path,
        line: 1,
        what: `Supabase answers requests without a token of the project with 401 before ${name} runs, and no sender has one.`,
        fix: `supabase/config.toml: [functions.${name}] with verify_jwt = false, or deploy it with --no-verify-jwt. The signature is the authentication.`,
      },
    ];
  });
}

/** Deno's imports may begin with `npm:` and have a version. */
function receivesWebhooks(file: SourceFile): boolean {
  return (
    file.imports.some(({ module }) => /^(?:npm:)?@countersign\/(?:http|hono)(?:@[^/]+)?(?:\/|$)/.test(module)) ||
    findHandwrittenCheck(file, file.program) === 'sure'
  );
}

function isOff(config: string, name: string): boolean {
  const lines = config.split('\n').map((line) => line.replace(/#.*$/, '').trim());
  const start = lines.findIndex((line) => /^\[\s*functions\s*\.\s*"?([\w-]+)"?\s*\]$/.exec(line)?.[1] === name);
  if (start < 0) return false;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith('['));
  return rest.slice(0, end < 0 ? undefined : end).some((line) => /^verify_jwt\s*=\s*false$/.test(line));
}
