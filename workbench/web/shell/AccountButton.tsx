import { IconChevronDown, IconUserCircle } from '@tabler/icons-react';
import type { ComponentProps } from 'react';

export interface AccountButtonProps extends ComponentProps<'button'> {
  readonly name: string;
}

/** What the menu of the account opens from; the menu gives it its attributes. */
export function AccountButton({ name, ...attributes }: AccountButtonProps) {
  return (
    <button
      type="button"
      className="icon-button"
      aria-haspopup="menu"
      {...attributes}
      aria-label={`Account of ${name}`}
    >
      <IconUserCircle size={18} aria-hidden="true" />
      <span className="top__name cut">{name}</span>
      <IconChevronDown size={14} aria-hidden="true" />
    </button>
  );
}
