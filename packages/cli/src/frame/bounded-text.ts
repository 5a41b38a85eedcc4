/** Reads answers of endpoints, which may be endless. */

/** The beginning of an answer as text, and what is behind it is not waited for. Default: 64 KiB. */
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
  // The connection goes with it; whoever answers without end may not like that.
  await reader.cancel().catch(() => undefined);
  return Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8');
}
