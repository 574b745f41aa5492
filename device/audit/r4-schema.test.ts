import { describe, expect, it } from 'vitest';
import { r4Problems } from './r4-schema.ts';

describe('the official schema of FHIR R4', () => {
  it('finds what R4 does not have, what is missing, and codes of another set', () => {
    const event = {
      resourceType: 'AuditEvent',
      type: { code: '110100' },
      recorded: '2026-11-26T08:00:00.000Z',
      agent: [{ requestor: true }],
      source: { observer: { display: 'L4-0007' } },
    };
    const problems = (change: object) => r4Problems({ ...event, ...change }).join('\n');

    expect(problems({})).toBe('');
    expect(problems({ invented: 1 })).toContain('"invented"');
    expect(problems({ source: undefined })).toContain('"source"');
    expect(problems({ action: 'X' })).toContain('/action');
    expect(problems({ recorded: 'yesterday' })).toContain('/recorded');
    expect(problems({ agent: [{ requestor: 'yes' }] })).toContain('/agent/0/requestor');
    expect(r4Problems({ resourceType: 'Laser' })).toHaveLength(1);
    expect(
      r4Problems({
        resourceType: 'Bundle',
        type: 'collection',
        entry: [{ resource: { ...event, action: 'X' } }],
      })[0],
    ).toContain('/entry/0/resource/action');
  });
});
