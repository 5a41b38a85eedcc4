/** A report of the contract for machines: JUnit XML for test dashboards, annotations for GitHub. */

import type { ContractReport } from '@countersign/testing';
import { printable } from '../frame/output.ts';

/** JUnit XML as CI systems read it: one suite, one element per case, with `failure` or `skipped` inside. */
export function toJunit({ provider, results, fallShort, leftOut, notChecked }: ContractReport, target: string): string {
  const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(3);
  const total = results.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const counts = `tests="${results.length}" failures="${fallShort}" errors="0" skipped="${leftOut + notChecked}" time="${seconds(total)}"`;
  const cases = results.map(({ id, title, verdict, detail = '', meaning = '', milliseconds }) => {
    const attributes = `classname="webhook-contract.${escapeXml(id)}" name="${escapeXml(title)}" time="${seconds(milliseconds)}"`;
    if (verdict === 'holds') return `    <testcase ${attributes}/>`;
    const inside =
      verdict !== 'falls_short'
        ? `<skipped message="${escapeXml(detail)}"/>`
        : `<failure message="${escapeXml(detail)}">${escapeXml(meaning)}</failure>`;
    return `    <testcase ${attributes}>\n      ${inside}\n    </testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${escapeXml(`webhook contract of ${provider} at ${target}`)}" ${counts}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

/** One workflow command for each failed case. */
export function toAnnotations({ results }: ContractReport): string[] {
  return results.flatMap(({ verdict, id, title, detail = '', meaning = '' }) =>
    verdict === 'falls_short'
      ? [toAnnotation('error', { title: `${title} (${id})`, message: `${detail} ${meaning}`.trimEnd() })]
      : [],
  );
}

/** A GitHub Actions workflow command, which shows a message next to a line of a file or with the run. */
export function toAnnotation(
  level: 'error' | 'warning',
  place: { readonly title: string; readonly message: string; readonly file?: string; readonly line?: number },
): string {
  const { title, message, file, line } = place;
  const parts = { ...(file !== undefined && { file, line: String(line) }), title };
  const properties = Object.entries(parts).map(
    ([name, value]) => `${name}=${escapeProperty(printable(String(value)))}`,
  );
  return `::${level} ${properties.join(',')}::${escapeData(printable(message))}`;
}

function escapeXml(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return printable(text).replace(/[&<>"]/g, (sign) => names[sign] ?? sign);
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
