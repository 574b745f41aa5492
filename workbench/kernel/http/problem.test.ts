import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import type { Env } from './env.ts';
import { answerError } from './problem.ts';

async function answerTo(error: Error) {
  const app = new Hono<Env>();
  app.onError(answerError);
  app.get('/', () => {
    throw error;
  });
  const answer = await app.request('/');
  return { status: answer.status, body: (await answer.json()) as { code: string; detail: string } };
}

describe('a request while the database is away', () => {
  test.each([
    ['is starting', Object.assign(new Error('the database system is starting up'), { code: '57P03' })],
    ['was killed in the middle', new Error('Connection terminated unexpectedly')],
    ['has no socket yet', Object.assign(new Error('connect ENOENT'), { code: 'ENOENT', syscall: 'connect' })],
  ])('that %s is told to look before it tries again', async (_case, error) => {
    const { status, body } = await answerTo(error);

    expect({ status, code: body.code }).toEqual({ status: 503, code: 'http.not-ready' });
    expect(body.detail).toContain('not certain');
  });

  test('a file that is missing is a fault, not a database that is away', async () => {
    const missing = Object.assign(new Error('no such file'), { code: 'ENOENT', syscall: 'open' });

    expect((await answerTo(missing)).status).toBe(500);
  });
});
