// The tables of notifications as Kysely sees them.
import type { ColumnType, Generated } from 'kysely';
import type { DeliveryState } from './delivery-states.ts';
import type { How, Topic } from './topics.ts';

type Instant = ColumnType<Date, Date, Date>;
type MaybeInstant = ColumnType<Date | null, Date | null | undefined, Date | null>;

declare module '../database/schema.ts' {
  interface Tables {
    notice: { id: string; topic: Topic; occasion: string; created_at: Instant; updated_at: Instant };
    notice_item: {
      id: Generated<string>;
      notice_id: string;
      subject: string;
      product_id: string | null;
      record_id: string | null;
      while_state: string | null;
      person_id: string | null;
      roles: string[] | null;
      except_ids: string[];
      title: string;
      text: string;
      link: string;
      level: string | null;
      urgent: boolean;
      created_at: Instant;
      planned_at: MaybeInstant;
    };
    notice_read: { person_id: string; notice_id: string; item_id: string };
    notice_look: { person_id: string; looked_at: Instant; before_at: MaybeInstant };
    subscription: { person_id: string; product_id: string | null; topic: Topic; how: How };
    webhook: {
      id: string;
      name: string;
      product_id: string | null;
      url: string;
      sealed_secret: string;
      sealed_previous: ColumnType<string | null, string | null | undefined, string | null>;
      previous_until: MaybeInstant;
      topics: Topic[];
      active: ColumnType<boolean, boolean | undefined, boolean>;
      owner_id: string;
      created_at: Instant;
      deleted_at: MaybeInstant;
    };
    delivery: {
      id: string;
      kind: 'notices' | 'test' | 'invitation';
      channel: 'mail' | 'webhook';
      person_id: string | null;
      webhook_id: string | null;
      state: DeliveryState;
      digest_on: ColumnType<string | null, string | null | undefined, string | null>;
      due_at: Instant;
      attempts: ColumnType<number, number | undefined, number>;
      claim: ColumnType<string | null, string | null | undefined, string | null>;
      claimed_at: MaybeInstant;
      first_tried_at: MaybeInstant;
      sent_at: MaybeInstant;
      answer: ColumnType<string | null, string | null | undefined, string | null>;
      sealed_content: ColumnType<string | null, string | null | undefined, string | null>;
      created_at: Instant;
    };
    delivery_item: { delivery_id: string; item_id: string; target: string };
    notice_cursor: { only_one: Generated<boolean>; seq: ColumnType<string, number, number> };
    notice_flaw: { ext_id: string; level: string; exploited: boolean; fixed: boolean };
  }
}
