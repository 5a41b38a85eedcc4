/** Event names of ElevenLabs, from its documentation. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const elevenlabs = {
  source: {
    title: 'ElevenLabs documentation, Webhooks and Post-call webhooks',
    url: 'https://elevenlabs.io/docs/eleven-api/resources/webhooks',
    readOn: '2026-11-27',
  },
  names: [
    'call_initiation_failure',
    'post_call_audio',
    'post_call_transcription',
    'voice_removal_notice',
    'voice_removal_notice_withdrawn',
    'voice_removed',
  ],
  always: ['type'],
} as const satisfies SenderEvents;

/** The events of ElevenLabs, with unknown payloads. */
export interface ElevenLabsEvents extends NamedEvents<typeof elevenlabs> {}
