/** Reads the form, inspects the delivery, and shows the results. Keeps nothing outside the page. */

import { isWebhookError, type Provider } from '@countersign/core';
import { presetsWithSecrets } from '@countersign/providers/tools/preset-lists';
import { type PresetAnswers, presetQuestions } from '@countersign/providers/tools/preset-questions';
import { factsOf } from '@countersign/providers/tools/provider-facts';
import { byId, type Child, element, fill, update } from './element.ts';
import { findExample } from './example-deliveries.ts';
import { explain, type InspectionInput, inspect } from './inspection.ts';
import {
  type BodyForm,
  describeBody,
  type PastedHead,
  parseBody,
  parseHead,
  parseTime,
  UnreadableText,
} from './request-text.ts';
import { type Choice, chooseSender, senders, takesCertificate } from './senders.ts';
import { CodeView } from './views/code-view.ts';
import { diagnosisView } from './views/diagnosis-view.ts';
import { factsView } from './views/facts-view.ts';
import { signedView } from './views/signed-view.ts';
import { hintView, verdictView } from './views/verdict-view.ts';

const form = byId('form', HTMLFormElement);
const sender = byId('sender', HTMLSelectElement);
const example = byId('example', HTMLButtonElement);
const questions = byId('questions', HTMLDivElement);
const headers = byId('headers', HTMLTextAreaElement);
const body = byId('body', HTMLTextAreaElement);
const bodyForm = byId('body-form', HTMLSelectElement);
const bodyFile = byId('body-file', HTMLInputElement);
const secret = byId('secret', HTMLInputElement);
const secretShow = byId('secret-show', HTMLButtonElement);
const key = byId('key', HTMLTextAreaElement);
const more = byId('more', HTMLDetailsElement);
const arrived = byId('arrived', HTMLInputElement);
const method = byId('method', HTMLSelectElement);
const target = byId('target', HTMLInputElement);
const publicUrl = byId('public-url', HTMLInputElement);
const otherSecret = byId('other-secret', HTMLInputElement);
const weak = byId('weak', HTMLInputElement);
const outputs = {
  verdict: byId('verdict', HTMLDivElement),
  signed: byId('signed', HTMLDivElement),
  diagnosis: byId('diagnosis', HTMLDivElement),
  facts: byId('facts', HTMLDivElement),
};
const code = new CodeView(byId('code', HTMLDivElement), () => schedule());

const keptNote = 'Its line ends are kept as pasted until you edit it here.';

/** A body whose bytes the field cannot hold: from a file, or pasted with line ends that the field would change. */
let exactBody: { readonly bytes: Uint8Array; readonly from: string } | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
/** Counts the runs: results of an older run are no longer shown. */
let run = 0;

function schedule(): void {
  clearTimeout(timer);
  timer = setTimeout(() => void refresh(), 80);
}

async function refresh(): Promise<void> {
  run += 1;
  const current = run;
  const answers = readAnswers();
  const choice = await chooseSender(sender.value, answers, key.value.trim());
  if (current !== run) return;
  showMaterial(choice);
  const subject = { id: choice.entry.id, answers, publicUrl: publicUrl.value.trim() };
  code.show(choice.kind === 'ready' ? { ...subject, provider: choice.provider } : undefined);
  if (choice.kind !== 'ready') {
    showChoice(choice);
    return;
  }
  const { provider } = choice;
  update(outputs.facts, factsView(provider));
  const given = readRequest();
  if (given === undefined) {
    showNothing('Part of the request cannot be read; see the message there.');
    return;
  }
  const { now, head, bytes } = given;
  const input: InspectionInput = {
    provider,
    headers: head.headers,
    body: bytes,
    method: method.value,
    target: target.value.trim(),
    publicUrl: publicUrl.value.trim(),
    secret: secret.value,
    otherSecret: otherSecret.value,
    key: key.value,
    now,
    allowsWeakSecrets: weak.checked,
    framework: code.framework,
    otherProviders: await presetsWithSecrets(),
  };
  const { verdict, texts } = await inspect(input);
  if (current !== run) return;
  showVerdict(verdictView(verdict, provider, now));
  update(outputs.signed, signedView(texts, provider));
  // A result that arrives quickly replaces the last diagnosis without a notice in between.
  const waiting = setTimeout(() => {
    if (current === run) update(outputs.diagnosis, diagnosisView(undefined, verdict));
  }, 250);
  const diagnosis = await explain(input, verdict);
  clearTimeout(waiting);
  if (current === run) update(outputs.diagnosis, diagnosisView(diagnosis, verdict));
}

