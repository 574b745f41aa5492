// Settings of notifications, and what was sent.
import { AppLink } from '../design/AppLink.tsx';
import { PageFrame, Section } from '../design/PageFrame.tsx';
import { Deliveries } from '../notices/Deliveries.tsx';
import { NotificationSettings } from '../notices/NotificationSettings.tsx';

export function Page() {
  return (
    <PageFrame title="What I am told" meta={<AppLink to="/notifications">Notifications</AppLink>}>
      <Section title="Topics">
        <NotificationSettings />
      </Section>
      <Section title="Deliveries">
        <Deliveries />
      </Section>
    </PageFrame>
  );
}
