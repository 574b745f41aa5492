// The refusals of SCIM, and how they look to the other side (RFC 7644 3.12).
import type { WardError } from '../errors.ts';
import { defineErrors } from '../errors.ts';

export const refuseScim = defineErrors({
  'scim.not-found': {
    status: 404,
    exit: 3,
    title: 'No such resource',
    remedy: 'Look for it with a filter; it may be deleted.',
  },
  'scim.conflict': {
    status: 409,
    exit: 3,
    title: 'The name is taken',
    remedy: 'Look for the resource with a filter and change that one.',
  },
  'scim.filter': {
    status: 400,
    exit: 3,
    title: 'The filter is not understood',
    remedy: 'Use one comparison with eq, as the detail says.',
  },
  'scim.malformed': {
    status: 400,
    exit: 3,
    title: 'The resource cannot be taken',
    remedy: 'Correct the attribute that is named and send it again.',
  },
});

const TYPES: Readonly<Record<string, string>> = {
  'scim.conflict': 'uniqueness',
  'scim.filter': 'invalidFilter',
  'scim.malformed': 'invalidValue',
  'people.last-administrator': 'mutability',
};

export function scimError(error: WardError): object {
  const scimType = TYPES[error.code];
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: String(error.status),
    ...(scimType === undefined ? {} : { scimType }),
    detail: `${error.message} ${error.remedy}`,
  };
}
