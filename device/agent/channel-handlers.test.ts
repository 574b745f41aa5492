import { describe, expect, it } from 'vitest';
import { kindsBetween } from '../channel/may-speak.ts';
import { PEER_ROLES } from '../identity/names.ts';
import { channelHandlers, type HandlerParts } from './channel-handlers.ts';

describe("a unit's port", () => {
  it('has a handler for each kind of request that somebody may send to it, and no other', () => {
    const handlers = channelHandlers({} as HandlerParts);
    const admitted = new Set(PEER_ROLES.flatMap((sender) => kindsBetween(sender, 'unit')));

    expect(Object.keys(handlers).sort()).toEqual([...admitted].sort());
  });
});