/** The request in the form; undefined if a part cannot be read, which the form then reports. */
function readRequest(): { readonly now: Date; readonly head: PastedHead; readonly bytes: Uint8Array } | undefined {
  const head = attempt('headers-error', () => parseHead(headers.value));
  const bytes = attempt('body-error', () => exactBody?.bytes ?? parseBody(body.value, bodyForm.value as BodyForm));
  const now = attempt('arrived-error', () => parseTime(arrived.value) ?? new Date());
  byId('body-note', HTMLParagraphElement).textContent =
    bytes === undefined ? '' : `${describeBody(bytes)}${exactBody === undefined ? '' : ` ${exactBody.from}`}`;
  return head === undefined || bytes === undefined || now === undefined ? undefined : { now, head, bytes };
}

function attempt<Value>(errorId: string, read: () => Value): Value | undefined {
  const place = byId(errorId, HTMLParagraphElement);
  const field = document.querySelector(`[aria-describedby~="${errorId}"]`);
  try {
    const value = read();
    place.textContent = '';
    field?.removeAttribute('aria-invalid');
    return value;
  } catch (error) {
    if (!(error instanceof UnreadableText)) throw error;
    place.textContent = error.message;
    field?.setAttribute('aria-invalid', 'true');
    return undefined;
  }
}

/** Shows a verdict in its place, and in one line if the results are off screen. */
function showVerdict(children: readonly Child[]): void {
  update(outputs.verdict, children);
  byId('brief', HTMLAnchorElement).textContent = outputs.verdict.firstElementChild?.textContent ?? 'Results';
}

function showNothing(hint: string, kind: 'idle' | 'doubtful' = 'doubtful'): void {
  showVerdict(hintView(hint, kind));
  fill(outputs.signed);
  fill(outputs.diagnosis);
}

/** Says why there is no provider yet. */
function showChoice(choice: Exclude<Choice, { kind: 'ready' }>): void {
  fill(outputs.facts);
  switch (choice.kind) {
    case 'unverifiable':
      showNothing(`Cannot be verified. ${choice.sender.unverifiable} ${choice.sender.instead}`);
      break;
    case 'asks': {
      const open = `${choice.entry.title} needs more information; fill in the fields above`;
      showNothing(`${open}: ${choice.missing.join(', ')}.`, 'idle');
      break;
    }
    case 'refused': {
      const { error } = choice;
      showNothing(isWebhookError(error) ? error.message : 'This preset does not accept the values above.');
    }
  }
}

/** Shows the fields for the secret and the key that the scheme uses. */
function showMaterial(choice: Choice): void {
  const provider: Provider | undefined = choice.kind === 'ready' ? choice.provider : undefined;
  const hasCertificate = provider !== undefined && takesCertificate(provider);
  const material = provider?.scheme.material ?? 'secrets';
  const takesKey = material === 'keys' || material === 'both' || hasCertificate;
  byId('secret-field', HTMLDivElement).hidden = material === 'keys' || material === 'none';
  byId('key-field', HTMLDivElement).hidden = !takesKey;
  byId('key-label', HTMLLabelElement).textContent = hasCertificate ? 'Certificate' : 'Public key';
  const help = provider?.secretHelp ?? '';
  byId('secret-note', HTMLParagraphElement).textContent = help;
  byId('key-note', HTMLParagraphElement).textContent = hasCertificate
    ? 'As PEM, from the URL in the delivery. Open it yourself: this page fetches nothing.'
    : `PEM, a JWK or a JWK Set, hexadecimal or base64. ${help}`;
  const notes = [
    provider !== undefined && factsOf(provider).confidence === 'unconfirmed' && 'These facts are unconfirmed.',
    ...(provider?.assumptions ?? []).map(({ what }) => `Assumed: ${what}.`),
  ];
  byId('sender-note', HTMLParagraphElement).textContent = notes.filter((note) => note !== false).join(' ');
}

function readAnswers(): PresetAnswers {
  const fields = [...questions.querySelectorAll('input')];
  return Object.fromEntries(fields.flatMap(({ name, value }) => (value.trim() === '' ? [] : [[name, value.trim()]])));
}

/** Adds the fields for a preset's parameters to the form. */
function askQuestions(id: string, answers: PresetAnswers = {}): void {
  const fields = presetQuestions(id).map(({ name, what, example: sample, isRequired }) =>
    element(
      'div',
      { class: 'field' },
      element('label', { for: `question-${name}` }, `${name}${isRequired ? '' : ' (optional)'}`),
      element('input', {
        id: `question-${name}`,
        name,
        type: 'text',
        placeholder: sample,
        spellcheck: 'false',
        'aria-describedby': `question-${name}-note`,
        value: answers[name],
      }),
      element('p', { class: 'note', id: `question-${name}-note` }, `${what[0]?.toUpperCase()}${what.slice(1)}.`),
    ),
  );
  fill(questions, ...fields);
}

