// A model that raises each shipped rule, and the same model when it must not: threat-rules/examples/. Apart from the pack, since
// pages do not need them at once.
import application from '../../../../threat-rules/examples/application.json' with { type: 'json' };
import audit from '../../../../threat-rules/examples/audit.json' with { type: 'json' };
import clinical from '../../../../threat-rules/examples/clinical.json' with { type: 'json' };
import command from '../../../../threat-rules/examples/command.json' with { type: 'json' };
import data from '../../../../threat-rules/examples/data.json' with { type: 'json' };
import device from '../../../../threat-rules/examples/device.json' with { type: 'json' };
import fleet from '../../../../threat-rules/examples/fleet.json' with { type: 'json' };
import identity from '../../../../threat-rules/examples/identity.json' with { type: 'json' };
import lifecycle from '../../../../threat-rules/examples/lifecycle.json' with { type: 'json' };
import network from '../../../../threat-rules/examples/network.json' with { type: 'json' };
import safety from '../../../../threat-rules/examples/safety.json' with { type: 'json' };
import service from '../../../../threat-rules/examples/service.json' with { type: 'json' };
import supply from '../../../../threat-rules/examples/supply.json' with { type: 'json' };
import update from '../../../../threat-rules/examples/update.json' with { type: 'json' };

/** The rule is raised at the target of a `positive` model, and answered or not applicable at that of a `negative` one. */
export interface ShippedExample {
  readonly rule: string;
  readonly kind: 'positive' | 'negative';
  readonly target: string;
  /** Read as a system model when the example is run. */
  readonly model: Record<string, unknown>;
}

export const shippedExamples: readonly ShippedExample[] = [
  application,
  audit,
  clinical,
  command,
  data,
  device,
  fleet,
  identity,
  lifecycle,
  network,
  safety,
  service,
  supply,
  update,
].flatMap(({ examples }) => examples as unknown as readonly ShippedExample[]);
