// Decides what may be done to a record, without storing anything: rights, schema, states, reasons, separation of duties.
// Each function gives a decided change or throws a typed refusal; the page asks `allowedActions` for its buttons.
import { defineErrors } from '../errors.ts';
import { findUnstorable } from '../ledger/canonical.ts';
import type { Principal, Role, TokenScope } from '../people/roles.ts';
import { canReadProduct, holdsRole, rolesFor, roleTitle } from '../people/roles.ts';
import type { KindDefinition, SignatureMeaning, TransitionDefinition } from './kind.ts';
import { editNeedsReason, findState } from './kind.ts';
import type { Change, JsonObject, WardRecord } from './record.ts';

const REASON_MAX = 2_000;

export const refuseRecord = defineErrors({
  'record.not-found': {
    status: 404,
    exit: 3,
    title: 'No such record',
    remedy: 'Check the key; you may also lack the right to see it.',
  },
  'record.not-permitted': {
    status: 403,
    exit: 2,
    title: 'Your roles do not allow this',
    remedy: 'Ask someone who holds one of the roles that are named.',
  },
  'record.invalid': {
    status: 422,
    exit: 3,
    title: 'Some fields are not right',
    remedy: 'Correct the fields that are named and save again.',
  },
  'record.reason-needed': {
    status: 422,
    exit: 3,
    title: 'A reason is needed',
    remedy: 'Say in a sentence why you make this change; it stays with the history.',
  },
  'record.locked': {
    status: 409,
    exit: 3,
    title: 'This state cannot be edited',
    remedy: 'Use one of the offered steps, or make a new record that replaces it.',
  },
  'record.no-such-transition': {
    status: 409,
    exit: 3,
    title: 'This step is not possible now',
    remedy: 'Reload the record; its state allows other steps.',
  },
  'record.made-by-machine': {
    status: 409,
    exit: 3,
    title: 'People do not make this kind',
    remedy: 'It comes from an import or a match; start there.',
  },
  'record.wrong-product': {
    status: 422,
    exit: 3,
    title: 'The product does not fit',
    remedy: 'Choose a product, or none where the kind belongs to the organisation.',
  },
  'record.nothing-changed': {
    status: 409,
    exit: 3,
    title: 'Nothing was changed',
    remedy: 'Change a field before you save, or close the form.',
  },
  'signature.needed': {
    status: 409,
    exit: 3,
    title: 'This step is a signature',
    remedy: 'Sign it: re-authenticate and state the meaning.',
  },
  'signature.own-work': {
    status: 403,
    exit: 2,
    title: 'Nobody approves their own work',
    remedy: 'Ask one of the people who are named.',
  },
  'signature.administrator': {
    status: 403,
    exit: 2,
    title: 'An administrator cannot sign',
    remedy: 'Ask one of the people who are named.',
  },
});

export interface CreateInput {
  readonly id: string;
  readonly productId: string | null;
  readonly body: unknown;
  readonly reason: string | null;
}

export function decideCreate(
  kind: KindDefinition,
  principal: Principal,
  input: CreateInput,
): Extract<Change, { type: 'create' }> {
  if (kind.machineMade && principal.via !== 'system') {
    throw refuseRecord('record.made-by-machine', `A ${kind.title.toLowerCase()} is not made by hand.`);
  }
  if (kind.scope === 'product' && input.productId === null) {
    throw refuseRecord('record.wrong-product', `A ${kind.title.toLowerCase()} belongs to a product.`, {
      at: '$.productId',
    });
  }
  if (kind.scope === 'organisation' && input.productId !== null) {
    throw refuseRecord('record.wrong-product', `A ${kind.title.toLowerCase()} belongs to no product.`, {
      at: '$.productId',
    });
  }
  requireRole(principal, kind.rights.create, input.productId, `create a ${kind.title.toLowerCase()}`);
  const body = checkBody(kind, input.body);
  const reason = checkReason(input.reason, kind.editReason === 'always', '$.reason');
  return {
    type: 'create',
    id: input.id,
    kind: kind.kind,
    productId: input.productId,
    title: titleOf(kind, body),
    body,
    state: kind.states[0].id,
    reason,
  };
}

