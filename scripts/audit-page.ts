/**
 * Generates `docs/providers-audit.md`: what each preset was checked against, what that changed, and what is still open.
 */

import { readdirSync, readFileSync } from 'node:fs';
import type { AuditRow } from '../packages/providers/test/audit-row.ts';
import { escapeCell, escapeText } from './provider-pages.ts';
import type { Sender } from './senders.ts';

const readNames: Readonly<Record<AuditRow['read'], string>> = {
  own_package: 'the sender’s own package or source',
  own_page: 'the sender’s own documentation',
  integration_code: 'third-party code or guides',
  nothing: 'nothing from the sender',
};

const folder = new URL('../packages/providers/audit/', import.meta.url);

/** Every row, by id. */
export function readAudit(): readonly AuditRow[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as AuditRow);
}

/** The page, with one row for each preset. */
export function auditPage(senders: readonly Sender[], rows: readonly AuditRow[]): string {
  const pages = new Map(
    senders.flatMap(({ id, provider, unverifiable, others }) => [
      [id, { page: id, title: (provider ?? unverifiable)?.title ?? id }] as const,
      ...others.map(({ provider: other }) => [other.name, { page: id, title: other.title ?? other.name }] as const),
    ]),
  );
  const count = (read: AuditRow['read']) => rows.filter((row) => row.read === read).length;
  const lines = rows.map((row) => {
    const { page, title } = pages.get(row.id) ?? { page: row.id, title: row.id };
    const cells = [
      `<a id="${row.id}"></a>[${title}](providers/${page}.md)`,
      readNames[row.read],
      list(row.against.map(sourceText)),
      list(row.changed.map(escapeText)),
      list(row.open.map(escapeText)),
    ];
    return `| ${cells.map(escapeCell).join(' | ')} |`;
  });
  return `<!-- Made by \`npm run docs\` from packages/providers/audit; change the rows there instead. -->

# Audit of the presets

Each preset was checked against the available sources for its sender. ${rows.length} rows: ${count('own_package')} against the sender’s own package or source,
${count('own_page')} against the sender’s own documentation, ${count('integration_code')} against third-party code or guides. For ${count('nothing')}, nothing from the sender itself was read
this time; their facts are as old as the source on their page.

- Read: the source closest to the sender that was read for the facts a verification depends on.
- Checked against: every source that was read, with the date. A source without a link has no public URL.
- Changed: changes to the preset as a result. An empty cell means that every source agreed with it.
- Open: facts that could not be read, or that the preset cannot express yet. If real deliveries show them, please report it.

[The table of senders](providers.md) has the facts themselves.

| sender | read | checked against | changed | open |
|---|---|---|---|---|
${lines.join('\n')}
`;
}

function sourceText({ title, url, readOn }: AuditRow['against'][number]): string {
  const text = escapeText(title).replaceAll(/[[\]]/g, '\\$&');
  return `${url === undefined ? text : `[${text}](${url})`}, ${readOn}`;
}

function list(entries: readonly string[]): string {
  return entries.length === 0 ? 'nothing' : entries.join('<br>');
}
