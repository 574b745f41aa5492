// What a room gives to the shell: entries of the navigation and routes. A room's `pages/index.tsx` exports
// `pages: RoomPages`; that file is in the first load, so it imports icons and types only, and each page is loaded when
// it is opened: `load: () => import('./RiskPage.tsx')`, which exports `Page`.
import type { ComponentType } from 'react';
import type { RecordView } from '../kernel/records/contract.ts';
import { ROOMS } from '../rooms/order.ts';
import type { Layout } from '../rooms/system/layout-model.ts';
import type { ModelPart, SystemModel } from '../rooms/system/metamodel.ts';
import type { Body } from './forms/fields.ts';

export interface NavigationEntry {
  /** `/risks`. */
  readonly path: string;
  readonly title: string;
  /** From @tabler/icons-react. */
  readonly icon: ComponentType<{ size?: number; stroke?: number; 'aria-hidden'?: 'true' }>;
  /** `g r`. */
  readonly keys?: string;
  /** Place inside the section; sections stand in the order of their first entry. */
  readonly order: number;
  /** Heading in the navigation: `Design`, `Field`. */
  readonly section: string;
}

export interface RoomRoute {
  /** With parameters as TanStack Router writes them: `/risks/$key`. */
  readonly path: string;
  readonly load: () => Promise<{ readonly Page: ComponentType }>;
}

/** What a room shows on the page of a record of another room's kind. */
export interface RecordPanel {
  readonly kind: string;
  readonly load: () => Promise<{ readonly Panel: ComponentType<{ readonly record: RecordView }> }>;
}

/** A tab that a room adds to the page of a system model: `/system-models/SYS-1?tab=questions`. */
export interface ModelTab {
  /** In the address: `questions`. */
  readonly id: string;
  readonly title: string;
  /** The room system's own: drawing 100, table 200, views 300, text 500, differences 600. */
  readonly order: number;
  readonly load: () => Promise<{ readonly Tab: ComponentType<ModelTabProps> }>;
}

/** What a tab is given: the model as it is being worked on, saved or not. */
export interface ModelTabProps {
  readonly record: RecordView;
  readonly model: SystemModel;
  readonly layout: Layout;
  readonly mayEdit: boolean;
  /** A change that can be undone and is saved with the rest; `label` names it: `Answer 12 questions`. */
  readonly change: (label: string, model: SystemModel) => void;
}

/** What a room asks of the objects of a model; shown beside the fields of the object that is chosen. */
export interface ModelQuestions {
  readonly load: () => Promise<{
    readonly questionsFor: (
      model: SystemModel,
      part: ModelPart,
      id: string,
    ) => readonly { readonly key: string; readonly text: string }[];
  }>;
}

/** What a room says of the difference between two states of a model; shown below the list of what differs. */
export interface ModelDifference {
  readonly load: () => Promise<{
    readonly Affected: ComponentType<{
      readonly before: SystemModel;
      readonly after: SystemModel;
      readonly onPick: (id: string) => void;
    }>;
  }>;
}

/** What a room says while somebody types a record of its kind; it never keeps anybody from saving. */
export interface FormAid {
  readonly kind: string;
  readonly load: () => Promise<{ readonly Aid: ComponentType<{ readonly body: Body }> }>;
}

export interface RoomPages {
  readonly navigation: readonly NavigationEntry[];
  readonly routes: readonly RoomRoute[];
  readonly panels?: readonly RecordPanel[];
  readonly modelTabs?: readonly ModelTab[];
  readonly modelQuestions?: ModelQuestions;
  readonly modelDifference?: ModelDifference;
  readonly aids?: readonly FormAid[];
}

const found = import.meta.glob<RoomPages>('../rooms/*/pages/index.tsx', { eager: true, import: 'pages' });

/** The pages of all rooms, in the rooms' order. */
export const roomPages: readonly RoomPages[] = ROOMS.flatMap(
  (room) => found[`../rooms/${room}/pages/index.tsx`] ?? [],
);

export interface NavigationSection {
  readonly title: string;
  readonly entries: readonly NavigationEntry[];
}

/** Entries under their headings, both in order. */
export function sectionsOf(entries: readonly NavigationEntry[]): readonly NavigationSection[] {
  const sections = new Map<string, NavigationEntry[]>();
  for (const entry of [...entries].sort((a, b) => a.order - b.order)) {
    const section = sections.get(entry.section);
    if (section) section.push(entry);
    else sections.set(entry.section, [entry]);
  }
  return [...sections].map(([title, list]) => ({ title, entries: list }));
}
