import { describe, expect, it } from 'vitest';
import { type Choice, howFor, mailTiming, noticeTitle, usualFor } from './topics.ts';

describe('how a person hears', () => {
  it('is usual for the roles without a choice', () => {
    expect(usualFor('finding-new', ['developer'])).toBe('urgent-at-once');
    expect(usualFor('finding-new', ['auditor'])).toBe('page');
    expect(usualFor('finding-new', [])).toBe('page');
    expect(usualFor('mentioned', ['auditor'])).toBe('at-once');
  });

  it('is the choice for the product, then the one for all', () => {
    const choices: Choice[] = [
      { productId: null, topic: 'finding-new', how: 'off' },
      { productId: 'a', topic: 'finding-new', how: 'daily' },
    ];
    expect(howFor('finding-new', 'a', choices, ['developer'])).toBe('daily');
    expect(howFor('finding-new', 'b', choices, ['developer'])).toBe('off');
    expect(howFor('fix-appeared', 'b', choices, ['developer'])).toBe('daily');
  });

  it('waits for the morning unless it is urgent', () => {
    expect(mailTiming('urgent-at-once', true)).toBe('at-once');
    expect(mailTiming('urgent-at-once', false)).toBe('daily');
    expect(mailTiming('page', true)).toBeNull();
  });
});

it('names one thing, counts many', () => {
  expect(noticeTitle('finding-new', 1, 'CVE-1 in openssl')).toBe('CVE-1 in openssl');
  expect(noticeTitle('decision-reopened', 5_000, 'ASM-1')).toBe('5,000 decisions were re-opened');
});
