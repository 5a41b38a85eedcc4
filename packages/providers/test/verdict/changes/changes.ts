/** All changes of a request, each as often as it is worth trying. */

import { type ChangedRequest, copyOf } from '../changed-request.ts';
import { Random } from '../random.ts';
import { byteChanges, sameChecksum } from './byte-changes.ts';
import type { Change, Subject } from './change.ts';
import { formChanges, repeatedField } from './form-changes.ts';
import { headerChanges } from './header-changes.ts';
import { byteOrderMark, jsonChanges } from './json-changes.ts';
import { pieceOfAnother } from './piece-of-another.ts';
import { signedPartChanges } from './signed-part-changes.ts';
import { urlChanges } from './url-changes.ts';

type Group = 'headers' | 'json' | 'form' | 'url' | 'bytes' | 'parts' | 'repeated' | 'mark' | 'checksum' | 'others';

const groups: Readonly<Record<Group, readonly Change[]>> = {
  headers: headerChanges,
  json: jsonChanges,
  form: formChanges,
  url: urlChanges,
  bytes: byteChanges,
  parts: signedPartChanges,
  repeated: [repeatedField],
  mark: [byteOrderMark],
  checksum: [sameChecksum],
  others: [pieceOfAnother],
};

/** How often each group is tried: less where hardly anything, or everything, would be accepted. */
function weightsOf({ signsBytes, signsUrl, text, others }: Subject): Readonly<Record<Group, number>> {
  return {
    headers: 30,
    json: signsBytes ? 6 : 40,
    form: signsBytes ? 6 : 40,
    url: signsUrl ? 30 : 5,
    bytes: 4,
    parts: text === undefined || text.signs.length < 2 ? 0 : 12,
    repeated: signsBytes ? 1 : 10,
    mark: 4,
    checksum: 1,
    others: others.length === 0 ? 0 : 6,
  };
}

export const changeNames: readonly string[] = Object.values(groups).flatMap((changes) =>
  changes.map(({ name }) => name),
);

/** Groups, each as often as its weight says. Those that do not fit a delivery are passed over when they are tried. */
export function wheelFor(subject: Subject): readonly (readonly Change[])[] {
  return Object.entries(weightsOf(subject)).flatMap(([name, weight]) => new Array(weight).fill(groups[name as Group]));
}

/** A change that was made, so that it can be made again. */
export interface Step {
  readonly change: Change;
  readonly seed: number;
}

/** Makes one random change that fits; undefined where none of several did. */
export function changeOnce(
  request: ChangedRequest,
  random: Random,
  subject: Subject,
  wheel: readonly (readonly Change[])[],
): Step | undefined {
  for (let tries = 0; tries < 20; tries++) {
    const change = random.pick(random.pick(wheel));
    const seed = random.bits();
    // A copy: a change that gives up half-way leaves nothing behind.
    const attempt = copyOf(request);
    if (!change.apply(attempt, new Random(seed), subject)) continue;
    Object.assign(request, attempt);
    return { change, seed };
  }
  return undefined;
}
