import { Textarea } from '@mantine/core';

export interface ReasonFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly label?: string;
  /** What becomes of it, and of the record. */
  readonly description: string;
  readonly needed?: boolean;
  /** It has the focus when its dialog opens. */
  readonly first?: boolean;
  readonly error?: string | undefined;
}

/** Why something is done: kept in the history with what was done. */
export function ReasonField(props: ReasonFieldProps) {
  const { label = 'Reason', description, value, onChange, needed = true, first = false, error } = props;
  return (
    <Textarea
      label={label}
      description={description}
      withAsterisk={needed}
      maxLength={2_000}
      rows={first ? 3 : 2}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
      {...(first ? { 'data-autofocus': 'true' } : {})}
    />
  );
}
