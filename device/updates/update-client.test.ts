import { describe, expect, it } from 'vitest';
import { applicationPath } from './boot-record.ts';
import { newUnit, software, unitOn, World } from './repository/try-out.ts';

async function worldWithUpdate() {
  const world = await World.make();
  const unit = await newUnit(world, software('1.0.0'));
  await world.publish(software('1.1.0'));
  await world.direct('1.1.0');
  return { world, unit };
}

describe('the whole way of an update', () => {
  it('is checked, staged, switched, tried and confirmed', async () => {
    const { world, unit } = await worldWithUpdate();

    const offered = await unit.client.check();
    await unit.client.stage();
    await unit.client.activate();
    const next = unitOn(world, unit.disk, unit.audit);
    const booted = await next.bootloader.boot();
    const verdict = await next.bootloader.settle(async () => true, 1000);

    expect(offered).toMatchObject({ version: '1.1.0', publishedBy: 'lumen-400' });
    expect(booted).toMatchObject({ slot: 'B', trial: true });
    expect(verdict).toBe('confirmed');
    expect(new TextDecoder().decode(unit.disk.peek(applicationPath('B')) ?? undefined)).toContain('1.1.0');
    expect(unit.audit.events.map(({ what }) => what)).toEqual([
      'update.staged',
      'update.switched',
      'update.trial-started',
      'update.confirmed',
    ]);
    expect(await next.client.check()).toBeNull();
  });
});
