/** Writes the generated pages of docs/ and the registry: `npm run docs`. CI checks that they are up to date. */

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { errorTable, type WebhookErrorCode } from '../packages/core/src/errors.ts';
import { auditPage, readAudit } from './audit-page.ts';
import { faultTables, fillMarks, readFaultResults, readScaleResult, scaleTable } from './measured-pages.ts';
import { providersPage, senderPage } from './provider-pages.ts';
import { registrySource } from './registry-source.ts';
import { readSenders } from './senders.ts';
import { typedEventsPage } from './typed-events-page.ts';
import { readTypedSenders } from './typed-senders.ts';

const notice = '<!-- Made by scripts/generate-docs.ts; change the tables in the packages instead. -->';

function errorsPage(): string {
  const codes = Object.keys(errorTable) as WebhookErrorCode[];
  const rows = codes.map((code) => {
    const { fault, status, sentence, hint } = errorTable[code];
    return `## ${code}\n\n${sentence}\n\nStatus ${status}, fault of the ${fault}. ${hint}`;
  });
  return `${notice}

# Errors

Every failure of a receiver has a code, and \`WebhookError\` is the only class; a store's \`migrate()\` rejects with the driver's own error. A WebhookError's message, hint and properties contain no secret,
signature, token, body, or user name and password from a URL, so you can log it. \`verify\` rejects with it. \`receive\` never rejects and
reports it as \`{ kind: 'rejected', error }\`, also to \`onOutcome\`.

To the outside, every authentication failure gets the same response: 401 with \`{"error":"unauthorized"}\`, whatever the reason.
\`body_not_raw\` is the only error named in the response: the person reading the sender's delivery log is the one who can fix it.
Temporary failures, and a body that was truncated in transit, are 503, so the sender will retry.

| code | status | fault | message |
|---|---|---|---|
${codes.map((code) => `| [\`${code}\`](#${code}) | ${errorTable[code].status} | ${errorTable[code].fault} | ${errorTable[code].sentence} |`).join('\n')}

${rows.join('\n\n')}
`;
}

const at = (path: string) => new URL(`../${path}`, import.meta.url);
writeFileSync(at('docs/errors.md'), errorsPage());

const senders = await readSenders();
writeFileSync(at('packages/providers/src/registry.ts'), registrySource(senders));
writeFileSync(at('docs/providers.md'), providersPage(senders));
writeFileSync(at('docs/providers-audit.md'), auditPage(senders, readAudit()));
writeFileSync(at('docs/typed-events.md'), typedEventsPage(readTypedSenders(senders)));
mkdirSync(at('docs/providers/'), { recursive: true });
const pages = new Map(senders.map((sender) => [`${sender.id}.md`, senderPage(sender)]));
for (const file of readdirSync(at('docs/providers/'))) if (!pages.has(file)) rmSync(at(`docs/providers/${file}`));
for (const [file, page] of pages) writeFileSync(at(`docs/providers/${file}`), page);

const guarantees = readFileSync(at('docs/guarantees.md'), 'utf8');
const results = readFaultResults(at('bench/faults/results/'));
writeFileSync(at('docs/guarantees.md'), fillMarks(guarantees, 'faults', faultTables(results)));
const scaling = readFileSync(at('docs/scaling.md'), 'utf8');
const scale = readScaleResult(at('bench/scale-results.json'));
if (scale !== undefined) writeFileSync(at('docs/scaling.md'), fillMarks(scaling, 'scale', scaleTable(scale)));
