// What a passkey is asked to prove, in one line: its challenge is good for this and for nothing else (21 CFR 11.70: the
// act is linked to what is signed, so that it cannot be moved to another record or revision).

export const ACCOUNT_ACT = 'account';

export interface SignedAct {
  readonly recordId: string;
  readonly revision: number;
  readonly transition: string;
}

export function signedAct({ recordId, revision, transition }: SignedAct): string {
  return `sign ${recordId}@${revision} ${transition}`;
}