export function decideEdit(
  kind: KindDefinition,
  record: WardRecord,
  principal: Principal,
  input: { readonly body: unknown; readonly reason: string | null },
): Extract<Change, { type: 'edit' }> {
  const state = findState(kind, record.state);
  if (state?.onEdit === false) {
    throw refuseRecord(
      'record.locked',
      `${record.key} is ${state.title.toLowerCase()} and cannot be edited.`,
      { at: record.key },
    );
  }
  requireRole(principal, kind.rights.edit, record.productId, `edit ${record.key}`);
  const body = checkBody(kind, input.body);
  if (JSON.stringify(sorted(body)) === JSON.stringify(sorted(record.body))) {
    throw refuseRecord('record.nothing-changed', `${record.key} already says just this.`, {
      at: `${record.key}@${record.revision}`,
    });
  }
  const reason = checkReason(input.reason, editNeedsReason(kind, record.state), '$.reason');
  return {
    type: 'edit',
    record,
    title: titleOf(kind, body),
    body,
    state: state?.onEdit || record.state,
    reason,
  };
}

export interface TransitionInput {
  readonly transition: string;
  readonly reason: string | null;
  /** Authors of every revision since the last approval: none of them may approve (rule sod-author-approver). */
  readonly authorIds: readonly string[];
}

/** The transition that is meant, when the principal may make it now. For signatures use it before and after signing. */
export function decideTransition(
  kind: KindDefinition,
  record: WardRecord,
  principal: Principal,
  input: TransitionInput,
): { readonly transition: TransitionDefinition; readonly reason: string | null } {
  const transition = kind.transitions.find(
    (known) => known.id === input.transition && known.from.includes(record.state),
  );
  if (!transition || (transition.system && principal.via !== 'system')) {
    throw refuseRecord(
      'record.no-such-transition',
      `${record.key} is ${stateTitle(kind, record.state)}; "${input.transition}" is not possible from there.`,
      { at: record.key },
    );
  }
  const why = whyNot(transition, record, principal, input.authorIds);
  if (why) throw why;
  const reason = checkReason(input.reason, transition.reason === 'required', '$.reason');
  return { transition, reason };
}

/** Null when the principal may make the transition; else the refusal, so that the page can say it before anyone tries. */
function whyNot(
  transition: TransitionDefinition,
  record: WardRecord,
  principal: Principal,
  authorIds: readonly string[],
) {
  if (principal.via === 'system') {
    // A program cannot re-authenticate: what is signed is signed by a person.
    return transition.signature
      ? refuseRecord(
          'signature.needed',
          `"${transition.title}" is a signature; Ward itself cannot give it.`,
          {
            at: record.key,
          },
        )
      : null;
  }
  if (transition.signature) {
    if (rolesFor(principal, record.productId).includes('administrator')) {
      return refuseRecord('signature.administrator', 'People who administer Ward do not sign records.', {
        at: record.key,
      });
    }
    if (
      transition.signature === 'approve' &&
      principal.personId !== null &&
      authorIds.includes(principal.personId)
    ) {
      return refuseRecord('signature.own-work', `You wrote ${record.key}; somebody else has to approve it.`, {
        at: `${record.key}@${record.revision}`,
      });
    }
  }
  if (!holdsRole(principal, transition.roles, record.productId)) {
    return refuseRecord(
      'record.not-permitted',
      `"${transition.title}" needs one of these roles: ${titles(transition.roles)}.`,
      { at: record.key },
    );
  }
  return null;
}

export interface AllowedAction {
  readonly id: string;
  readonly title: string;
  readonly to: string;
  readonly signature: SignatureMeaning | null;
  readonly reasonNeeded: boolean;
  readonly effect: string | null;
  readonly allowed: boolean;
  /** Code and sentence when it is not allowed. */
  readonly whyNot: { readonly code: string; readonly message: string } | null;
}

