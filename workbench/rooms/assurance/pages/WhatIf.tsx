// What would be if: controls on and off, flows cut, interfaces closed, components patched. Side by side; nothing is saved.
// The change stands in the address, so that it can be sent.
import { Button, Checkbox, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Answer } from '../../../web/design/Answer.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { useSearchState } from '../../../web/search-state.ts';
import type { AssuranceView, ControlView, DepthView, WhatIfRequest, WhatIfView } from '../views.ts';
import { whatIfQuery } from './depth-queries.ts';
import { byNeed, depthWords, listIn, toggled, verdictWords } from './depth-words.ts';

interface Props {
  readonly view: AssuranceView;
  readonly attacker: string | null;
  readonly chosen: DepthView | undefined;
}

export function WhatIf(props: Props) {
  const [search, set] = useSearchState();
  const open = search.try === '1';
  return (
    <Section
      id="what-if"
      title="What if"
      aside={
        <Button
          variant="default"
          aria-expanded={open}
          onClick={() =>
            set(open ? { try: '', on: '', off: '', cut: '', close: '', patched: '' } : { try: '1' })
          }
        >
          {open ? 'Put everything back' : 'Try a change'}
        </Button>
      }
    >
      {open ? <Trial {...props} /> : <p className="muted">Try a change here. Nothing is saved.</p>}
    </Section>
  );
}

function Trial({ view, attacker, chosen }: Props) {
  const [search, set] = useSearchState();
  const lists = {
    on: listIn(search.on),
    off: listIn(search.off),
    cut: listIn(search.cut),
    close: listIn(search.close),
    patched: listIn(search.patched),
  };
  const ways = waysIn(view, chosen);
  const components = [
    ...new Set(view.controls.flatMap(({ falls }) => falls.map(({ component }) => component))),
  ];
  const switchControl = (control: ControlView, to: string) => {
    set({
      on: toggled(lists.on, control.id, to === 'counted'),
      off: toggled(lists.off, control.id, to === 'off'),
    });
  };
  return (
    <div className="what-if">
      <div className="what-if__change">
        <Group title="Controls" empty="No control is placed on the model yet." count={view.controls.length}>
          {view.controls.map((control) => (
            <NativeSelect
              key={control.id}
              label={`${control.id} ${control.title}`}
              value={lists.on.includes(control.id) ? 'counted' : lists.off.includes(control.id) ? 'off' : ''}
              onChange={(event) => switchControl(control, event.currentTarget.value)}
              data={[
                { value: '', label: `As it is: ${stateOf(control)}` },
                { value: 'counted', label: 'As if it counted' },
                { value: 'off', label: 'As if it were not there' },
              ]}
            />
          ))}
        </Group>
        <Group
          title="Cut a flow"
          empty="Choose a target above; its ways are listed here."
          count={ways.flows.length + lists.cut.length}
        >
          {[...new Set([...ways.flows, ...lists.cut])].map((id) => (
            <Checkbox
              key={id}
              label={view.names[id] ?? id}
              checked={lists.cut.includes(id)}
              onChange={(event) => set({ cut: toggled(lists.cut, id, event.currentTarget.checked) })}
            />
          ))}
        </Group>
        <Group
          title="Close an interface, and the flows over it"
          empty="No interface stands in the ways to the chosen target."
          count={ways.interfaces.length + lists.close.length}
        >
          {[...new Set([...ways.interfaces, ...lists.close])].map((id) => (
            <Checkbox
              key={id}
              label={view.names[id] ?? id}
              checked={lists.close.includes(id)}
              onChange={(event) => set({ close: toggled(lists.close, id, event.currentTarget.checked) })}
            />
          ))}
        </Group>
        <Group
          title="Patch a component"
          empty="No affected component takes down a control."
          count={components.length}
        >
          {components.map((name) => (
            <Checkbox
              key={name}
              label={name}
              checked={lists.patched.includes(name)}
              onChange={(event) =>
                set({ patched: toggled(lists.patched, name, event.currentTarget.checked) })
              }
            />
          ))}
        </Group>
      </div>
      <Outcome release={view.release.key} attacker={attacker} lists={lists} />
    </div>
  );
}

const stateOf = (control: ControlView) =>
  control.counted ? 'counts' : control.claimed ? 'claimed' : 'planned';

/** What of the ways to the chosen target, and of its smallest cut, is a flow, and what an interface. */
function waysIn(view: AssuranceView, chosen: DepthView | undefined) {
  const flows = new Set<string>();
  const interfaces = new Set<string>();
  const wanted = view.depths.filter((depth) => depth.target === chosen?.target);
  for (const path of wanted.flatMap((depth) => depth.paths)) {
    for (const [at, step] of path.steps.entries()) {
      if (step.via === step.to) continue;
      // An interface is only ever the first step; a flow that is tapped may be as well.
      if (at === 0 && !view.interfaces.includes(step.via)) flows.add(step.via);
      else if (at === 0) interfaces.add(step.via);
      else flows.add(step.via);
    }
  }
  return { flows: [...flows], interfaces: [...interfaces] };
}

function Group({
  title,
  empty,
  count,
  children,
}: {
  readonly title: string;
  readonly empty: string;
  readonly count: number;
  readonly children: ReactNode;
}) {
  return (
    <fieldset className="what-if__group">
      <legend>{title}</legend>
      {count === 0 ? <p className="muted small">{empty}</p> : children}
    </fieldset>
  );
}

type Lists = Readonly<Record<'on' | 'off' | 'cut' | 'close' | 'patched', readonly string[]>>;

function Outcome({
  release,
  attacker,
  lists,
}: {
  readonly release: string;
  readonly attacker: string | null;
  readonly lists: Lists;
}) {
  const change: WhatIfRequest = {
    controls: Object.fromEntries([
      ...lists.on.map((id) => [id, 'counted'] as const),
      ...lists.off.map((id) => [id, 'off'] as const),
    ]),
    cut: [...lists.cut],
    close: [...lists.close],
    patched: [...lists.patched],
  };
  const answer = useQuery(whatIfQuery(release, change));
  return (
    <div className="what-if__outcome" aria-live="polite">
      <Answer query={answer}>{(found) => <SideBySide found={found} attacker={attacker} />}</Answer>
    </div>
  );
}

function SideBySide({ found, attacker }: { readonly found: WhatIfView; readonly attacker: string | null }) {
  const titles = new Map(found.before.targets.map(({ id, title }) => [id, title]));
  const now = new Map(
    found.after.depths.filter((depth) => depth.attacker === attacker).map((depth) => [depth.target, depth]),
  );
  const rows = byNeed(found.before.depths.filter((depth) => depth.attacker === attacker)).flatMap(
    (before) => {
      const after = now.get(before.target);
      return after ? [{ before, after }] : [];
    },
  );
  const moved = rows.filter(({ before, after }) => depthWords(before) !== depthWords(after));
  return (
    <table className="side-by-side">
      <caption>
        {moved.length === 0
          ? 'Nothing moves yet.'
          : `${moved.length} of ${rows.length} targets move. Nothing is saved.`}
      </caption>
      <thead>
        <tr>
          <th scope="col">Target</th>
          <th scope="col">As it is</th>
          <th scope="col">With the change</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ before, after }) => {
          const same = depthWords(before) === depthWords(after);
          return (
            <tr key={before.target} className={same ? 'muted' : undefined}>
              <th scope="row">{titles.get(before.target) ?? before.target}</th>
              <td>{depthWords(before)}</td>
              <td>{same ? 'the same' : `${depthWords(after)} (${verdictWords(after)})`}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
