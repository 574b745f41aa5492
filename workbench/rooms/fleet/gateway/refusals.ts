// What the gateway refuses units.
import { defineRefusals } from '@ward/device/refusal.ts';

export const refuseGateway = defineRefusals({
  'gateway.unknown-unit': {
    plain: 'The workbench does not know this unit any more. Please call service.',
    row: 'L1',
  },
  'gateway.busy': { plain: 'The workbench is busy. The unit reports again later.', row: 'L1' },
  'gateway.failed': {
    plain: 'The workbench could not take the report. The unit reports again later.',
    row: 'L1',
  },
  'gateway.renewal-refused': { plain: 'The certificate was not renewed. Please call service.', row: 'L1' },
  'gateway.renewal-not-due': {
    plain: 'The certificate is good for long yet and was not renewed.',
    row: 'L1',
  },
});
