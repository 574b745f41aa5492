import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { ProblemNotice } from '../design/ProblemNotice.tsx';
import { showToast } from '../design/toasts.ts';
import { queryClient } from '../query-client.ts';
import { peopleClient, useMe } from '../session.ts';
import { NewPassword } from './NewPassword.tsx';
import { useSubmit } from './use-submit.ts';

export function ChangePassword() {
  const me = useMe();
  const [password, setPassword] = useState('');
  const [newPassword, setNewPassword] = useState('');
  const { error, busy, onSubmit } = useSubmit(async () => {
    await peopleClient.me.password.$post({ json: { password, newPassword } });
    setPassword('');
    setNewPassword('');
    await queryClient.invalidateQueries({ queryKey: ['me', 'sessions'] });
    showToast('The password was changed; your other sessions have ended.');
  });
  return (
    <form className="form" onSubmit={onSubmit}>
      {/* Tells a password manager whose password it is. */}
      <input type="hidden" name="username" autoComplete="username" value={me.email} readOnly={true} />
      <PasswordInput
        label="Password now"
        className="form__short"
        autoComplete="current-password"
        required={true}
        maxLength={256}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
      />
      <div className="form__short">
        <NewPassword label="New password" value={newPassword} onChange={setNewPassword} />
      </div>
      {error ? <ProblemNotice error={error} /> : null}
      <div>
        <Button type="submit" loading={busy}>
          Change password
        </Button>
      </div>
    </form>
  );
}
