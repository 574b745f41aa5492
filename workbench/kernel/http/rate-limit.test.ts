import { describe, expect, it } from 'vitest';
import { rateLimit } from './rate-limit.ts';

describe('a rate limit', () => {
  const make = () => {
    let at = 0;
    const limit = rateLimit({ burst: 3, perSecond: 0.5 }, () => at);
    return {
      passes: (seconds: number) => {
        at += seconds * 1000;
      },
      take: (key = 'a') => {
        try {
          limit.take(key);
          return 'taken';
        } catch (error) {
          return error;
        }
      },
    };
  };

  it('takes the burst, then one as often as it refills, for each key apart', () => {
    const { take, passes } = make();

    expect([take(), take(), take()]).toEqual(['taken', 'taken', 'taken']);
    expect(take()).toMatchObject({ code: 'http.too-many', detail: { retryAfterSeconds: 2 } });
    expect(take('b')).toBe('taken');
    passes(2);
    expect(take()).toBe('taken');
    expect(take()).toMatchObject({ code: 'http.too-many' });
  });

  it('does not lengthen the wait of who goes on knocking', () => {
    const { take, passes } = make();
    for (let n = 0; n < 50; n += 1) take();

    passes(2);

    expect(take()).toBe('taken');
  });

  it('never saves up more than the burst, and forgets the oldest keys', () => {
    const { take, passes } = make();
    passes(10_000);
    expect([take(), take(), take()]).toEqual(['taken', 'taken', 'taken']);
    for (let n = 0; n < 20_001; n += 1) take(`key ${n}`);

    expect(take()).toBe('taken');
  });
});
