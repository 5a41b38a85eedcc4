/** The signed text with its pieces in colours, numbered, and a list of where each comes from. */

import type { Provider } from '@countersign/core';
import type { SignedPiece, SignedText } from '@countersign/core/diagnose';
import { factsOf } from '@countersign/providers/tools/provider-facts';
import { type Child, element } from '../element.ts';
import { type VisibleRun, visibleRuns } from '../visible-text.ts';

/** Maximum number of texts shown below each other. */
const maxTexts = 4;

/** Renders the texts that the scheme signs. */
export function signedView(texts: readonly SignedText[], provider: Provider): readonly Child[] {
  const { scheme } = factsOf(provider);
  if (scheme.kind === 'shared_token') {
    const place = scheme.signature.join(' or ');
    const what = `Nothing. The sender repeats a stored token (${place}), which proves who sends but nothing about the body: anyone who has seen one delivery can send others.`;
    return [element('p', {}, what)];
  }
  const how = `${scheme.algorithm} of this text is in ${scheme.signature.join(', or in ') || 'the body'}.`;
  const figures = texts.slice(0, maxTexts).map((text) => figureOf(text));
  const more = texts.length - figures.length;
  return [
    element('p', {}, how),
    ...figures,
    more > 0 && element('p', { class: 'note' }, `${more} more are not shown.`),
  ];
}

function figureOf({ of, pieces }: SignedText): HTMLElement {
  let count = 0;
  const numbered = pieces.map((piece) => ({ piece, number: piece.kind === 'fixed' ? undefined : ++count }));
  const spans = numbered.map(({ piece, number }) => spanOf(piece, number));
  const rows = numbered.flatMap(({ piece, number }) => (number === undefined ? [] : [rowOf(piece, number)]));
  return element(
    'figure',
    { class: 'signed' },
    of !== undefined && element('figcaption', {}, of),
    element('pre', { tabindex: '0', role: 'group', 'aria-label': 'Signed text' }, ...spans),
    element('ol', { class: 'pieces' }, ...rows),
  );
}

function spanOf({ kind, bytes, error }: SignedPiece, number: number | undefined): HTMLElement {
  const attributes = { class: `piece ${kind}`, ...(number !== undefined && { 'data-number': String(number) }) };
  if (bytes !== undefined) return element('span', attributes, ...textOf(bytes));
  return element(
    'span',
    { ...attributes, class: `piece ${kind} absent` },
    kind === 'secret' ? '(the secret)' : `(${error ?? 'missing'})`,
  );
}

function rowOf({ kind, from, bytes, error, reads }: SignedPiece, number: number): HTMLElement {
  const size =
    bytes === undefined ? '' : `, ${bytes.length.toLocaleString('en')} ${bytes.length === 1 ? 'byte' : 'bytes'}`;
  return element(
    'li',
    {},
    element('span', { class: `swatch ${kind}`, 'aria-hidden': 'true' }, String(number)),
    ` ${from}${size}`,
    error !== undefined && element('strong', {}, ` is missing: ${error}`),
    reads !== undefined &&
      reads !== '' &&
      element('details', {}, element('summary', {}, 'Contents'), element('pre', { tabindex: '0' }, indented(reads))),
  );
}

function textOf(bytes: Uint8Array): readonly (Node | string)[] {
  const { runs, leftOut } = visibleRuns(bytes);
  const shown = runs.flatMap(({ text, isMark, isLineEnd }: VisibleRun) => {
    const run = isMark ? element('i', { class: 'mark' }, text) : text;
    return isLineEnd === true ? [run, '\n'] : [run];
  });
  return leftOut === 0 ? shown : [...shown, element('i', {}, ` … ${leftOut.toLocaleString('en')} more bytes`)];
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
