// @vitest-environment node
import { memoryOutbox } from '../../src/outbox/memoryOutbox.ts';
import { outboxContract } from './outboxContract.ts';

outboxContract('memoryOutbox', memoryOutbox());
