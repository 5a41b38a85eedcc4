/** Event names of the X Activity API. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const xTwitter = {
  source: {
    title: 'X documentation, X Activity API, Introduction',
    url: 'https://github.com/xdevplatform/docs/blob/287132819074964da9c1c410ba02df5a06c932d3/x-api/activity/introduction.mdx',
    readOn: '2026-11-27',
  },
  names: [
    'block.block',
    'block.unblock',
    'broadcast.chat',
    'broadcast.end',
    'broadcast.start',
    'chat.conversation_join',
    'chat.received',
    'chat.sent',
    'dm.indicate_typing',
    'dm.read',
    'dm.received',
    'dm.sent',
    'follow.follow',
    'follow.unfollow',
    'like.create',
    'mute.mute',
    'mute.unmute',
    'news.new',
    'oauth.revoke',
    'post.create',
    'post.delete',
    'post.mention.create',
    'post.quote.create',
    'post.reply.create',
    'post.repost.create',
    'profile.update.affiliate_badge',
    'profile.update.banner_picture',
    'profile.update.bio',
    'profile.update.geo',
    'profile.update.handle',
    'profile.update.profile_picture',
    'profile.update.screenname',
    'profile.update.url',
    'profile.update.verified_badge',
    'spaces.end',
    'spaces.start',
  ],
  always: [],
} as const satisfies SenderEvents;

/** The events of X, with unknown payloads. */
export interface XTwitterEvents extends NamedEvents<typeof xTwitter> {}
