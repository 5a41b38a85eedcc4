import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { defineProvider, type Provider, timestampedHmac } from '@countersign/core';
import type { Confidence, Handshake } from '@countersign/core/describe';
import { lintProvider } from '@countersign/core/describe';
import { describe, expect, it } from 'vitest';
import { plivoV2 } from '../src/plivo.ts';
import { registry } from '../src/registry.ts';
import { exportNameOf, modules, presets, unverifiable } from './presets.ts';

/** A row of the facts, as far as it is held against a preset here. */
interface Row {
  readonly id: string;
  readonly sigHeader?: string | null;
  readonly tsHeader?: string | null;
  readonly idHeader?: string;
  readonly replayToleranceSeconds?: number | null;
  readonly responseDeadlineSeconds?: number | string;
  readonly confidence: string;
  readonly handshake?: string | null;
  readonly unverifiedFields?: readonly string[];
  readonly algorithm?: string;
  readonly evidence?: readonly string[];
}

const file = new URL('../../../../shared/providers/providers.json', import.meta.url);
const isPresent = existsSync(file);
const rows = isPresent ? (JSON.parse(readFileSync(file, 'utf8')) as Row[]) : [];
const knownRows = 114;

/** What the audit, which is newer than the rows of facts, says of a sender; see audit.test.ts. */
interface AuditRow {
  readonly id: string;
  readonly read: string;
  readonly changed: readonly string[];
}
const auditFolder = new URL('../audit/', import.meta.url);
const audit = new Map(
  readdirSync(auditFolder).map((name) => {
    const row = JSON.parse(readFileSync(new URL(name, auditFolder), 'utf8')) as AuditRow;
    return [row.id, row] as const;
  }),
);
/** Whether the audit read the sender itself: where it differs from the row of facts, it is right. */
const isReadAgain = (id: string) => ['own_package', 'own_page'].includes(audit.get(id)?.read ?? '');
/** Whether it changed what the words are about; all else still has to agree with the row. */
const isChanged = (id: string, words: RegExp) =>
  isReadAgain(id) && audit.get(id)?.changed.some((sentence) => words.test(sentence)) === true;

/** From the best known to the least. */
const confidences: readonly Confidence[] = ['documented', 'sdk_source', 'integration_code', 'unconfirmed'];
const confidenceOf: Readonly<Record<string, Confidence>> = {
  documented: 'documented',
  'from SDK source': 'sdk_source',
  'from public integration code': 'integration_code',
  'from memory (unverified)': 'unconfirmed',
};
const textOf = (provider: Provider) =>
  JSON.stringify([
    provider.scheme.description,
    provider.eventId,
    provider.eventType,
    provider.handshakes,
  ]).toLowerCase();

/** How many seconds after its first attempt a retry would no longer be accepted although the sender still makes it. */
function uncoveredSecondsOf({ scheme, retries, toleranceSeconds = 300 }: Provider): number {
  if (!scheme.signed.timestamp || retries?.resigns !== false) return 0;
  const past = typeof toleranceSeconds === 'number' ? toleranceSeconds : toleranceSeconds.past;
  return Math.max(0, (retries.horizonSeconds ?? 0) - past);
}

