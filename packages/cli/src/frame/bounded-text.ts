/** Reads responses of endpoints, which may be endless. */

/** Returns the beginning of a response as text, without waiting for the rest. Default: 64 KiB. */
export async function readText(response: Response, maxBytes = 65_536): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return '';
  const chunks: Uint8Array[] = [];
  for (let size = 0; size < maxBytes; ) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    size += value.byteLength;
  }
  // This closes the connection, to which an endless response may react.
  await reader.cancel().catch(() => undefined);
  return Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8');
}
