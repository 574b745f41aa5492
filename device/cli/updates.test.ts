import { describe, expect, it } from 'vitest';
import { HandClock } from '../clock.ts';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import { newUnit, StaticServer, software, UNIT, unitOn, World } from '../updates/repository/try-out.ts';
import { updatesCommand } from './updates.ts';

const CODE = new TextEncoder().encode('export const version = "1.1.0";\n');

function publisher() {
  const disk = new SimulatedDisk();
  const clock = new HandClock();
  const run = async (...args: string[]) => {
    const out: string[] = [];
    const err: string[] = [];
    const exit = await updatesCommand(args, {
      disk: () => disk,
      readFile: async () => CODE,
      now: () => clock.wall(),
      out: (line) => out.push(line),
      err: (line) => err.push(line),
    });
    return { exit, out, err };
  };
  return { disk, clock, run };
}
const publish = (version: string) =>
  [
    ...['publish', 'f', `/x/laser-${version}.mjs`, '--family', 'lumen-400', '--version', version],
    ...['--hardware', UNIT.hardwareId, '--counter', '1', '--release', 'REL-2'],
  ] as const;

describe('the publisher’s command', () => {
  it('makes a repository that a unit follows, through rotations of every role', async () => {
    const { disk, clock, run } = publisher();
    expect((await run('init', 'f', '--family', 'lumen-400')).exit).toBe(0);
    expect((await run(...publish('1.1.0'))).out).toEqual(['Published lumen-400/laser-1.1.0.mjs.']);
    const roots = [
      disk.peek('repository/metadata/1.root.json'),
      disk.peek('repository/director/1.root.json'),
    ];
    for (const role of ['timestamp', 'snapshot', 'targets', 'lumen-400', 'root'])
      expect((await run('rotate', 'f', role)).err).toEqual([]);
    expect((await run('renew', 'f')).exit).toBe(0);
    const path = ['--path', 'lumen-400/laser-1.1.0.mjs', '--hardware', UNIT.hardwareId];
    expect((await run('direct', 'f', UNIT.id, ...path)).exit).toBe(0);

    const world = await World.make({ clock });
    const server = new StaticServer();
    for (const file of disk.paths())
      if (file.startsWith('repository/')) {
        const place = file
          .replace('repository/metadata', 'image/metadata')
          .replace('repository/targets', 'image/targets');
        server.files.set(place.replace('repository/', ''), disk.peek(file) as Uint8Array);
      }
    world.imageRoot = roots[0] as Uint8Array;
    world.directorRoot = roots[1] as Uint8Array;
    const unit = await newUnit(world, software('1.0.0'));
    const { client } = unitOn(world, unit.disk, unit.audit, {
      fetch: server.fetch,
      bootloader: unit.bootloader,
    });

    expect(await client.check()).toMatchObject({
      version: '1.1.0',
      publishedBy: 'lumen-400',
      releaseKey: 'REL-2',
    });
    await client.stage();
    await client.activate();
  });

  it('says what is wrong and stores nothing then', async () => {
    const { disk, run } = publisher();
    await run('init', 'f', '--family', 'lumen-400');
    await run(...publish('1.1.0'));
    const before = disk.image();

    expect((await run()).exit).toBe(2);
    expect((await run('init', 'f', '--family', 'lumen-400')).err[0]).toContain('holds a repository already');
    expect((await run(...publish('1.1.0'))).err[0]).toContain('is published already');
    expect((await run(...publish('one'))).err[0]).toBe('--version cannot be "one".');
    expect((await run('rotate', 'f', 'nobody')).err[0]).toBe('There is no role nobody.');
    expect((await run('direct', 'f', UNIT.id, '--path', 'x', '--hardware', 'y')).err[0]).toBe(
      'x is not published.',
    );
    expect(disk.image()).toEqual(before);
  });

  it('renews without the offline keys, and asks for them when they must sign', async () => {
    const { disk, run } = publisher();
    await run('init', 'f', '--family', 'lumen-400');
    for (const file of disk.paths()) if (/keys\/(root|targets)/.test(file)) disk.poke(file, null);

    expect((await run('renew', 'f')).exit).toBe(0);
    expect((await run(...publish('1.1.0'))).exit).toBe(0);
    expect((await run('rotate', 'f', 'timestamp')).err[0]).toContain('Keys of root are not in the folder');
  });
});
