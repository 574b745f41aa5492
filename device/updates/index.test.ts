import { expect, it } from 'vitest';
import * as face from './index.ts';

it('shows these names and no others', () => {
  expect(Object.keys(face).sort()).toEqual([
    ...['Bootloader', 'DEFAULT_PACE', 'DirectedCustom', 'ImageRepository', 'LIFETIMES', 'MOST_POSTPONEMENTS'],
    ...['POSTPONEMENT_MS', 'PublishedCustom', 'SoftwareVersion', 'UpdateClient', 'agree', 'applicationPath'],
    ...['compareVersions', 'counterFile', 'hashedName', 'hmacSeal', 'httpFetch', 'makeDirectorMetadata'],
    ...['makeDirectorRoot', 'newRoleKey', 'openImageRepository', 'publicRoleKey', 'refuseUpdate', 'roleKey'],
    ...['softwareReport', 'writeFolder'],
  ]);
});
