/** Which part of a request is wrong, and why: becomes a 4xx or 503 answer. */
export class Refusal extends Error {
  readonly status: 400 | 403 | 404 | 413 | 415 | 503;
  readonly field: string;
  /** Whom the request was for, where that could be read; for the log. */
  site = '';

  constructor(status: Refusal['status'], field: string, reason: string) {
    super(reason);
    this.name = 'Refusal';
    this.status = status;
    this.field = field;
  }
}