describe('the catalogue', () => {
  it('has a file for each sender, which exports the preset under its name', () => {
    for (const [id, module] of modules) expect(module[exportNameOf(id)], id).toBeDefined();
    for (const [id, { name }] of presets) expect(name).toBe(id);
    expect(presets.size).toBeGreaterThanOrEqual(100);
  });

  it('is listed in the registry, where nothing is loaded before it is asked for', async () => {
    expect([...registry.keys()]).toEqual([...modules.keys()].sort());
    for (const [id, { title, kind, load }] of registry) {
      const loaded = await load();
      expect(loaded, id).toBe(modules.get(id)?.[exportNameOf(id)]);
      expect(kind, id).toBe(unverifiable.has(id) ? 'unverifiable' : typeof loaded === 'function' ? 'asks' : 'preset');
      expect(title).toBe((presets.get(id) ?? unverifiable.get(id))?.title);
    }
  });

  it('says of each sender where the facts were read and when, what the secret is, and how sure it is', () => {
    for (const [id, { title, source, secretHelp, confidence, handshakes = [], assumptions = [] }] of presets) {
      expect(title, id).toMatch(/\S/);
      expect(source?.title, id).toMatch(/\S/);
      expect(source?.readOn, id).toMatch(/^2026-\d\d-\d\d$/);
      expect(secretHelp, id).toMatch(/\.$/);
      expect(confidence, id).toBeDefined();
      if (confidence === 'unconfirmed') expect(assumptions.length, id).toBeGreaterThan(0);
      for (const { name, signed } of handshakes as readonly Handshake[])
        expect([name, signed], id).not.toContain(undefined);
    }
    for (const { unverifiable: why, instead } of unverifiable.values()) expect(`${why} ${instead}`).toMatch(/\. .*\.$/);
  });

  it('is counted rightly in the README', () => {
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
    const counts = Object.values(
      JSON.parse(readFileSync(new URL('published-vectors.json', import.meta.url), 'utf8')) as Record<
        string,
        { valid: number; invalid: number }
      >,
    );
    const vectors = counts.reduce((sum, { valid, invalid }) => sum + valid + invalid, 0);
    expect(readme).toContain(`\nThere are presets for ${presets.size} senders.`);
    expect(readme).toContain(`\n${counts.length} presets are proved by ${vectors} published test vectors`);
  });

  /** The ids of the presets, older versions included, of which the linter says this. */
  const withFinding = (wanted: string) =>
    [...presets, ['plivo-v2', plivoV2] as const]
      .filter(([, preset]) => lintProvider(preset).some(({ code }) => code === wanted))
      .map(([id]) => id)
      .sort();

  it('uses SHA-1 and plain hashes for those senders alone that do', () => {
    expect(withFinding('hash_weak')).toEqual([
      'braintree',
      'intercom',
      'mandrill',
      'segment',
      'trello',
      'twilio',
      'vercel',
    ]);
    expect(withFinding('hash_bare')).toEqual(['hubspot-v1', 'hubspot-v2']);
    expect(withFinding('certificate_open')).toEqual([]);
    expect(withFinding('window_wide')).toEqual([]);
  });

  it('says of those senders alone whose signed text can be read in several ways that it can', () => {
    expect(withFinding('body_ambiguous')).toEqual(['plivo', 'plivo-v2', 'twilio']);
    for (const id of ['plivo', 'twilio']) expect(presets.get(id)?.scheme.signed.body).toBe(false);
  });

  it('has a window that covers the retries of each sender that does not sign them again', () => {
    expect(withFinding('window_short')).toEqual([]);
    const repeating = [...presets].filter(([, { retries }]) => retries?.resigns === false);
    expect(repeating.map(([id]) => id)).toEqual(expect.arrayContaining(['aws-sns', 'linear', 'mailgun']));
    for (const [id, preset] of repeating) expect(uncoveredSecondsOf(preset), id).toBe(0);
  });

  it('would notice a window that is shorter than such retries: the control', () => {
    const provider = (past: number) =>
      defineProvider({
        name: 'acme',
        confidence: 'documented',
        scheme: timestampedHmac({ header: 'x-signature' }),
        toleranceSeconds: { past, future: 300 },
        retries: { horizonSeconds: 3600, resigns: false },
      });
    expect(uncoveredSecondsOf(provider(3600))).toBe(0);
    expect(uncoveredSecondsOf(provider(3599))).toBe(1);
    expect(lintProvider(provider(3599)).map(({ code }) => code)).toContain('window_short');
  });

  it('says where it was read that two events of a sender can have the same bytes', () => {
    const repeating = [...presets].filter(([, { identity }]) => identity?.bytesRepeat === true);
    expect(repeating.length).toBeGreaterThan(15);
    for (const [id, { identity }] of repeating) {
      expect(identity?.source, id).toMatch(/\S.*\b2026-\d\d-\d\d\b/);
      expect(identity?.note, id).toMatch(/\.$/);
    }
  });

  describe.skipIf(!isPresent)(
    isPresent
      ? 'beside the rows of facts'
      : `beside the rows of facts: the file is absent, so ${knownRows} rows were not compared`,
    () => {
      it('has an entry for every row', () => {
        expect(rows.length).toBeGreaterThanOrEqual(knownRows);
        expect(rows.map(({ id }) => id).filter((id) => !modules.has(id))).toEqual([]);
      });

      it.each(rows.filter(({ id }) => presets.has(id)).map((row) => [row.id, row] as const))(
        '%s agrees with its row',
        (id, row) => {
          const preset = presets.get(id) as Provider;
          const text = textOf(preset);
          for (const header of [row.sigHeader, row.tsHeader]) {
            const names = (header ?? '')
              .split(/[ ,;/:(]+/)
              .filter((name) => /^[A-Za-z0-9-]*-[A-Za-z0-9-]+$/.test(name));
            const [name] = names.map((one) => one.toLowerCase().replace(/-$/, ''));
            // A header of which the row itself says that nobody signs or sends it takes no part.
            if (name === undefined || ['linear-timestamp', 'sentry-hook-timestamp'].includes(name)) continue;
            // Fixed by the standard; and the older of two versions, which has a preset of its own.
            if (['signature-input', 'x-plivo-signature-v2'].includes(name)) continue;
            expect(text, `${id} ${name}`).toContain(name);
          }
          if (typeof row.replayToleranceSeconds === 'number' && !isChanged(id, /\bwindow\b/i)) {
            expect(preset.toleranceSeconds).toBe(row.replayToleranceSeconds);
          }
          if (typeof row.responseDeadlineSeconds === 'number' && !isChanged(id, /\b(?:deadline|answer)\b/i)) {
            expect(preset.responseDeadlineSeconds).toBe(row.responseDeadlineSeconds);
          }
          const asks =
            typeof row.handshake === 'string' && !/^none|^ping (?:event|topic)|^PING event/.test(row.handshake);
          if (asks && !['xero', 'slack', 'salesforce'].includes(id))
            expect(preset.handshakes?.length, row.handshake).toBeGreaterThan(0);
          if (/SHA-?1\b/.test(row.algorithm ?? '') && !/SHA-?256/.test(row.algorithm ?? ''))
            expect(text).toContain('sha-1');
          if (isReadAgain(id)) return;
          const known = confidenceOf[row.confidence];
          if (known !== undefined) {
            expect(
              confidences.indexOf(preset.confidence as Confidence),
              `${id} claims more than ${known}`,
            ).toBeGreaterThanOrEqual(confidences.indexOf(known));
          }
          if ((row.unverifiedFields?.length ?? 0) > 0) {
            expect((preset.unverified?.length ?? 0) + (preset.assumptions?.length ?? 0)).toBeGreaterThan(0);
          }
        },
      );
    },
  );
});
