// Proving again that it is you: password with the code where there is a second factor, or a passkey.
import { PasswordInput, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { SignedAct } from '../../kernel/people/signed-act.ts';
import { proveByPasskey } from '../passkey.ts';
import { useMe } from '../session.ts';

export type ProofGiven =
  | { password: string; totp?: string }
  | { passkey: Awaited<ReturnType<typeof proveByPasskey>> };

export interface Proof {
  readonly by: 'password' | 'passkey';
  readonly password: string;
  readonly code: string;
  readonly choose: (by: 'password' | 'passkey') => void;
  readonly setPassword: (text: string) => void;
  readonly setCode: (text: string) => void;
  /** True when nothing is left to type. */
  readonly complete: boolean;
  readonly give: () => Promise<ProofGiven>;
  readonly clear: () => void;
}

/** `sign`: what is signed; without it the proof is for a change of the own account. */
export function useProof(sign: SignedAct | null = null): Proof {
  const me = useMe();
  const [by, choose] = useState<'password' | 'passkey'>(me.password ? 'password' : 'passkey');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  return {
    by,
    password,
    code,
    choose,
    setPassword,
    setCode,
    complete: by === 'passkey' || (password !== '' && (!me.secondFactor || code.trim() !== '')),
    give: async () => {
      if (by === 'passkey') return { passkey: await proveByPasskey(sign) };
      const totp = code.replaceAll(' ', '');
      return { password, ...(totp === '' ? {} : { totp }) };
    },
    clear: () => {
      setPassword('');
      setCode('');
    },
  };
}

export interface ProofFieldsProps {
  readonly proof: Proof;
  readonly why?: string;
  /** Backup codes are for the door and the account, not for signatures. */
  readonly backupCodes?: boolean;
  readonly autoFocus?: boolean;
}

export function ProofFields({ proof, why, backupCodes = true, autoFocus = false }: ProofFieldsProps) {
  const me = useMe();
  const both = me.password && me.passkeys > 0;
  return (
    <>
      {both ? (
        <SegmentedControl
          aria-label="Prove that it is you with"
          data={[
            { value: 'password', label: 'Password' },
            { value: 'passkey', label: 'Passkey' },
          ]}
          value={proof.by}
          onChange={(value) => proof.choose(value as 'password' | 'passkey')}
        />
      ) : null}
      {proof.by === 'passkey' ? (
        <p className="muted">
          {me.passkeys > 0
            ? `${why ?? ''} Your browser asks for your passkey next.`.trim()
            : 'You have neither a password nor a passkey here. Register a passkey in your account first.'}
        </p>
      ) : (
        <>
          <PasswordInput
            label="Your password"
            description={why}
            autoComplete="current-password"
            required={true}
            maxLength={200}
            {...(autoFocus ? { 'data-autofocus': 'true' } : {})}
            value={proof.password}
            onChange={(event) => proof.setPassword(event.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
          />
          {me.secondFactor ? (
            <TextInput
              label="Code from your authenticator"
              description={backupCodes ? 'Six digits, or one of your backup codes.' : undefined}
              autoComplete="one-time-code"
              required={true}
              maxLength={20}
              value={proof.code}
              onChange={(event) => proof.setCode(event.currentTarget.value)}
            />
          ) : null}
        </>
      )}
    </>
  );
}
