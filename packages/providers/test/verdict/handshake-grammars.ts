/** What the handshakes of a provider sign for strangers, read from its description. */

import type { Provider } from '@countersign/core';
import type { HandshakeGrammar, HandshakeText } from '@countersign/core/describe';

export function signedGrammarsOf({ handshakes }: Pick<Provider, 'handshakes'>): readonly HandshakeGrammar[] {
  return (handshakes ?? []).flatMap(({ response: { headers = {}, body } }) => {
    const ofBody = body === undefined ? [] : 'object' in body ? Object.values(body.object) : [body];
    const texts: readonly (HandshakeText | number)[] = [...Object.values(headers), ...ofBody];
    return texts.flatMap((text) => (typeof text === 'object' && 'macOf' in text ? [text.grammar] : []));
  });
}
