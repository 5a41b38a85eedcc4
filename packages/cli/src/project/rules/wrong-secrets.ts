/** Finds values that are not the secret of a webhook, such as an API key. Their values are not passed on. */

import type { Finding } from '../finding.ts';
import { type Senders, secretsBySender, sendersByName, variablesIn } from '../known-senders.ts';
import type { Project } from '../project-files.ts';
import type { SourceFile } from '../source-file.ts';
import { type Variable, webhookName } from '../variables.ts';
import { literalsOf } from './secret-literals.ts';

/** The sender for which the source reads a variable as the secret, with the place. */
export type Readers = ReadonlyMap<string, { readonly sender: string; readonly place: string }>;

/** Variables whose names mark them as a sender's secret. */
export function readersOf(project: Project): Readers {
  const readers = new Map<string, { readonly sender: string; readonly place: string }>();
  for (const file of project.files.values()) {
    for (const { sender, secret } of secretsBySender(file)) {
      for (const name of variablesIn(file, secret)) readers.set(name, { sender, place: `${file.path}:${secret.line}` });
    }
  }
  return readers;
}

/** secret_wrong_kind, in a `.env` file or the environment. */
export function findWrongVariable(
  { name, value, file, line }: Variable,
  senders: Senders,
  readers: Readers,
): readonly Finding[] {
  const reader = readers.get(name);
  const isNamed = reader === undefined && webhookName.test(name);
  const ids = reader !== undefined ? [reader.sender] : isNamed ? sendersByName(name) : [];
  const kinds = ids.map((id) => wrongKindOf(senders, id, value));
  const [first] = kinds;
  const at = { rule: 'secret_wrong_kind', file, line } as const;
  // A name may match two presets: the value is wrong if it is wrong for both.
  if (first !== undefined && kinds.every((kind) => kind !== undefined)) {
    const readAs = reader === undefined ? '' : ` ${reader.place} passes it to the receiver of ${first.title}.`;
    return [
      {
        ...at,
        certainty: reader === undefined ? 'looks_like' : 'found',
        what: `${name} starts with ${first.prefix}, which is the prefix of ${first.kind}, not of a webhook secret.${readAs}`,
        fix: first.fix,
      },
    ];
  }
  if (!isNamed || ids.length > 0 || !/^[spr]k_(?:live|test)_/.test(value)) return [];
  return [
    {
      ...at,
      certainty: 'looks_like',
      what: `${name} starts like an API key (${value.slice(0, 3)}), but its name says it is a webhook secret.`,
      fix: 'Use the secret that the sender shows for this endpoint.',
    },
  ];
}

/** secret_wrong_kind, in the source code. */
export function findWrongLiterals(file: SourceFile, senders: Senders): readonly Finding[] {
  return secretsBySender(file).flatMap(({ sender, secret }) =>
    literalsOf(file, secret).flatMap((literal): Finding[] => {
      const kind = wrongKindOf(senders, sender, file.textOf(literal) ?? '');
      if (kind === undefined) return [];
      const what = `The value passed as the secret of ${kind.title} starts with ${kind.prefix}, which is the prefix of ${kind.kind}.`;
      return [
        { rule: 'secret_wrong_kind', certainty: 'found', file: file.path, line: literal.line, what, fix: kind.fix },
      ];
    }),
  );
}

function wrongKindOf(senders: Senders, id: string, value: string) {
  const { title = id, wrongSecrets = {}, secretHelp } = senders.get(id) ?? {};
  const row = Object.entries(wrongSecrets).find(([prefix]) => value.startsWith(prefix));
  if (row === undefined) return undefined;
  const fix = `Use the one that ${title} shows for this endpoint${secretHelp === undefined ? '.' : `. ${secretHelp}`}`;
  return { title, prefix: row[0], kind: row[1], fix };
}
