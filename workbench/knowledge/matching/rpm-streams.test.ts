import { describe, expect, it } from 'vitest';
import { streamDoubt } from './rpm-streams.ts';

const identity = (ecosystem: string, version: string) => ({
  ecosystem,
  name: 'x',
  scope: '8',
  version,
  from: '',
  cpe: null,
  commit: null,
});

describe('streamDoubt', () => {
  it.each([
    ['Red Hat', '1.2-3.el8', '1.2-5.el8', null],
    ['Red Hat', '1.2-3.el8_4.1', '1.2-3.el8_4.2', null],
    ['Red Hat', '1.2-3.el8', '1.2-3.el8_6.2', null],
    ['Red Hat', '1.2-3.el8_4.1', '1.2-3.el8_6.2', 'el8_4'],
    ['AlmaLinux', '1.2-3.el8_4.1', '1.2-3.el8_6.2', null],
    [
      'AlmaLinux',
      '1:14.21.1-1.module_el8.7.0+3370',
      '1:16.18.1-3.module_el8.7.0+3370',
      'module stream with 16',
    ],
    ['AlmaLinux', '1:16.14.0-1.module_el8.6.0+2904', '1:16.18.1-3.module_el8.7.0+3370', null],
    ['Rocky Linux', '1.1-1.el8', '1.2-1.module+el8.5.0+10613', 'of a module stream'],
    ['Red Hat', '1.1-1.module+el8.5.0+1', '1.2-1.el8', 'of a module stream'],
    ['openEuler', '1.1-1.module+el8.5.0+1', '1.2-1.el8', null],
  ])('%s %s before %s: %s', (ecosystem, version, fixed, doubt) => {
    const found = streamDoubt(identity(ecosystem, version), fixed);

    if (doubt === null) expect(found).toBeNull();
    else expect(found).toContain(doubt);
  });

  it('has nothing to hold against without a fix', () => {
    expect(streamDoubt(identity('Red Hat', '1-1.el8_4'), undefined)).toBeNull();
  });
});
