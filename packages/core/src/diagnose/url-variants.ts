/** Other URLs that the sender may have signed, built from the options and the request. */

import type { PublicUrl } from '../delivery/public-url.ts';
import type { CauseCode } from './causes.ts';
import type { HeaderPairs, Situation, Variant } from './situation.ts';

/** A URL in parts. */
interface Address {
  readonly protocol: string;
  readonly host: string;
  readonly port: string;
  readonly path: string;
  readonly query: string;
}

/** One part in another form, and its meaning if it is right. */
type Choice = readonly [code: CauseCode | undefined, value: string];

/** Maximum number of parts changed together. */
const maxChanges = 2;

/**
 * URLs, the fewest changes first. If the options give no origin, the one named in the request comes first.
 *
 * @param known the URL that is signed according to the options, or undefined if they do not state it
 * @param isOriginNeeded whether the scheme could not be tried without an origin
 */
export function urlVariants(
  { url = '/', headers }: Pick<Situation, 'url' | 'headers'>,
  known: string | undefined,
  publicUrl: PublicUrl | undefined,
  isOriginNeeded: boolean,
): readonly Variant[] {
  const target = url.replace(/^https?:\/\/[^/?#]*/i, '');
  const hosts = hostsIn(headers);
  const guessed =
    hosts[0] === undefined ? undefined : `https://${hosts[0]}${target.startsWith('/') ? '' : '/'}${target}`;
  const base = takeApart(known ?? guessed ?? '');
  if (base === undefined) return [];
  const found: (readonly [number, Variant])[] = [];
  const isGuess = known === undefined;

  const protocols: Choice[] = [
    [undefined, base.protocol],
    ['url_protocol', base.protocol === 'https' ? 'http' : 'https'],
  ];
  for (const [protocolCode, protocol] of protocols) {
    for (const [hostCode, host] of hostChoices(base, hosts, publicUrl)) {
      for (const [portCode, port] of portChoices(base, headers, protocol)) {
        for (const [pathCode, path] of pathChoices(base, headers, target)) {
          for (const [queryCode, query] of queryChoices(base, headers)) {
            const changes = [pathCode, queryCode, protocolCode, portCode, hostCode].filter(
              (code) => code !== undefined,
            );
            if (changes.length > maxChanges || (changes.length === 0 && !isGuess)) continue;
            const isUnknown = isGuess && (isOriginNeeded || changes.length === 0);
            const codes = isUnknown ? (['url_unknown'] as const) : (changes as [CauseCode, ...CauseCode[]]);
            const address = `${protocol}://${host}${port === '' ? '' : `:${port}`}${path}${query}`;
            found.push([changes.length, { kind: 'url', codes, at: 'publicUrl', change: { address } }]);
          }
        }
      }
    }
  }
  return found.sort(([left], [right]) => left - right).map(([, variant]) => variant);
}

function takeApart(address: string): Address | undefined {
  const found = /^(https?):\/\/([^/?#:]*|\[[^\]]*\])(?::(\d*))?([^?#]*)(\?[^#]*)?/is.exec(address);
  if (found === null) return undefined;
  const [, protocol = '', host = '', port = '', path = '', query = ''] = found;
  return { protocol: protocol.toLowerCase(), host, port, path, query };
}

/** Hosts named in the request, the outermost first, with their ports. */
function hostsIn(headers: HeaderPairs): readonly string[] {
  const names = ['x-forwarded-host', 'x-original-host', 'host', ':authority'];
  const values = names.flatMap((name) => headers.filter(([one]) => one === name).map(([, value]) => value));
  const forwarded = headers
    .filter(([name]) => name === 'forwarded')
    .flatMap(([, value]) => /host="?([^";,]+)/i.exec(value)?.[1] ?? []);
  const all = [...values.flatMap((value) => value.split(',').map((one) => one.trim())), ...forwarded];
  return [...new Set(all.map((host) => host.toLowerCase()))]
    .filter((host) => /^[a-z0-9.:[\]-]{1,255}$/.test(host))
    .slice(0, 4);
}

function hostChoices({ host }: Address, hosts: readonly string[], publicUrl: PublicUrl | undefined): readonly Choice[] {
  const trusted =
    typeof publicUrl === 'object' ? publicUrl.trustForwarded.map((one) => one.replace(/^https?:\/\//i, '')) : [];
  const www = host.startsWith('www.') ? host.slice(4) : `www.${host}`;
  const bare = [...hosts, ...trusted, www, host.toLowerCase()].map((one) => one.replace(/:\d*$/, ''));
  const others = [...new Set(bare)].filter((one) => one !== host && one !== '');
  return [[undefined, host], ...others.map((one): Choice => ['url_host', one])];
}

function portChoices({ port }: Address, headers: HeaderPairs, protocol: string): readonly Choice[] {
  const forwarded = headers.filter(([name]) => name === 'x-forwarded-port').map(([, value]) => value);
  const ofHosts = hostsIn(headers).map((host) => /:(\d+)$/.exec(host)?.[1] ?? '');
  const others = new Set(
    ['', protocol === 'https' ? '443' : '80', ...forwarded, ...ofHosts].filter((one) => /^\d{0,5}$/.test(one)),
  );
  others.delete(port);
  return [[undefined, port], ...[...others].map((one): Choice => ['url_port', one])];
}

function pathChoices({ path }: Address, headers: HeaderPairs, target: string): readonly Choice[] {
  const choices: Choice[] = [[undefined, path]];
  choices.push(['url_trailing_slash', path.endsWith('/') ? path.slice(0, -1) : `${path}/`]);
  const headerOf = (name: string) => headers.find(([one]) => one === name)?.[1];
  const prefix = headerOf('x-forwarded-prefix') ?? headerOf('x-script-name');
  if (prefix?.startsWith('/')) choices.push(['url_path', prefix.replace(/\/$/, '') + path]);
  for (const original of originalTargets(headers)) {
    const other = original.split('?', 1)[0] as string;
    if (other !== path) choices.push(['url_path', other]);
  }
  // The path at the server without that of publicUrl, and the path without its first segment.
  for (const other of [target.split(/[?#]/, 1)[0] as string, path.replace(/^\/[^/]+(?=\/)/, '')]) {
    if (other.startsWith('/') && other !== path) choices.push(['url_path', other]);
  }
  const folded = path.replace(/\/{2,}/g, '/');
  if (folded !== path) choices.push(['url_path', folded]);
  for (const recode of [decodeURI, encodeURI]) {
    try {
      const other = recode(path);
      if (other !== path) choices.push(['url_path', other]);
    } catch {
      // Not percent-encoded.
    }
  }
  return choices;
}

/** Targets that proxies keep in a header when they rewrite one. */
function originalTargets(headers: HeaderPairs): readonly string[] {
  const names = ['x-original-url', 'x-original-uri', 'x-rewrite-url', 'x-envoy-original-path', 'x-forwarded-uri'];
  return headers
    .filter(([name]) => names.includes(name))
    .map(([, value]) => value.replace(/^https?:\/\/[^/?#]*/i, ''))
    .filter((value) => value.startsWith('/'));
}

function queryChoices({ query }: Address, headers: HeaderPairs): readonly Choice[] {
  const original = originalTargets(headers).flatMap((one) => /\?[^#]+/.exec(one)?.[0] ?? []);
  if (query === '') return [[undefined, ''], ...original.map((one): Choice => ['url_query', one])];
  const pairs = query.slice(1).split('&');
  const fields = new URLSearchParams(query.slice(1));
  const decoded = [...fields].map(([name, value]) => `${name}=${value}`).join('&');
  const percent = [...fields]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  const orders =
    pairs.length > 1 && pairs.length <= 4
      ? permutations(pairs).map((one) => one.join('&'))
      : [[...pairs].sort().join('&')];
  const others = [
    ...new Set(['', ...orders, fields.toString(), percent, decoded].map((one) => (one === '' ? '' : `?${one}`))),
  ];
  return [[undefined, query], ...others.filter((one) => one !== query).map((one): Choice => ['url_query', one])];
}

function permutations(items: readonly string[]): readonly (readonly string[])[] {
  if (items.length < 2) return [items];
  return items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}
