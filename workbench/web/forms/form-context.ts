import { createContext, useContext } from 'react';
import type { Complaints } from './validate.ts';

/** What every field of one form shares. */
export interface FormState {
  readonly complaints: Complaints;
  /** A complaint is shown once its field was left, or a save was tried. */
  readonly isShown: (path: string) => boolean;
  readonly leave: (path: string) => void;
}

const Context = createContext<FormState | null>(null);
export const FormProvider = Context.Provider;

export function useFormState(): FormState {
  const state = useContext(Context);
  if (!state) throw new Error('A field stands outside of a form.');
  return state;
}

/** What is wrong with the field, when it may be said already. */
export function useComplaint(path: string): string | undefined {
  const { complaints, isShown } = useFormState();
  return isShown(path) ? complaints.get(path) : undefined;
}
