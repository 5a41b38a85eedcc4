/** The rows of the audit: one for each preset, each saying what it was checked against. */

import { readdirSync, readFileSync } from 'node:fs';
import type { Provider } from '@countersign/core';
import type { Confidence, UnverifiableProvider } from '@countersign/core/describe';
import { describe, expect, it } from 'vitest';
import { registry } from '../src/registry.ts';
import type { AuditRow } from './audit-row.ts';
import { modules, presets } from './presets.ts';

const folder = new URL('../audit/', import.meta.url);
const files = readdirSync(folder).sort();
const rows = new Map(files.map((file) => [file, JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as AuditRow]));

/** Presets that share a file with a newer version, by the names they have. */
const others = [...modules].flatMap(([id, module]) =>
  Object.values(module).filter(
    (exported): exported is Provider =>
      typeof exported === 'object' && exported !== null && 'scheme' in exported && (exported as Provider).name !== id,
  ),
);
const byName = new Map<string, Provider>([...presets, ...others.map((preset) => [preset.name, preset] as const)]);

/** How well the facts are known that were read so; the first is the best that may be claimed. */
const confidences: Readonly<Record<AuditRow['read'], readonly Confidence[]>> = {
  own_page: ['documented'],
  own_package: ['sdk_source'],
  integration_code: ['integration_code', 'unconfirmed'],
  // The earlier reading counts.
  nothing: ['documented', 'sdk_source', 'integration_code', 'unconfirmed'],
};

/** What is wrong with a row, in words; empty where nothing is. */
function faultsOf(file: string, row: AuditRow, preset: Provider | UnverifiableProvider | undefined): readonly string[] {
  const faults: string[] = [];
  const names = ['against', 'changed', 'confirmed', 'id', 'open', 'read', 'wrongSecrets'];
  const unknown = Object.keys(row).filter((name) => !names.includes(name));
  if (unknown.length > 0) faults.push(`has ${unknown.join(', ')}`);
  if (file !== `${row.id}.json`) faults.push('has the id of another file');
  if (preset === undefined) faults.push('is about no preset');
  if (!Object.hasOwn(confidences, row.read)) faults.push('does not say what was read');
  if (row.against.length === 0 && row.read !== 'nothing') faults.push('names no source');
  for (const { title, url, readOn } of row.against) {
    if (title.trim() === '') faults.push('has a source without a title');
    if (url !== undefined && !/^https:\/\/[^ ]+$/.test(url)) faults.push(`has a source with the address ${url}`);
    const isDay = /^\d{4}-\d\d-\d\d$/.test(readOn) && new Date(readOn).toISOString().slice(0, 10) === readOn;
    if (!isDay || readOn < '2026-11-26') faults.push(`was read on ${readOn}`);
  }
  for (const sentence of [...row.changed, ...row.confirmed, ...row.open]) {
    if (sentence.trim() === '' || sentence.includes('\n')) faults.push('has an empty or broken sentence');
  }
  if (row.read === 'nothing' && row.open.length === 0) faults.push('does not say what could not be read');
  if (preset !== undefined && 'scheme' in preset) {
    const { confidence, wrongSecrets = {} } = preset;
    if (confidence === undefined || !confidences[row.read]?.includes(confidence)) {
      faults.push(`read ${row.read}, and the preset says ${confidence}`);
    }
    // Not every beginning is refused: some could be that of a genuine secret.
    const listed = (row.wrongSecrets ?? []).map(({ prefix }) => prefix);
    const unlisted = Object.keys(wrongSecrets).filter((prefix) => !listed.includes(prefix));
    if (unlisted.length > 0) faults.push(`does not know the wrong secret ${unlisted.join(', ')}`);
    const redirects = preset.retries?.redirects;
    if (redirects !== undefined && !row.against.some(({ url }) => url === redirects.source.url)) {
      faults.push('does not list where it was read what a redirect counts as');
    }
  }
  return faults;
}

describe('the audit', () => {
  it('has a row for each preset of the registry and for older versions beside them, and no other', () => {
    expect([...rows.values()].map(({ id }) => id).sort()).toEqual(
      [...registry.keys(), ...others.map(({ name }) => name)].sort(),
    );
    expect(others.map(({ name }) => name)).toEqual(['plivo-v2']);
    expect(presets.size).toBe(114);
  });

  it.each([...rows])('%s says what was read, and the preset claims no more', async (file, row) => {
    const unverifiable = registry.get(row.id)?.kind === 'unverifiable' ? await registry.get(row.id)?.load() : undefined;
    expect(faultsOf(file, row, byName.get(row.id) ?? (unverifiable as UnverifiableProvider | undefined))).toEqual([]);
  });

  it('is behind what a page says of redirects; where nothing was read, the page says so', () => {
    for (const [id, { retries }] of presets) {
      const page = readFileSync(new URL(`../../../docs/providers/${id}.md`, import.meta.url), 'utf8');
      const [, said = ''] = /^\| redirects \(3xx\) \| (.*) \|$/m.exec(page) ?? [];
      // What lists the statuses that are retried says of a redirect that it is not one of them.
      const isFinal = retries?.retriedOn !== undefined && !retries.retriedOn.includes('3xx');
      if (retries?.redirects === undefined) expect(said, id).toBe(isFinal ? 'Not retried.' : 'not documented');
      else expect(said, id).toContain(`(${retries.redirects.source.url}), ${retries.redirects.source.readOn}`);
    }
  });

  it('is made into a page with a line for each row', () => {
    const page = readFileSync(new URL('../../../docs/providers-audit.md', import.meta.url), 'utf8');
    for (const { id } of rows.values()) expect(page).toContain(`<a id="${id}"></a>`);
    for (const from of ['README.md', 'docs/providers.md']) {
      expect(readFileSync(new URL(`../../../${from}`, import.meta.url), 'utf8')).toContain('providers-audit.md)');
    }
  });

  it('would report a row that is wrong: the control', () => {
    const [file, row] = [...rows].find(([name]) => name === 'stripe.json') as [string, AuditRow];
    const preset = byName.get('stripe');
    expect(faultsOf(file, row, preset)).toEqual([]);
    const wrong: readonly (readonly [Partial<AuditRow>, string])[] = [
      [{ read: 'own_package' }, 'read own_package, and the preset says documented'],
      [{ against: [] }, 'names no source'],
      [{ against: [{ title: 'x', readOn: '2026-11-31' }] }, 'was read on 2026-11-31'],
      [{ against: [{ title: 'x', url: 'http://example.com', readOn: '2026-11-26' }] }, 'has a source with the address'],
      [{ id: 'github' }, 'has the id of another file'],
      [{ wrongSecrets: [] }, 'does not know the wrong secret sk_'],
      [{ read: 'nothing', open: [] }, 'does not say what could not be read'],
    ];
    for (const [change, fault] of wrong) {
      expect(faultsOf(file, { ...row, ...change }, preset).join('; ')).toContain(fault);
    }
    const against = row.against.filter(({ title }) => !title.startsWith('Stripe support'));
    expect(faultsOf(file, { ...row, against }, preset)).toEqual([
      'does not list where it was read what a redirect counts as',
    ]);
    expect(faultsOf(file, row, undefined)).toEqual(['is about no preset']);
  });
});
