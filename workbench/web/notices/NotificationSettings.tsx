// What I am told, and how: for all products, or otherwise for one.
import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { HOWS, type How, TOPICS, type Topic } from '../../kernel/notifications/topics.ts';
import { Answer } from '../design/Answer.tsx';
import { showProblem, showToast } from '../design/toasts.ts';
import { notificationSettingsQuery, notificationsClient } from '../notification-queries.ts';
import { useProduct } from '../product.ts';
import { queryClient } from '../query-client.ts';
import './notices.css';

export function NotificationSettings() {
  const settings = useQuery(notificationSettingsQuery);
  const { products } = useProduct();
  const [productId, setProductId] = useState('');
  const [busy, setBusy] = useState(false);
  const place = productId === '' ? null : productId;

  const choose = async (topic: Topic, how: How | null) => {
    try {
      await notificationsClient.notifications.settings.$put({ json: { productId: place, topic, how } });
      await queryClient.invalidateQueries({ queryKey: ['notifications'] });
    } catch (error) {
      showProblem(error);
    }
  };
  const test = async () => {
    setBusy(true);
    try {
      await notificationsClient.notifications['test-mail'].$post();
      showToast('A test is on its way. The list of deliveries says what became of it.');
      await queryClient.invalidateQueries({ queryKey: ['notifications'] });
    } catch (error) {
      showProblem(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Answer query={settings} lines={8}>
      {({ mail, choices, usual }) => (
        <div className="stack">
          <div className="row">
            <p className="grow">
              {mail.setUp
                ? `Mails go to ${mail.to}. A daily mail comes at 06:00 UTC, when there is something in it.`
                : 'No mail server is set up, so all of this is shown in Ward only. An administrator sets WARD_SMTP_URL and WARD_SMTP_FROM.'}
            </p>
            {mail.setUp ? (
              <Button loading={busy} onClick={() => void test()}>
                Send a test mail
              </Button>
            ) : null}
          </div>
          <NativeSelect
            label="For"
            value={productId}
            onChange={(event) => setProductId(event.currentTarget.value)}
            data={[
              { value: '', label: 'All products that I may read' },
              ...products.map((product) => ({ value: product.id, label: product.title })),
            ]}
          />
          <table className="choices">
            <thead>
              <tr>
                <th scope="col">What</th>
                <th scope="col">How</th>
              </tr>
            </thead>
            <tbody>
              {TOPICS.map((topic) => {
                const choice = choices.find((one) => one.topic === topic.id && one.productId === place);
                const forAll = choices.find((one) => one.topic === topic.id && one.productId === null)?.how;
                const otherwise =
                  (place === null ? undefined : forAll) ??
                  usual.find((one) => one.topic === topic.id)?.how ??
                  'page';
                return (
                  <tr key={topic.id}>
                    <th scope="row">
                      {topic.title}
                      <br />
                      <span className="muted small">{topic.purpose}</span>
                    </th>
                    <td>
                      <NativeSelect
                        aria-label={`${topic.title}: how`}
                        value={choice?.how ?? ''}
                        onChange={(event) =>
                          void choose(topic.id, (event.currentTarget.value || null) as How | null)
                        }
                        data={[
                          {
                            value: '',
                            label: `${place === null ? 'Usual' : 'As for all'}: ${HOWS.find((how) => how.id === otherwise)?.title.toLowerCase()}`,
                          },
                          ...HOWS.map((how) => ({ value: how.id, label: how.title })),
                        ]}
                      />
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </Answer>
  );
}
