import { describe, expect, it } from 'vitest';
import { readSerials } from './read-serials.ts';

describe('serial numbers as they are typed', () => {
  it('are read from lines, commas and cells, in capitals', () => {
    expect(readSerials(' l4-0001, L4-0002;\r\nL4-0003\tL4-0004,\n')).toEqual({
      serials: ['L4-0001', 'L4-0002', 'L4-0003', 'L4-0004'],
      problem: null,
    });
    expect(readSerials(' \n,')).toEqual({ serials: [], problem: null });
  });

  it('are refused with a blank inside: that would be two units', () => {
    expect(readSerials('L4-0001\nL4 0900').problem).toMatch(/^“L4 0900” has a blank in it: put a comma/);
  });

  it('are refused by name when they are none, too long, or there twice', () => {
    expect(readSerials('L4-0001, L4_07').problem).toMatch(/^“L4_07” is no serial number: letters/);
    expect(readSerials('A'.repeat(4_000)).problem).toMatch(/^“A{45}…” is no serial number/);
    expect(readSerials('L4-0001, L4-0002, l4-0001').problem).toBe(
      'L4-0001 stands here twice: take one away.',
    );
  });

  it('are at most a thousand at once, and more say so', () => {
    const many = (count: number) => Array.from({ length: count }, (_, at) => `Q-${at}`).join(',');
    expect(readSerials(many(1_000)).problem).toBeNull();
    expect(readSerials(many(1_001)).problem).toBe('These are 1,001 numbers; register at most 1,000 at once.');
  });
});
