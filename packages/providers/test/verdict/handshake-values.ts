/** Texts that a stranger may ask to have signed or repeated. */

import type { HandshakeGrammar } from '@countersign/core/describe';
import type { Random } from './random.ts';

const digits = '0123456789';
const lowerHex = `${digits}abcdef`;
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The characters of each kind of grammar, stated once more here. */
export const alphabets: Readonly<Record<HandshakeGrammar['characters'], string>> = {
  digits,
  lower_hex: lowerHex,
  hex: `${lowerHex}ABCDEF`,
  alphanumeric: digits + letters,
  base64url: `${digits}${letters}-_`,
  token: `${digits}${letters}-_+/=`,
};

export function fits(text: string, { characters, minLength, maxLength }: HandshakeGrammar): boolean {
  const alphabet = alphabets[characters];
  return text.length >= minLength && text.length <= maxLength && [...text].every((letter) => alphabet.includes(letter));
}

const lengths = [1, 2, 8, 10, 13, 19, 20, 21, 24, 31, 32, 33, 40, 63, 64, 65, 128, 255, 256, 257, 1023, 1024, 1025];
const scalars = ['0', '1', '-1', '12345', '1e3', '1.5', 'true', 'false', 'null', '""', '"text"', 'NaN', '00'];
const bodies = [
  '{}',
  '[]',
  '{"id":"evt_1","type":"forged"}',
  '[{"id":1}]',
  'a=b',
  'payload=%7B%7D',
  'id=1&type=forged',
  'bt_payload=abc',
  '1795251600.{}',
  'v0:1795251600:{}',
  '17952516001795251600',
  '1795251600000{}',
  '\ufeff1',
  ' 1',
  '1 ',
];

/** A text of one of many kinds. @param known texts of genuine deliveries, such as their bodies and fields */
export function handshakeText(random: Random, grammars: readonly HandshakeGrammar[], known: readonly string[]): string {
  const ofGrammar = ({ characters, minLength, maxLength }: HandshakeGrammar) => {
    const length = random.pick([
      minLength,
      maxLength,
      random.between(minLength, maxLength),
      minLength - 1,
      maxLength + 1,
    ]);
    return random.text(alphabets[characters], length);
  };
  return random.pick<() => string>([
    () => random.text(random.pick(Object.values(alphabets)), random.pick(lengths)),
    () => (grammars.length === 0 ? random.pick(scalars) : ofGrammar(random.pick(grammars))),
    () => random.pick(scalars),
    () => String(random.bits()),
    () => random.pick(bodies),
    () => Buffer.from(`<notification><kind>forged</kind><n>${random.bits()}</n></notification>`).toString('base64'),
    () => Buffer.from(random.pick(bodies)).toString(random.pick(['base64', 'base64url', 'hex'])),
    () => (known.length === 0 ? '' : random.pick(known)),
    () => random.text(`${alphabets.token}.:|,;&{}[]" `, random.between(1, 80)),
  ])();
}
