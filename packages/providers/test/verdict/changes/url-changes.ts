/** Changes of method and address: other spellings, parameters, fragments, ports, and other methods. */

import type { ChangedRequest } from '../changed-request.ts';
import type { Random } from '../random.ts';
import type { Change, Subject } from './change.ts';
import { respellEscapes } from './spellings.ts';

/** Changes the target, where something changes. */
function changeUrl(name: string, change: (url: string, random: Random, subject: Subject) => string): Change {
  return {
    name,
    apply(request, random, subject) {
      const changed = change(request.url, random, subject);
      if (changed === request.url) return false;
      request.url = changed;
      return true;
    },
  };
}

/** Changes the parameters as they are written. */
function changeParameters(name: string, change: (parameters: string[], random: Random) => string[]): Change {
  return changeUrl(name, (url, random) => {
    const [path = '', query] = url.split(/\?(.*)/s);
    return `${path}?${change(query ? query.split('&') : [], random).join('&')}`;
  });
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'post', 'Post', 'P', ''];

export const urlChanges: readonly Change[] = [
  {
    name: 'the method',
    apply(request, random, { preset }) {
      const method = random.pick([...methods, ...(preset.methods ?? []), ...(preset.methods ?? [])]);
      if (method === request.method) return false;
      request.method = method;
      if (random.isOneIn(3)) request.body = new Uint8Array();
      return true;
    },
  },
  changeUrl('the spelling of the URL', respellEscapes),
  changeUrl('the spelling of a character in the URL', (url, random) =>
    random.pick<() => string>([
      () => url.replace('/', '//'),
      () => url.replace('/', '/./'),
      () => url.replace('/', '/x/../'),
      () => url.replace(/(\?|$)/, '/$1'),
      () => url.replace(/\/(\?|$)/, '$1'),
      () => `${url}#fragment`,
      () => `${url}#`,
      () => url.toUpperCase(),
      () => url.replace('/', '\\'),
      () => ` ${url}`,
      () => `${url} `,
      () => url.slice(1),
      () => '',
    ])(),
  ),
  changeUrl('an absolute URL', (url, random, { publicUrl }) => {
    const origin = publicUrl === '' ? 'https://example.com' : publicUrl;
    if (!url.startsWith('/')) return url;
    return random.pick<() => string>([
      () => origin + url,
      () => origin.replace('https:', 'http:') + url,
      () => `${origin}:443${url}`,
      () => `${origin}:8443${url}`,
      () => `https://example.org${url}`,
      () => origin.replace('://', '://name@') + url,
      () => `HTTPS://EXAMPLE.COM${url}`,
    ])();
  }),
  changeParameters('a parameter added', (parameters, random) => {
    const known = parameters.map((one) => one.split('=', 1)[0] as string);
    const name = random.pick(['', 'x', 'id', 'type', 'bodySHA256', 'jwt', 'token', 'signature', ...known, ...known]);
    const added = random.pick(['', '&', '=', name, `${name}=`, `${name}=1`]);
    return random.isOneIn(2) ? [...parameters, added] : [added, ...parameters];
  }),
  changeParameters('a parameter repeated', (parameters, random) => {
    if (parameters.length === 0) return parameters;
    const one = random.pick(parameters);
    const other = random.isOneIn(2) ? one : `${one.split('=', 1)[0]}=other`;
    return random.isOneIn(2) ? [...parameters, other] : [other, ...parameters];
  }),
  changeParameters('a parameter removed', (parameters, random) => {
    const one = parameters.length === 0 ? '' : random.pick(parameters);
    return parameters.filter((parameter) => parameter !== one);
  }),
  changeParameters('parameters reordered', (parameters, random) => random.shuffled(parameters)),
  changeParameters('an end of the query', (parameters, random) => {
    const query = parameters.join('&');
    return [
      random.pick([`${query}&`, `${query}=`, `&${query}`, `?${query}`, `${query}?`, query.replace('&', ';'), query]),
    ];
  }),
  changeParameters('a parameter split otherwise', (parameters, random) => {
    if (parameters.length === 0) return parameters;
    const at = random.below(parameters.length);
    const text = (parameters[at] as string).replace('=', '');
    const split = random.below(text.length + 1);
    return parameters.with(at, `${text.slice(0, split)}=${text.slice(split)}`);
  }),
];

export function queryOf({ url }: ChangedRequest): string | undefined {
  return url.split('#', 1)[0]?.split(/\?(.*)/s)[1];
}
