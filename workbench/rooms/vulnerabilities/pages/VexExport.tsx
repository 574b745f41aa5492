import { ExportMenu } from '../../../web/design/ExportMenu.tsx';
import { lossesOf } from '../vex/losses.ts';
import './findings.css';

const FORMATS = [
  { id: 'openvex', title: 'OpenVEX 0.2', note: <Losses format="openvex" /> },
  { id: 'cyclonedx', title: 'CycloneDX VEX', note: <Losses format="cyclonedx" /> },
  { id: 'csaf', title: 'CSAF 2.0 VEX', note: <Losses format="csaf" /> },
];

/** What was decided about the findings of a release, for the tools of others. */
export function VexExport({ release }: { readonly release: string }) {
  return (
    <ExportMenu
      title="Export VEX"
      formats={FORMATS}
      href={(format) => `/api/releases/${encodeURIComponent(release)}/vex?format=${format}`}
      name={release}
      width={340}
    />
  );
}

function Losses({ format }: { readonly format: Parameters<typeof lossesOf>[0] }) {
  return (
    <ul className="vex-losses">
      {lossesOf(format).map((loss) => (
        <li key={loss}>{loss}</li>
      ))}
    </ul>
  );
}
