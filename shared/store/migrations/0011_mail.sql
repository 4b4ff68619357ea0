-- Notices by e-mail: where an office reads it, and a third channel of deliveries.

alter table offices add column mail_to text;

-- Widened, so that older workers notice nothing. What is there fits the narrower one and need not be read again.
alter table deliveries drop constraint deliveries_channel_check;
alter table deliveries add constraint deliveries_channel_check
    check (channel in ('amqp', 'webhook', 'mail')) not valid;