function chooseAnother(): void {
  askQuestions(sender.value);
  const found = findExample(sender.value);
  example.disabled = found === undefined;
  schedule();
}

function fillExample(): void {
  const delivery = findExample(sender.value);
  if (delivery === undefined) return;
  askQuestions(sender.value, delivery.answers);
  headers.value = Object.entries(delivery.headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
  setBody(delivery.body, 'The example has line ends that this field cannot hold; the original bytes are used.');
  secret.value = delivery.secret ?? '';
  key.value = delivery.key ?? '';
  arrived.value = new Date(delivery.at * 1000).toISOString();
  method.value = delivery.method ?? 'POST';
  target.value = delivery.url ?? '';
  publicUrl.value = delivery.publicUrl ?? '';
  weak.checked = false;
  // On a phone this would push the results off screen.
  more.open = matchMedia('(min-width: 56rem)').matches;
  schedule();
}

/** Puts text into the body field, and keeps its bytes if the field would change them. */
function setBody(text: string, note: string): void {
  body.value = text;
  bodyForm.value = 'text';
  bodyFile.value = '';
  exactBody = body.value === text ? undefined : { bytes: parseBody(text, 'text'), from: note };
}

/** Splits a raw request pasted into the headers field into its parts, and keeps the bytes of its body. */
function pasteHead(event: ClipboardEvent): void {
  const text = event.clipboardData?.getData('text/plain') ?? '';
  if (headers.selectionStart !== 0 || headers.selectionEnd !== headers.value.length) return;
  let head: PastedHead;
  try {
    head = parseHead(text);
  } catch {
    // The field gets the text unchanged, and the form reports the error.
    return;
  }
  if (head.method === undefined && head.rest === undefined) return;
  event.preventDefault();
  if (head.method !== undefined && [...method.options].some(({ value }) => value === head.method)) {
    method.value = head.method;
    target.value = head.target ?? '';
  }
  if (head.rest !== undefined) setBody(head.rest, keptNote);
  headers.value = head.headers.map(([name, value]) => `${name}: ${value}`).join('\n');
  schedule();
}

/** A field drops the CR of pasted text; if the paste replaces the whole body, its bytes are kept. */
function pasteBody(event: ClipboardEvent): void {
  const text = event.clipboardData?.getData('text/plain') ?? '';
  const isWhole = body.selectionStart === 0 && body.selectionEnd === body.value.length;
  if (!isWhole || !text.includes('\r') || bodyForm.value !== 'text') return;
  event.preventDefault();
  setBody(text, keptNote);
  schedule();
}

async function readBodyFile(): Promise<void> {
  const [file] = bodyFile.files ?? [];
  if (file === undefined) return;
  const bytes = new Uint8Array(await file.arrayBuffer());
  body.value = new TextDecoder().decode(bytes.subarray(0, 100_000));
  bodyForm.value = 'text';
  exactBody = { bytes, from: `The bytes of ${file.name}, until you edit them here.` };
  schedule();
}

fill(sender, ...senders.map(({ id, title }) => element('option', { value: id }, title)));
sender.value = 'stripe';
sender.addEventListener('change', chooseAnother);
example.addEventListener('click', fillExample);
headers.addEventListener('paste', pasteHead);
body.addEventListener('paste', pasteBody);
body.addEventListener('input', () => {
  exactBody = undefined;
  bodyFile.value = '';
});
bodyForm.addEventListener('change', () => {
  exactBody = undefined;
});
bodyFile.addEventListener('change', () => void readBodyFile());
secretShow.addEventListener('click', () => {
  const isShown = secret.type === 'text';
  secret.type = isShown ? 'password' : 'text';
  secretShow.setAttribute('aria-pressed', String(!isShown));
  secretShow.textContent = isShown ? 'Show' : 'Hide';
});
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('input', () => schedule());
form.addEventListener('reset', () => {
  exactBody = undefined;
  secret.type = 'password';
  secretShow.setAttribute('aria-pressed', 'false');
  secretShow.textContent = 'Show';
  const { value } = sender;
  // The fields are only empty after the event.
  setTimeout(() => {
    sender.value = value;
    chooseAnother();
  });
});
chooseAnother();