/** Every step that leaves the record's state, and for each whether this principal may take it and why not. */
export function allowedActions(
  kind: KindDefinition,
  record: WardRecord,
  principal: Principal,
  authorIds: readonly string[],
): AllowedAction[] {
  return kind.transitions
    .filter((transition) => transition.from.includes(record.state) && !transition.system)
    .map((transition) => {
      const refusal = whyNot(transition, record, principal, authorIds);
      return {
        id: transition.id,
        title: transition.title,
        to: transition.to,
        signature: transition.signature ?? null,
        reasonNeeded: transition.reason === 'required',
        effect: transition.effect ?? null,
        allowed: refusal === null,
        whyNot: refusal ? { code: refusal.code, message: refusal.message } : null,
      };
    });
}

export function mayEdit(kind: KindDefinition, record: WardRecord, principal: Principal): boolean {
  return (
    findState(kind, record.state)?.onEdit !== false &&
    holdsRole(principal, kind.rights.edit, record.productId)
  );
}

export function mayCreate(kind: KindDefinition, principal: Principal, productId: string | null): boolean {
  return !kind.machineMade && holdsRole(principal, kind.rights.create, productId);
}

/** What cannot be read is answered as if it were not there. */
export function requireReadable(
  record: WardRecord | undefined,
  principal: Principal,
  asked: string,
): WardRecord {
  const productId = record?.kind === 'product' ? record.id : (record?.productId ?? null);
  if (!record || !canReadProduct(principal, productId)) {
    throw refuseRecord('record.not-found', `There is no record ${asked}.`, { at: asked });
  }
  return record;
}

export function requireRole(
  principal: Principal,
  roles: readonly Role[],
  productId: string | null,
  act: string,
  scope: TokenScope = 'records:write',
): void {
  if (holdsRole(principal, roles, productId, scope)) return;
  throw refuseRecord('record.not-permitted', `To ${act} you need one of these roles: ${titles(roles)}.`);
}

function titles(roles: readonly Role[]): string {
  return roles.map(roleTitle).join(', ');
}

function stateTitle(kind: KindDefinition, state: string): string {
  return (findState(kind, state)?.title ?? state).toLowerCase();
}

function titleOf(kind: KindDefinition, body: JsonObject): string {
  return String(body[kind.titleField] ?? '').slice(0, 300) || kind.title;
}

function checkBody(kind: KindDefinition, input: unknown): JsonObject {
  const parsed = kind.schema.strict().safeParse(input);
  if (!parsed.success) {
    const fields = parsed.error.issues.slice(0, 50).map((issue) => ({
      path: `$.body${issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')}`,
      message: issue.message,
    }));
    const first = fields[0];
    throw refuseRecord(
      'record.invalid',
      first ? `${first.path}: ${first.message}` : 'The record is not valid.',
      {
        ...(first ? { at: first.path } : {}),
        detail: { fields },
      },
    );
  }
  // Through JSON once: what is hashed must be what is stored (undefined fields vanish here).
  const body = JSON.parse(JSON.stringify(parsed.data)) as JsonObject;
  requireStorable(body, '$');
  return body;
}

/** What is hashed must be what is stored. Refuses `record.invalid` for a NUL or half a surrogate pair. */
export function requireStorable(value: unknown, at: string): void {
  const found = findUnstorable(value, at);
  if (found)
    throw refuseRecord('record.invalid', `${found} holds a character that cannot be stored.`, { at: found });
}

function checkReason(reason: string | null, needed: boolean, at: string): string | null {
  const text = (reason ?? '').trim();
  if (text === '') {
    if (needed) throw refuseRecord('record.reason-needed', 'This change needs a reason.', { at });
    return null;
  }
  if (text.length > REASON_MAX || findUnstorable(text)) {
    throw refuseRecord('record.invalid', `The reason may have ${REASON_MAX} characters of plain text.`, {
      at,
    });
  }
  return text;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
