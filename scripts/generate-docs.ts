/** Writes the pages of docs/ that are made from data: `npm run docs`. CI checks that they are up to date. */

import { writeFileSync } from 'node:fs';
import { errorTable, type WebhookErrorCode } from '../packages/core/src/errors.ts';
import { statuses } from '../packages/http/src/statuses.ts';

const notice = '<!-- Made by scripts/generate-docs.ts; change the tables in the packages instead. -->';

function errorsPage(): string {
  const codes = Object.keys(errorTable) as WebhookErrorCode[];
  const rows = codes.map((code) => {
    const { fault, sentence, hint } = errorTable[code];
    return `## ${code}\n\n${sentence}\n\nStatus ${statuses[code]}, fault of the ${fault}. ${hint}`;
  });
  return `${notice}

# Errors

Every failure has a code, and \`WebhookError\` is the only class. Its message, hint and properties hold no secret,
signature, token or body, so it may be logged as it is. \`verify\` rejects with it; \`receive\` never rejects and reports it
as \`{ kind: 'rejected', error }\`, which \`onOutcome\` hears too.

Outside, every failure of authentication is the same answer: 401 with \`{"error":"unauthorized"}\`, whatever the reason was.
Only \`body_not_raw\` says its name in the response, because the one who can mend it is the one who looks at the sender's log.

| code | status | fault | what happened |
|---|---|---|---|
${codes.map((code) => `| [\`${code}\`](#${code}) | ${statuses[code]} | ${errorTable[code].fault} | ${errorTable[code].sentence} |`).join('\n')}

${rows.join('\n\n')}
`;
}

writeFileSync(new URL('../docs/errors.md', import.meta.url), errorsPage());
