import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { decodeEntry } from '../audit/entry.ts';
import { auditEvent } from '../audit/event.ts';
import { issueCertificate } from '../identity/certificate-authority.ts';
import type { CheckIn } from './messages.ts';
import { AgentScene, UNIT } from './testing.ts';

let scene: AgentScene;
beforeAll(async () => {
  scene = await AgentScene.make();
});
afterEach(() => scene.close());

describe('a check-in', () => {
  it('takes the revocation list and hands over the audit trail', async () => {
    const seen: CheckIn[] = [];
    const { port } = await scene.gateway(async (checkIn) => {
      seen.push(checkIn);
      const lines = seen.flatMap(({ audit }) => audit?.lines ?? []);
      const known = decodeEntry(lines.at(-1) ?? '')?.sequence ?? 0;
      return scene.answer({ auditKnown: { sequence: known, hash: '0'.repeat(64) } });
    });
    const { calls, revocations } = await scene.unit(port);

    expect(await calls.round()).toBe(true);

    expect(revocations.current.persons).toEqual(new Set(['person:eve']));
    expect(seen[0]?.audit).toBeNull();
    expect(decodeEntry(seen[1]?.audit?.lines[0] ?? '')).toMatchObject({ sequence: 1, what: 'unit.started' });
    expect(seen[1]?.audit?.checkpoint).not.toBeNull();
  });

  it('hands over lines of any letters: a frame is measured in bytes', async () => {
    const seen: CheckIn[] = [];
    const { port } = await scene.gateway(async (checkIn) => {
      seen.push(checkIn);
      const lines = seen.flatMap(({ audit }) => audit?.lines ?? []);
      const known = decodeEntry(lines.at(-1) ?? '')?.sequence ?? 0;
      return scene.answer({ auditKnown: { sequence: known, hash: '0'.repeat(64) } });
    });
    const { calls, log } = await scene.unit(port);
    for (let entry = 0; entry < 60; entry++)
      await log.append(auditEvent({ what: 'x', outcome: 'done', detail: { said: '言'.repeat(1_000) } }));
    expect(await calls.round()).toBe(true);
    expect(seen.flatMap(({ audit }) => audit?.lines ?? []).length).toBeGreaterThan(60);
  });

  it('on a full disk takes what was taken back, and the rest of the answer', async () => {
    const { port } = await scene.gateway(() => scene.answer());
    const { calls, revocations, disk, taken } = await scene.unit(port);
    disk.limit(0);
    await calls.round().catch(() => undefined);
    expect(revocations.current.persons).toEqual(new Set(['person:eve']));
    expect(taken).toHaveLength(1);
  });

  it('that nobody answers is normal: it fails, is written once, and works when somebody is there again', async () => {
    const { calls, events } = await scene.unit(1);
    for (let times = 0; times < 3; times++) expect(await calls.round()).toBe(false);
    expect(calls.last?.code).toBe('channel.tls-failed');
    expect((await events()).filter(([what]) => what === 'channel.refused')).toHaveLength(1);
  });

  it('with an answer that is none changes nothing and says so', async () => {
    const { port } = await scene.gateway(async () => ({ revocations: 'x' }));
    const { calls, events, revocations } = await scene.unit(port);
    expect(await calls.round()).toBe(false);
    expect(revocations.current.number).toBe(0);
    expect(await events()).toContainEqual(['agent.answer-refused', 'agent.answer-malformed']);
  });

  it('renews the certificate at two thirds of its life, under the same key, proven by the next channel', async () => {
    const { port } = await scene.gateway(
      () => scene.answer(),
      async (csr) => {
        const about = { csr, role: 'unit', id: UNIT, now: Date.now(), days: 90 } as const;
        const { certificate } = await issueCertificate(scene.ca.issuing, about);
        return { certificate: Buffer.from(certificate).toString('base64') };
      },
    );
    const { calls, identities, renewed, key } = await scene.unit(port, 61);
    const before = (await identities.current()).chain[0];

    await calls.round();
    expect(renewed).toEqual([]);
    await calls.round();

    expect(renewed.map((identity) => identity.key.thumbprint)).toEqual([key.thumbprint]);
    expect((await identities.current()).chain[0]).not.toEqual(before);
    expect(await identities.next()).toBeNull();
  });

  it('keeps no renewed certificate that is of somebody else', async () => {
    const { port } = await scene.gateway(
      () => scene.answer(),
      async () => ({
        certificate: Buffer.from((await scene.ca.issue('unit', 'L4-0008')).chain[0]!).toString('base64'),
      }),
    );
    const { calls, identities, events } = await scene.unit(port, 61);
    await calls.round();
    expect(await identities.next()).toBeNull();
    expect(await events()).toContainEqual(['identity.renewal-refused', 'identity.renewal-refused']);
  });

  it('renews nothing before its time', async () => {
    let asked = 0;
    const { port } = await scene.gateway(
      () => scene.answer(),
      async () => {
        asked += 1;
        return {};
      },
    );
    const { calls } = await scene.unit(port, 59);
    await calls.round();
    expect(asked).toBe(0);
  });
});
