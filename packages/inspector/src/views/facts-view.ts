/** What the preset says of its sender, with the page that it was read on. */

import type { Provider } from '@countersign/core';
import { factLines, factsOf } from '@countersign/providers/tools/provider-facts';
import { type Child, element } from '../element.ts';

/** What is shown of the facts; the sender's page is a link, which nothing follows by itself. */
export function factsView(provider: Provider): readonly Child[] {
  const facts = factsOf(provider);
  const { url } = facts.source;
  const rows = factLines(facts).flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]);
  const link = { href: url ?? '', rel: 'noopener noreferrer', target: '_blank' };
  return [element('dl', {}, ...rows), url !== null && element('p', {}, element('a', link, 'The page of the sender'))];
}
