import { PasswordInput } from '@mantine/core';

export interface NewPasswordProps {
  readonly label?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A password that is chosen; the server knows the lists of common ones. */
export function NewPassword({ label = 'Password', value, onChange }: NewPasswordProps) {
  return (
    <PasswordInput
      label={label}
      description="12 to 128 characters; a few unrelated words are easy to remember."
      name="new-password"
      autoComplete="new-password"
      required={true}
      minLength={12}
      maxLength={128}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
    />
  );
}
