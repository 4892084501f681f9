// @vitest-environment node
import 'fake-indexeddb/auto';
import { durableOutbox } from '../../src/outbox/durableOutbox.ts';
import { outboxContract } from './outboxContract.ts';

outboxContract('durableOutbox', (context, meeting) => durableOutbox({}, meeting)(context));
