/** The preset's facts about its sender, with a link to their source. */

import type { Provider } from '@countersign/core';
import { factLines, factsOf } from '@countersign/providers/tools/provider-facts';
import { type Child, element } from '../element.ts';

/** Renders the facts; the sender's page is a link that the page itself never follows. */
export function factsView(provider: Provider): readonly Child[] {
  const facts = factsOf(provider);
  const { url } = facts.source;
  const rows = factLines(facts).flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]);
  const link = { href: url ?? '', rel: 'noopener noreferrer', target: '_blank' };
  return [
    element('dl', {}, ...rows),
    url !== null && element('p', {}, element('a', link, "The sender's documentation")),
  ];
}
