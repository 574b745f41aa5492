// Everything an SBOM says about one component, and how it is watched.
import { AppLink } from '../../../web/design/AppLink.tsx';
import { SidePanel } from '../../../web/design/Dialog.tsx';
import type { ComponentView } from '../api.ts';
import { NotWatched } from './NotWatched.tsx';
import { reasonWords } from './watch-words.ts';
import './components.css';

export interface ComponentPanelProps {
  readonly release: string;
  readonly component: ComponentView | null;
  readonly onClose: () => void;
}

export function ComponentPanel({ release, component, onClose }: ComponentPanelProps) {
  return (
    <SidePanel title={component?.name ?? 'Component'} opened={component !== null} onClose={onClose}>
      {component ? <Facts release={release} component={component} /> : null}
    </SidePanel>
  );
}

function Facts({ release, component }: { readonly release: string; readonly component: ComponentView }) {
  const count = component.affected + component.undetermined;
  const facts: readonly (readonly [label: string, value: string | null])[] = [
    ['Group', component.group],
    ['Version', component.version],
    ['Type', component.type],
    ['Part', component.part || 'Whole release'],
    ['Package URL', component.purl],
    ['CPE', component.cpes.join('\n') || null],
    ['Licences', component.licences.join(', ') || null],
    ['Supplier', component.supplier],
    ['Scope', component.scope],
    ['Support level', component.supportLevel],
    ['End of support', component.endOfSupport],
    ['Why support is not known', component.justification],
    ['Completed by people', component.supplemented.join(', ') || null],
    ['Reference', component.ref],
  ];
  const missing = facts
    .filter(([label, value]) => value === null && !/^(?:Why|Completed)/.test(label))
    .map(([label]) => label);
  return (
    <div className="stack component-panel">
      {component.notWatched === null ? (
        <p>{component.identityNote}</p>
      ) : (
        <div>
          <NotWatched reason={component.notWatched} />
          <p>{component.identityNote}</p>
          <p className="muted">{reasonWords(component.notWatched).remedy}</p>
        </div>
      )}
      {count > 0 ? (
        <p>
          <AppLink to="/findings" search={{ release, q: component.name }}>
            {component.affected} affected, {component.undetermined} cannot be said
          </AppLink>
        </p>
      ) : (
        <p className="muted">
          {component.notWatched === null
            ? 'No advisory that Ward knows speaks of this version.'
            : 'Whether there are flaws is not known.'}
        </p>
      )}
      <dl className="facts">
        {facts.map(([label, value]) =>
          value === null ? null : (
            <div key={label} style={{ display: 'contents' }}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
      {missing.length > 0 ? <p className="muted small">Not given: {missing.join(', ')}.</p> : null}
    </div>
  );
}
