import { describe, expect, it } from 'vitest';
import type { CheckIn, CheckInAnswer } from '../report.ts';
import { CheckInDesk } from './check-in-desk.ts';

const checkIn = {} as CheckIn;

describe('the desk of check-ins', () => {
  it('takes every unit of a group but the one that cannot be taken', async () => {
    const desk = new CheckInDesk(async (arrived) => {
      if (arrived.some(({ serial }) => serial === 'U-7')) throw new Error('no such letter');
      return arrived.map(({ serial }) => ({ revocations: serial }) as CheckInAnswer);
    });
    const serials = Array.from({ length: 20 }, (_, at) => `U-${at}`);
    const answers = await Promise.allSettled(
      serials.map((serial) =>
        desk.submit({ serial, peer: { serial: 'ab', notAfter: 0 }, thumbprint: '', checkIn }),
      ),
    );
    const failed = answers.flatMap((one, at) =>
      one.status === 'rejected' ? [[serials[at], one.reason.code]] : [],
    );
    expect(failed).toEqual([['U-7', 'gateway.failed']]);
  });
});
